#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The structures of the interface have the same layout for 32- and 64-bit callers: compiles widths.c both ways,
without any C library, and compares the tables.
usage: widths.py SOURCE INCLUDE-FOLDER... -- COMPILER..."""

import struct
import subprocess
import sys
import tempfile


def table(compiler, source, includes, width):
    with tempfile.TemporaryDirectory() as folder:
        flags = [f'-I{folder_}' for folder_ in includes]
        subprocess.run([*compiler, width, '-std=gnu11', '-ffreestanding', *flags, '-c', source, '-o', f'{folder}/o'],
                       check=True)
        subprocess.run(['objcopy', '-O', 'binary', '-j', '.rodata.abi', f'{folder}/o', f'{folder}/table'], check=True)
        data = open(f'{folder}/table', 'rb').read()
    return struct.unpack(f'<{len(data) // 4}I', data)


def main():
    split = sys.argv.index('--')
    source, *includes = sys.argv[1:split]
    compiler = sys.argv[split + 1:]
    wide = table(compiler, source, includes, '-m64')
    narrow = table(compiler, source, includes, '-m32')
    if len(wide) < 100:
        sys.exit(f'widths.py: only {len(wide)} entries')
    if wide != narrow:
        differing = [i for i, (a, b) in enumerate(zip(wide, narrow)) if a != b]
        sys.exit(f'widths.py: 32- and 64-bit layouts differ at entries {differing} of abi_layout (see abi-names.h)')
    print(f'{len(wide)} entries agree')


main()
