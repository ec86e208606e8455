# SPDX-License-Identifier: GPL-2.0-or-later
"""The files that lints read: path, relative to the root, to text."""

import os
import re
import subprocess

CODE = ('.c', '.h', '.S', '.defs', '.lds', '.js', '.py', '.sh')
# GNU Mach's style; everything else in C is in the user half's.
KERNEL_HALF = ('kern/', 'i386/', 'x86_64/', 'include/mach/')


def read(root):
    """All text files of the work tree that git tracks or would track."""
    listed = subprocess.run(['git', '-C', root, '-c', f'safe.directory={root}', 'ls-files', '-z', '--cached', '--others',
                             '--exclude-standard'], check=True, capture_output=True).stdout
    files = {}
    for path in sorted(set(listed.decode().split('\0')) - {''}):
        full = os.path.join(root, path)
        if not os.path.isfile(full) or os.path.islink(full):
            continue
        data = open(full, 'rb').read()
        if b'\0' not in data:
            files[path] = data.decode('utf-8', 'replace')
    return files


def is_code(path, text):
    """Whether it is a program or a header: by its name, or by its first line."""
    return path.endswith(CODE) or text.startswith('#!')


def is_c(path):
    return path.endswith(('.c', '.h'))


def in_kernel_half(path):
    return is_c(path) and path.startswith(KERNEL_HALF)


def without_comments(text):
    """C text with comments and string contents blanked, lines kept."""
    def blank(match):
        found = match.group(0)
        if found[0] == '"':
            return '""'
        return re.sub(r'[^\n]', ' ', found)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def lines_matching(files, pattern, message):
    """One problem for each line that matches."""
    for path, text in files.items():
        for number, line in enumerate(text.split('\n'), 1):
            if pattern.search(line):
                yield f'{path}:{number}: {message}: {line.strip()}'


class Skip(Exception):
    """The lint cannot run on this machine; the text says why."""
