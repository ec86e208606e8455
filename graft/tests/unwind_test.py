#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The unwind table that graft links in: .eh_frame as readelf reads it, and what assembly does to the stack.

unwind_test.py [KERNEL]"""

import os
import re
import struct
import subprocess
import sys
import unittest

from fake_kernel import GraftTest

KERNEL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
FRAME, UNKNOWN, SHIFT, BLOCK = 0xfe, 0xff, 8, 64
HANDLER = 'unsigned char on;\nvoid h (void) { }\n'

C = r'''
void say (const char *s);
int leaf (int a) { return a * 3; }
__attribute__ ((noinline)) int framed (int a) { say (a ? "a" : "b"); return a; }
int two (int); int jumped (int); int lost (int); int inner (int);
void kernel (void) { framed (leaf (two (1) + jumped (2) + lost (3))); }
'''

# Routines of assembly, and for each label in them how many words the return address is above the stack pointer.
ROUTINES = r'''.text
.globl two, jumped, lost
two: push %rbx
t1: push %rbp
t2: sub $24, %rsp
t3: call inner
t4: add $24, %rsp
t5: pop %rbp
t6: pop %rbx
t7: ret
inner: pushf
i1: pop %rax
i2: ret
jumped: test %edi, %edi
j1: je deeper
j2: push %rdi
j3: jmp deeper2
deeper: push %rdi
deeper2: pop %rdi
d1: ret
lost: mov %rsp, %rax
l1: and $-16, %rsp
l2: mov %rax, %rsp
l3: ret
never: push %rax
n1: ret
.section .note.GNU-stack, "", @progbits
'''
WORDS = {'two': 0, 't1': 1, 't2': 2, 't3': 5, 't4': 5, 't5': 2, 't6': 1, 't7': 0, 'inner': 0, 'i1': 1, 'i2': 0,
         'jumped': 0, 'j1': 0, 'j2': 0, 'j3': 1, 'deeper': 0, 'deeper2': 1, 'd1': 0,
         'lost': 0, 'l1': 0, 'l2': UNKNOWN, 'l3': UNKNOWN, 'never': UNKNOWN, 'n1': UNKNOWN}


class Table:
    """The table in an image, found by the linker's map."""

    def __init__(self, image, map_file):
        with open(map_file, encoding='utf-8') as file:
            places = dict((name, int(at, 16)) for at, name in re.findall(r'^\s+(0x[0-9a-f]+)\s+(graft_\w+)', file.read(), re.M))
        with open(image, 'rb') as file:
            self.data = file.read()
        self.sections = [(name, int(at, 16), int(offset, 16), int(size, 16)) for name, at, offset, size in re.findall(
            r'\]\s+(\S+)\s+\S+\s+([0-9a-f]+)\s+([0-9a-f]+)\s+([0-9a-f]+)', self.readelf(image, '-SW'))]
        self.start, self.size = next((at, size) for name, at, _, size in self.sections if name == '.text')
        rows, blocks = places['graft_unwind_rows'], places['graft_unwind_blocks']
        self.rows = struct.unpack(f'<{(blocks - rows) // 4}I', self.bytes(rows, blocks - rows))
        nr_blocks = (self.size + BLOCK - 1) // BLOCK if self.rows[1:] else 0
        self.blocks = struct.unpack(f'<{nr_blocks}H', self.bytes(blocks, 2 * nr_blocks))

    @staticmethod
    def readelf(image, *options):
        return subprocess.run(['readelf', *options, image], capture_output=True, text=True, check=True).stdout

    def bytes(self, address, size):
        for _, at, offset, length in self.sections:
            if at <= address < at + length:
                return self.data[offset + address - at:offset + address - at + size]
        raise AssertionError(f'{address:#x} is in no section')

    def rule(self, address):
        """As kern's i386/unwind.h looks it up."""
        key = (address - self.start) << SHIFT | UNKNOWN
        row = self.blocks[(address - self.start) // BLOCK]
        while self.rows[row + 1] <= key:
            row += 1
        return self.rows[row] & UNKNOWN


def described(image, word):
    """[(first, behind, rule)] of .eh_frame, by readelf."""
    frame, stack = ('rbp', 'rsp') if word == 8 else ('ebp', 'esp')
    spans, rows, end = [], [], None
    text = Table.readelf(image, '--debug-dump=frames-interp', '-W').partition('Contents of the .debug_frame')[0]
    for line in [*text.splitlines(), ' FDE pc=0..0']:
        fde = re.search(r'FDE .*?pc=([0-9a-f]+)\.\.([0-9a-f]+)|FDE pc=(0)\.\.(0)', line)
        row = re.match(r'([0-9a-f]{8,16}) (\S+)', line)
        if fde:
            spans += [(at, next_at, rule) for (at, rule), (next_at, _) in zip(rows, [*rows[1:], (end, None)])]
            start, end = int(fde[1] or '0', 16), int(fde[2] or '0', 16)
            rows = [(start, 0)]
        elif row and end:
            base, _, offset = row[2].partition('+')
            rule = FRAME if base == frame else int(offset) // word - 1 if base == stack else UNKNOWN
            if rows[-1][0] == int(row[1], 16):
                rows.pop()
            rows.append((int(row[1], 16), rule))
    return spans


class Unwind(GraftTest):
    def table(self, kernel, hooked='framed'):
        flags = ('-mcmodel=kernel', '-mno-red-zone') if kernel == KERNEL else ()
        result = self.link(kernel, f'before {hooked} h on\n', self.compile('object', HANDLER, *flags), more=('--map', self.path('map')))
        self.assert_linked(result)
        return Table(self.path('image'), self.path('map'))

    def compare(self, kernel, **hooked):
        """All that .eh_frame describes; how many bytes that are."""
        table = self.table(kernel, **hooked)
        checked = 0
        for first, behind, rule in described(kernel, 8):
            if not table.start <= first < table.start + table.size:
                continue
            for address in {first, behind - 1, (first + behind) // 2} if behind - first > 3 else range(first, behind):
                self.assertEqual(table.rule(address), rule, hex(address))
            checked += behind - first
        return checked, table

    def test_compiled(self):
        kernel = self.kernel(C, ROUTINES, flags=('-fasynchronous-unwind-tables',))
        checked, _ = self.compare(kernel)
        self.assertGreater(checked, 50)

    def test_assembly(self):
        kernel = self.kernel(C, ROUTINES, flags=('-fasynchronous-unwind-tables',))
        table = self.table(kernel)
        for line in subprocess.run(['nm', kernel], capture_output=True, text=True, check=True).stdout.splitlines():
            address, _, name = line.split()
            if name in WORDS:
                with self.subTest(label=name):
                    self.assertEqual(table.rule(int(address, 16)), WORDS[name])

    def test_nothing_described(self):
        self.assertEqual(self.table(self.kernel(C, ROUTINES)).rows, (0xffffffff,))

    @unittest.skipIf(KERNEL is None, 'no kernel')
    def test_stock_kernel(self):
        checked, table = self.compare(KERNEL, hooked='bootstrap_create')
        self.assertGreater(checked, table.size * 9 // 10)
        unknown = sum(table.rule(at) == UNKNOWN for at in range(table.start, table.start + table.size))
        self.assertLess(unknown, table.size // 20)  # padding between functions for the most part


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
