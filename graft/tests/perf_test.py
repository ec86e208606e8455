#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What stock perf makes of a grafted image: a build-id, and names for the kernel's functions and for ours."""

import os
import shutil
import struct
import subprocess
import sys
import unittest

from fake_kernel import GraftTest

KERNEL = 'long work (long a) { return a * 3; }\n'
CALLER = 'long work (long);\nvolatile long n;\nvoid kernel (void) { n = work (n); n = work (2); }\n'
OBJECT = 'unsigned char on;\nstatic volatile long seen;\nvoid before_work (long a) { seen += a; }\n'
HIGH = ('-mcmodel=kernel', '-mno-red-zone')

RECORD_COMM, RECORD_SAMPLE, RECORD_MMAP2, HEADER_BUILD_ID = 3, 9, 10, 67
MISC_KERNEL, MISC_BUILD_ID_SIZE = 1, 1 << 15
SAMPLE_IP, SAMPLE_TID, SAMPLE_TIME, SAMPLE_CALLCHAIN = 1, 2, 4, 32
CONTEXT_KERNEL = 2**64 - 128


def record(kind, misc, body):
    return struct.pack('<IHH', kind, misc, 8 + len(body)) + body


def text(value):
    value = value.encode() + b'\0'
    return value.ljust((len(value) + 7) & ~7, b'\0')


def recording(symbols, end, build_id, name, chains):
    """A perf.data with one sample for each kernel callchain (addresses, the innermost first)."""
    start = symbols['_start']
    data = record(RECORD_MMAP2, MISC_KERNEL, struct.pack('<iIQQQIIQQII', -1, 0, start & ~4095, end - (start & ~4095), start,
                                                         0, 0, 0, 0, 5, 0) + text('[kernel.kallsyms]_start'))
    data += record(RECORD_COMM, 0, struct.pack('<II', 1, 1) + text('task'))
    for time, chain in enumerate(chains):
        data += record(RECORD_SAMPLE, MISC_KERNEL, struct.pack('<QIIQ', chain[0], 1, 1, time) +
                       struct.pack(f'<Q{len(chain) + 1}Q', len(chain) + 1, CONTEXT_KERNEL, *chain))
    kind = SAMPLE_IP | SAMPLE_TID | SAMPLE_TIME | SAMPLE_CALLCHAIN
    attribute = struct.pack('<IIQQQQQ', 0, 128, 0, 1000, kind, 0, 1 << 23).ljust(128, b'\0') + bytes(16)
    data_at = 104 + len(attribute)
    feature = record(HEADER_BUILD_ID, MISC_KERNEL | MISC_BUILD_ID_SIZE,
                     struct.pack('<i20sB3x', -1, build_id, 20) + text(name))
    feature_at = data_at + len(data) + 16
    header = b'PERFILE2' + struct.pack('<8Q', 104, len(attribute), 104, len(attribute), data_at, len(data), 0, 0)
    header += struct.pack('<4Q', 1 << 2, 0, 0, 0)
    return header + attribute + data + struct.pack('<QQ', feature_at, len(feature)) + feature


@unittest.skipUnless(shutil.which('perf'), 'perf is not installed')
class Perf(GraftTest):
    def setUp(self):
        super().setUp()
        stock = self.kernel(KERNEL, CALLER, flags=HIGH, link=('-Wl,-Ttext-segment=0xffffffff81000000', '-mcmodel=kernel'))
        self.assert_linked(self.link(stock, 'before work before_work on', self.compile('object', OBJECT, *HIGH)))
        lines = subprocess.run(['nm', self.path('image')], text=True, capture_output=True, check=True).stdout.splitlines()
        self.symbols = {line.split()[-1]: int(line.split()[0], 16) for line in lines if len(line.split()) == 3}
        self.build_id = self.perf('buildid-list', '-i', self.path('image')).stdout.split()[0]

    def perf(self, *argv):
        environment = {'PATH': os.environ['PATH'], 'HOME': self.folder, 'LC_ALL': 'C', 'PAGER': 'cat'}
        return subprocess.run(['perf', '--buildid-dir', self.path('cache'), *argv], cwd=self.folder, env=environment,
                              text=True, capture_output=True, check=True)

    def record(self, name):
        chains = [[self.symbols[function] + 1, self.symbols['kernel'] + 1]
                  for function in ('work', 'before_work', 'graft_before_work', 'before_work')]
        end = (max(self.symbols.values()) + 4095) & ~4095
        with open(self.path('perf.data'), 'wb') as file:
            file.write(recording(self.symbols, end, bytes.fromhex(self.build_id), name, chains))

    def table(self, *more):
        result = self.perf('report', '-i', 'perf.data', '--stdio', '--no-children', '-g', 'none', '--sort', 'dso,sym',
                           '-F', 'sample,dso,sym', *more)
        rows = [line.split() for line in result.stdout.splitlines() if line and not line.startswith('#')]
        return sorted((dso, symbol, int(samples)) for samples, dso, _, symbol in rows), result.stderr

    def test_build_id_is_found(self):
        self.assertRegex(self.build_id, '^[0-9a-f]{40}$')

    def test_names(self):
        for name, dso in (('/boot/gnumach', 'gnumach'), ('[kernel.kallsyms]', '[kernel.kallsyms]')):
            with self.subTest(name=name):
                self.record(name)
                self.perf('buildid-cache', '-a', self.path('image'))
                wanted = [(dso, 'work', 1), (dso + '.graft', 'before_work', 2), (dso + '.graft', 'graft_before_work', 1)]
                self.assertEqual(self.table(), (sorted(wanted), ''))

    def test_names_with_an_image_given(self):
        self.record('/boot/gnumach')
        rows, complaint = self.table('-k', self.path('image'))
        self.assertEqual(complaint, '')
        self.assertIn(('gnumach.graft', 'before_work', 2), rows)

    def test_callchains(self):
        self.record('/boot/gnumach')
        self.perf('buildid-cache', '-a', self.path('image'))
        result = self.perf('script', '-i', 'perf.data', '-F', 'ip,sym,dso')
        self.assertEqual(result.stderr, '')
        self.assertIn('before_work (gnumach.graft)', result.stdout)
        self.assertEqual(result.stdout.count(' kernel (/boot/gnumach)'), 4)

    def test_never_a_name_of_the_hosts_kernel(self):
        self.record('/boot/gnumach')
        rows, complaint = self.table()
        self.assertIn(f'build-id {self.build_id}', complaint)
        for dso, symbol, _ in rows:
            self.assertEqual(dso, 'gnumach')
            self.assertTrue(symbol.startswith('0xffffffff81'), symbol)


if __name__ == '__main__':
    if not shutil.which('perf'):
        sys.exit(77)
    unittest.main()
