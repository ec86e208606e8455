# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel half in GNU Mach's style, as far as lines show it."""

import re

import tree


def width(line):
    return len(line.expandtabs(8))


def check(files):
    for path, text in files.items():
        if not tree.in_kernel_half(path):
            continue
        lines = text.split('\n')
        code = tree.without_comments(text).split('\n')
        for number, line in enumerate(lines, 1):
            if width(line) > 80:
                yield f'{path}:{number}: {width(line)} columns, 80 at most'
            if line.startswith(' ' * 8) and not re.match(r' +\*', line):
                yield f'{path}:{number}: eight spaces where a tab belongs'
        for number, line in enumerate(code, 1):
            if re.search(r'\)\s*\{\s*$|\belse\s*\{\s*$|^\s*\}\s*else\b', line) and not line.lstrip().startswith('#') \
                    and not line.endswith('\\') and '({' not in line:
                yield f'{path}:{number}: a brace stands on its own line'
            if re.match(r'\s*//', lines[number - 1]):
                yield f'{path}:{number}: comments are /* */'
        yield from return_types(path, code)


def return_types(path, code):
    """A function's name begins its line; the type stands above."""
    for number, line in enumerate(code):
        if line.startswith('{') and number > 0:
            begin = number - 1
            while begin > 0 and code[begin][:1] in (' ', '\t'):
                begin -= 1
            if re.match(r'(?!typedef|struct \w+$|union|enum)[a-z]\w*[\s*]+[\w\s*]*\w+\s*\(', code[begin]):
                yield f'{path}:{begin + 1}: the return type stands on a line of its own: {code[begin].strip()}'


BAD = [
    {'kern/pmu/a.c': 'int foo (void)\n{\n}\n'},
    {'kern/pmu/a.c': 'static inline struct foo *bar (int a,\n\t\t\t\tint b)\n{\n}\n'},
    {'i386/a.c': 'void\nfoo (void)\n{\n  if (x) {\n    y ();\n  }\n}\n'},
    {'i386/a.c': 'void\nfoo (void)\n{\n  if (x)\n    {\n    }\n  else {\n  }\n}\n'},
    {'x86_64/a.c': '// comment\n'},
    {'x86_64/a.c': '/* ' + 'x' * 80 + ' */\n'},
    {'x86_64/a.c': 'void\nfoo (void)\n{\n        y ();\n}\n'},
]
GOOD = [{
    'kern/pmu/a.c': 'struct foo\n{\n  int a;\n};\n\nstatic const struct foo b =\n{\n  1\n};\n\nint\nfoo (int a,\n     int b)\n{\n'
                    '  if (a)\n    {\n      b ();\n    }\n  return 0;\n}\n',
    'perfrec/a.c': 'int foo(void)\n{\n}\n',
}]
