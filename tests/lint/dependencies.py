# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may depend on whom: the rules of docs/architecture.md, read from #include lines.

A name is one of ours when it is found beside the including file, from the root of the tree, or under include/."""

import os
import re

import tree

# folder: what it may include, beside itself. The longest folder that fits counts.
ALLOWED = {
    'include': (),
    'kern/pmu': ('include',),
    'kern/sampling': ('include', 'kern/pmu'),
    'kern/probe': ('include', 'kern/pmu', 'kern/sampling'),
    'i386': ('include', 'kern/pmu', 'kern/sampling'),
    'x86_64': ('include', 'kern/pmu', 'kern/sampling', 'i386'),
    'graft': (),
    'vpmu': (),
    'guest': ('include',),
    'workloads': ('include', 'guest'),
    'libperfdata': ('include',),
    'perfrec': ('include', 'libperfdata'),
    'perfreport': ('include', 'libperfdata'),
}


def owner(path):
    """The folder of the rules that a file belongs to; None: no rules (tests and glue)."""
    if '/tests/' in f'/{path}':
        return None
    fitting = [folder for folder in ALLOWED if path.startswith(folder + '/')]
    return max(fitting, key=len, default=None)


def resolve(path, name, quoted, files):
    """The path of an included file of ours, or None for somebody else's header."""
    for folder in (os.path.dirname(path), '', 'include'):
        found = os.path.normpath(os.path.join(folder, name))
        if found in files:
            return found
    # A header named without its folder, by an include path: ours if no other is so named.
    ours = [other for other in files if quoted and os.path.basename(other) == name and '/tests/' not in f'/{other}'
            and owner(other) is not None]
    return ours[0] if len(ours) == 1 else None


def check(files):
    for path, text in files.items():
        user = owner(path)
        # env.h or NAME_env.h is the one header that host tests swap: it brings in what surrounds the code, whatever that is.
        if user is None or not path.endswith(('.c', '.h', '.S', '.defs')) or re.search(r'[/_]env\.h$', path):
            continue
        for number, line in enumerate(text.split('\n'), 1):
            include = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
            target = include and resolve(path, include.group(2), include.group(1) == '"', files)
            if not target:
                continue
            used = owner(target)
            if used is None and '/tests/' in f'/{target}':
                yield f'{path}:{number}: {user} must not include a test: {target}'
            elif used not in (None, user) and used not in ALLOWED[user]:
                yield f'{path}:{number}: {user} must not include {used} ({target}); see docs/architecture.md'
    yield from vendor_names(files)
    yield from event_names(files)


def vendor_names(files):
    """kern/ is for every processor: what one vendor does is i386's business."""
    for path, text in files.items():
        if path.startswith('kern/') and tree.is_c(path) and '/tests/' not in path:
            for number, line in enumerate(tree.without_comments(text).split('\n'), 1):
                if re.search(r'intel|(?<![a-z])amd(?!64)', line, re.I):
                    yield f'{path}:{number}: names a vendor: {line.strip()}'


def event_names(files):
    """The kernel knows encodings; names of events and of files belong to user space."""
    names = re.compile(r'"(cycles|instructions|branches|branch-misses|cache-(misses|references)|\w+-(loads|stores)[\w-]*'
                       r'|ref-cycles)"|perf\.data|PERFILE')
    kernel = {path: text for path, text in files.items() if path.startswith(('kern/', 'i386/', 'x86_64/'))
              and path.endswith(('.c', '.h', '.S')) and '/tests/' not in path}
    yield from tree.lines_matching(kernel, names, 'the kernel half knows no event names and no file format')


BAD = [
    {'kern/pmu/pmu.c': '#include <kern/sampling/event.h>\n', 'kern/sampling/event.h': ''},
    {'perfreport/main.c': '#include "perfrec/options.h"\n', 'perfrec/options.h': ''},
    {'perfreport/main.c': '#include "session.h"\n', 'perfrec/session.h': ''},
    {'vpmu/vpmu.c': '#include <mach/perf_event.h>\n', 'include/mach/perf_event.h': ''},
    {'vpmu/vpmu.c': '#include "../i386/msr.h"\n', 'i386/msr.h': ''},
    {'guest/agent.c': '#include "libperfdata/reader.h"\n', 'libperfdata/reader.h': ''},
    {'graft/main.c': '#include "tests/unit/fake.h"\n', 'tests/unit/fake.h': ''},
    {'kern/pmu/pmu.c': 'static int intel_quirk;\n'},
    {'kern/sampling/event.c': 'static const char *names[] = { "cache-misses" };\n'},
]
GOOD = [
    {'perfreport/main.c': '#include "libperfdata/reader.h"\n#include <stdio.h>\n', 'libperfdata/reader.h': ''},
    {'libperfdata/open.c': '#include <string.h>\n', 'guest/include/string.h': ''},
    {'kern/pmu/pmu_env.h': '#include <i386/cpu.h>\n', 'i386/cpu.h': ''},
    {'i386/intel.c': '#include <kern/pmu/pmu.h>\nint intel;\n', 'kern/pmu/pmu.h': '/* not only Intel */\n'},
    {'vpmu/tests/test.c': '#include "../../i386/msr.h"\n', 'i386/msr.h': ''},
]
