# SPDX-License-Identifier: GPL-2.0-or-later
"""Relative links in documents lead somewhere, and a path in backquotes that begins with a folder of ours exists."""

import os
import re

# Made by a build or by a run.
MADE = ('build', 'demo-out')


def check(files):
    folders = {path[:i] for path in files for i, c in enumerate(path) if c == '/'}
    tops = {folder.split('/')[0] for folder in folders}
    for path, text in files.items():
        if not path.endswith('.md'):
            continue
        base = os.path.dirname(path)
        for target in re.findall(r'\]\(([^)#:\s]+)(?:#[^)]*)?\)', text):
            found = os.path.normpath(os.path.join(base, target))
            if found not in files and found not in folders and not found.endswith('.png'):
                yield f'{path}: link to {target}, which is not there'
        for target in re.findall(r'`([\w./-]+/[\w./-]*)`', text):
            found = os.path.normpath(target)
            if found.split('/')[0] not in tops or found.startswith(MADE) or 'NAME' in found:
                continue
            if not any(there in files or there in folders for there in (found, os.path.normpath(os.path.join(base, target)))):
                yield f'{path}: names {target}, which is not there'


BAD = [
    {'docs/a.md': 'see [b](b.md)\n'},
    {'docs/a.md': 'see `kern/none.c`\n', 'kern/pmu/a.c': ''},
]
GOOD = [{'README.md': '[a](docs/a.md#part) [docs](docs) [w](https://example.org) ![p](docs/p.png)\n',
         'docs/a.md': '[up](../README.md) `docs/a.md` `kern/pmu` `build/x/y` `kern/NAME.c` `no/such` `a/*.c`\n', 'kern/pmu/a.c': ''}]
