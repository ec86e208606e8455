# SPDX-License-Identifier: GPL-2.0-or-later
"""Files stay short: past 900 lines a file holds more than one noun; past 600 it is named, not refused."""

import tree

MOST, MANY = 900, 600


def check(files):
    for path, text in files.items():
        lines = text.count('\n')
        if tree.is_code(path, text) and lines > MANY:
            if lines > MOST:
                yield f'{path}: {lines} lines, {MOST} at most: split it'
            else:
                print(f'note: {path}: {lines} lines')


BAD = [{'kern/all.c': 'x\n' * 901}, {'demo': '#!/bin/sh\n' + '\n' * 900}]
GOOD = [{'kern/all.c': 'x\n' * 900, 'docs/long.md': '\n' * 2000}]
