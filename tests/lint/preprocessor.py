# SPDX-License-Identifier: GPL-2.0-or-later
"""#ifdef asks whether a name exists: right for include guards and for what the compiler defines, wrong for switches
that are 0 or 1, where #if with -Wundef catches the misspelt one."""

import re

import tree

EXISTING = re.compile(r'__\w+|NDEBUG|KERNEL|MACH_KERNEL|_GNU_SOURCE')


def check(files):
    for path, text in files.items():
        if not path.endswith(('.c', '.h', '.S')):
            continue
        lines = tree.without_comments(text).split('\n')
        defined = set(re.findall(r'^\s*#\s*define\s+(\w+)', text, re.M))
        for number, line in enumerate(lines, 1):
            asked = re.match(r'\s*#\s*(ifdef|ifndef)\s+(\w+)', line)
            names = [asked.group(2)] if asked else []
            if re.match(r'\s*#\s*(el)?if\b', line):
                names = re.findall(r'\bdefined\s*\(?\s*(\w+)', line)
            for name in names:
                # A guard, or a default for a name given on the command line.
                guard = asked and asked.group(1) == 'ifndef' and name in defined
                if not guard and not EXISTING.fullmatch(name):
                    yield f'{path}:{number}: use #if {name} (0 or 1, -Wundef)'


BAD = [
    {'kern/a.c': '#ifdef HAVE_PMU\n#endif\n'},
    {'kern/a.c': '#if defined(CONFIG_SMP) && X\n#endif\n'},
    {'kern/a.c': '#ifndef NOT_A_GUARD\n#endif\n'},
]
GOOD = [{'kern/a.h': '#ifndef _A_H_\n#define _A_H_\n#ifdef __x86_64__\n#endif\n#if NCPUS > 1\n#endif\n#endif\n'}]
