#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads C headers and writes what stands in them as X-macro lists: ABI_CONSTANTS(X), X(name), of all constants that
<linux/perf_event.h> must have too; ABI_FLAGS(X), X(name, bitfield); ABI_FIELDS(X), X(struct, field);
ABI_STRUCTS(X), X(struct, the sum of its fields' sizes).

A constant added to the header is compared from then on; one that Linux does not have must be named in OURS."""

import re
import sys

# Of our own making, unknown to Linux.
OURS = re.compile(r'PERF_(ABI_VERSION|WAIT_\w+|PMU_\w+|INFO_\w+|STATIC_ASSERT|STREAM_\w+|FRAME_\w+|EXIT_\w+|ERROR_\w+|NOTE_\w+)$')


def constants(text):
    names = re.findall(r'^#define\s+(PERF_\w+)', text, re.M)
    flags = [n for n in names if n.startswith('PERF_ATTR_') and n != 'PERF_ATTR_PRECISE_IP_SHIFT']
    return [n for n in names if n not in flags and n != 'PERF_ATTR_PRECISE_IP_SHIFT' and not OURS.match(n)], flags


def structs(text):
    text = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    found = []
    for name, body in re.findall(r'^struct (\w+)\s*\{(.*?)^\};', text, re.M | re.S):
        fields = []
        for declaration in body.split(';'):
            words = re.sub(r'\[\w+\]', '', declaration).replace(',', ' ').split()
            if words:
                fields += words[2:] if words[0] == 'struct' else words[1:]
        if not fields:
            sys.exit(f'names.py: no fields found in struct {name}')
        found.append((name, fields))
    return found


def write(name, rows):
    print(f'#define {name}(X)' + ''.join(f' \\\n\tX({", ".join(row)})' for row in rows) + '\n')


def main():
    text = ''.join(open(path).read() for path in sys.argv[1:])
    names, flags = constants(text)
    layout = structs(text)
    if len(names) < 60 or len(flags) < 20 or len(layout) < 8:
        sys.exit(f'names.py: too little found: {len(names)} constants, {len(flags)} flags, {len(layout)} structures')
    write('ABI_CONSTANTS', [(n,) for n in names])
    write('ABI_FLAGS', [(n, n.removeprefix('PERF_ATTR_').lower()) for n in flags])
    write('ABI_FIELDS', [(s, f) for s, fields in layout for f in fields])
    write('ABI_STRUCTS', [(s, ' + '.join(f'sizeof(((struct {s} *)0)->{f})' for f in fields)) for s, fields in layout])


main()
