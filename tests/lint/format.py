# SPDX-License-Identifier: GPL-2.0-or-later
"""The user half as clang-format and .clang-format have it. Versions differ in what they make of the same file, so only
the one the style was made with judges."""

import os
import re
import subprocess

import tree

VERSION = '14'


def find():
    for name in (f'clang-format-{VERSION}', 'clang-format'):
        try:
            shown = subprocess.run([name, '--version'], capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            continue
        if re.search(rf'version {VERSION}\.', shown):
            return name
    raise tree.Skip(f'no clang-format {VERSION}')


def style_of(path):
    """The nearest .clang-format above a file: vpmu/qemu is in QEMU's style."""
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
    folder = os.path.dirname(path)
    while folder and not os.path.exists(os.path.join(root, folder, '.clang-format')):
        folder = os.path.dirname(folder)
    return os.path.join(root, folder, '.clang-format')


def check(files):
    program = find()
    for path, text in files.items():
        if tree.is_c(path) and not tree.in_kernel_half(path):
            made = subprocess.run([program, f'--style=file:{style_of(path)}', f'--assume-filename={path}'], input=text, text=True,
                                  capture_output=True, check=True).stdout
            if made != text:
                number = next(i for i, (a, b) in enumerate(zip(made.split('\n'), text.split('\n')), 1) if a != b)
                yield f'{path}:{number}: not as clang-format writes it (run clang-format -i {path})'


BAD = [{'perfrec/a.c': 'int a(void) {\n  return 0;\n}\n'}]
GOOD = [{'perfrec/a.c': 'int a(void)\n{\n\treturn 0;\n}\n', 'kern/pmu/a.c': 'int\na (void)\n{\n  return 0;\n}\n'}]
