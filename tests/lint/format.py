# SPDX-License-Identifier: GPL-2.0-or-later
"""The user half as clang-format and .clang-format have it. Versions differ in what they make of the same file, so only
the one the style was made with judges."""

import os
import re
import subprocess
import tempfile

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


def formatted(program, style, texts):
    """What clang-format makes of {path: text}, all in one process: starting one for each takes most of the time."""
    with tempfile.TemporaryDirectory(prefix='machperf-format-') as place:
        copies = {path: os.path.join(place, path) for path in texts}
        for path, copy in copies.items():
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            with open(copy, 'w', encoding='utf-8', newline='') as file:
                file.write(texts[path])
        subprocess.run([program, f'--style=file:{style}', '-i', *copies.values()], check=True, capture_output=True)
        for path, copy in copies.items():
            with open(copy, encoding='utf-8', newline='') as file:
                yield path, file.read()


def check(files):
    program = find()
    by_style = {}
    for path, text in files.items():
        if tree.is_c(path) and not tree.in_kernel_half(path):
            by_style.setdefault(style_of(path), {})[path] = text
    for style, texts in by_style.items():
        for path, made in formatted(program, style, texts):
            if made != texts[path]:
                number = next(i for i, (a, b) in enumerate(zip(made.split('\n'), texts[path].split('\n')), 1) if a != b)
                yield f'{path}:{number}: not as clang-format writes it (run clang-format -i {path})'


BAD = [{'perfrec/a.c': 'int a(void) {\n  return 0;\n}\n'}]
GOOD = [{'perfrec/a.c': 'int a(void)\n{\n\treturn 0;\n}\n', 'kern/pmu/a.c': 'int\na (void)\n{\n  return 0;\n}\n'}]
