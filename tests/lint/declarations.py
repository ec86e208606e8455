# SPDX-License-Identifier: GPL-2.0-or-later
"""A function declared in a header has a comment: above it, beside it, or above the group of declarations without a
blank line between them that it stands in. What X_init() and X_free() do is known where X is explained."""

import re

import tree


def check(files):
    for path, text in files.items():
        # guest/include is a C library's: its functions are documented by the standard. env.h declares the kernel's.
        if not path.endswith('.h') or path.endswith('env.h') or '/tests/' in f'/{path}' or path.startswith(('guest/include/', 'tests/')):
            continue
        explained = False
        depth = 0
        lines = text.split('\n')
        code = tree.without_comments(text).split('\n')
        for number, line in enumerate(lines, 1):
            bare = code[number - 1]
            if not line.strip():
                explained = False
            elif line != bare and depth == 0:
                explained = True
            if depth == 0 and not explained and declares(bare, code[number:]):
                yield f'{path}:{number}: says nothing about it: {line.strip()}'
            depth += bare.count('{') - bare.count('}')


def declares(line, following):
    """Whether a function's prototype begins on this line."""
    if not re.match(r'(?!typedef|return|#|else|static_assert|_Static_assert)[A-Za-z_]\w*[\s*]+[\w\s*]*?\w+\s?\(', line):
        return False
    joined = line
    for more in following[:12]:
        if ';' in joined or '{' in joined:
            break
        joined += ' ' + more
    known = re.search(r'_(init|free)\s?\(', line) or re.match(r'[A-Z_]+\s?\(', line)
    return bool(re.match(r'[^;{]*\)[^;{()]*;', joined)) and not known


BAD = [
    {'perfrec/a.h': '#define X\n\nint foo(int a);\n'},
    {'perfrec/a.h': '/* Says what foo does. */\nint foo(int a);\n\nint bar(int a,\n\tint b);\n'},
    {'kern/pmu/a.h': 'extern int foo (int a);\n'},
]
GOOD = [{
    'perfrec/a.h': '/* Both are explained. */\nint foo(int a);\nint bar(void);\n\nstruct x {\n\tint (*call)(int a);\n};\n\n'
                   'int baz(int a); /* beside it */\n\n/* An inline one needs none of this. */\nstatic inline int q(void)\n'
                   '{\n\treturn f(1);\n}\n',
    'perfrec/a.c': 'static int foo(int a);\n',
}]
