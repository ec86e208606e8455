# SPDX-License-Identifier: GPL-2.0-or-later
"""What must stand, or must not stand, in the text of files: licences, hosts, paths, promises."""

import re

import tree

SPDX = 'SPDX-License-Identifier: GPL-2.0-or-later'
# Hosts of package registries: set-up uses what the machine is configured with.
HOST = re.compile(r'\b(?:deb|ftp|archive|security|snapshot|registry|packages|pypi|files)\.[a-z0-9-]+\.(?:org|com|net|io)\b')
# Paths of the machine somebody worked on.
PATH = re.compile(r'(?<![\w.$}-])/(?:work|tmp/w|home/\w+)/')
PROMISE = re.compile(r'\b(?:TO' r'DO|FIX' r'ME|XX' r'X|HA' r'CK)\b|\bfor ' r'now\b|\bplace' r'holder\b|not implemented ' r'yet')
SPACE = re.compile(r'[ \t]+$')


def check(files):
    for path, text in files.items():
        if tree.is_code(path, text) and SPDX not in '\n'.join(text.split('\n')[:4]):
            yield f'{path}: no line "{SPDX}" at the top'
        if tree.is_code(path, text) and text and not text.endswith('\n'):
            yield f'{path}: no newline at the end'
    yield from tree.lines_matching(files, HOST, 'host of a package registry')
    yield from tree.lines_matching(files, PATH, 'path of one machine')
    code = {path: text for path, text in files.items() if tree.is_code(path, text)}
    yield from tree.lines_matching(code, PROMISE, 'a promise instead of work')
    yield from tree.lines_matching(code, SPACE, 'space at the end of the line')


HEAD = f'/* {SPDX} */\n'
BAD = [
    {'a.c': 'int a;\n'},
    {'a.c': HEAD + 'int a; /* TO' 'DO: later */\n'},
    {'a.py': f'# {SPDX}\n# good enough for ' 'now\n'},
    {'a.c': HEAD + 'int a; \n'},
    {'a.c': HEAD + 'int a;'},
    {'README.md': 'get it from http://deb' '.example.org/debian\n'},
    {'setup/x.sh': f'# {SPDX}\ncp /' 'work/x .\n'},
    {'docs/x.md': 'see /' 'home/me/x\n'},
]
GOOD = [{'a.c': HEAD + 'int a;\n', 'README.md': 'see docs/' 'work/x and /usr/bin, https://example.org\n'}]
