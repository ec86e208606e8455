#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""graft link on damaged kernels and objects: it ends with one of its own exit codes, or what it wrote is an ELF file.

FUZZ_RUNS says how many of each; FUZZ_SEED replays the one that a failure names."""

import os
import random
import subprocess
import unittest

from fake_kernel import GraftTest

RUNS = int(os.environ.get('FUZZ_RUNS', '60'))
SEED = os.environ.get('FUZZ_SEED')
KERNEL = 'long f (long a) { return a * 3; }\n'
CALLER = 'long f (long);\nvolatile long n;\nvoid kernel (void) { n = f (n); }\n'
OBJECT = 'long f (long);\nunsigned char on;\nvoid h (long r, long a) { on += r + a; }\n'


def sections(image):
    """Offsets of the section headers, the program headers and the symbol table: where damage counts."""
    start = int.from_bytes(image[40:48], 'little')
    count = int.from_bytes(image[60:62], 'little')
    headers = [start + 64 * i for i in range(count)]
    symbols = [int.from_bytes(image[h + 24:h + 32], 'little') for h in headers
               if int.from_bytes(image[h + 4:h + 8], 'little') == 2]
    return [(0, 64), (int.from_bytes(image[32:40], 'little'), 56 * 8), (start, 64 * count)] + [(s, 600) for s in symbols]


def damage(image, seed):
    chance = random.Random(seed)
    image = bytearray(image)
    places = sections(image)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        start, size = chance.choice(places + [(0, len(image))])
        at = min(start + chance.randrange(size), len(image) - 1)
        image[at] = chance.choice((0, 1, 0x7f, 0x80, 0xff, image[at] ^ 1 << chance.randrange(8), chance.randrange(256)))
    if chance.random() < 0.1:
        del image[chance.randrange(len(image)):]
    return image


class Fuzz(GraftTest):
    def run_all(self, name):
        whole = self.read(name)
        for seed in [int(SEED)] if SEED else range(RUNS):
            with open(self.path(name), 'wb') as file:
                file.write(damage(whole, seed))
            result = self.link(self.path('kernel'), 'after f h on 1', self.path('object.o'),
                               more=('--elf32', self.path('small')), timeout=30)
            self.assertIn(result.returncode, (0, 1, 3), f'{name} FUZZ_SEED={seed}\n{result.stderr}')
            self.assertEqual(os.listdir(self.scratch), [])
            self.assertEqual(os.path.exists(self.path('image')), result.returncode == 0, f'{name} FUZZ_SEED={seed}')
            if result.returncode:
                self.assertTrue(result.stderr.startswith('graft: '), f'{name} FUZZ_SEED={seed}\n{result.stderr}')
                continue
            subprocess.run(['readelf', '-hl', self.path('image')], check=True, capture_output=True)
            os.unlink(self.path('image'))

    def setUp(self):
        super().setUp()
        self.kernel(KERNEL, CALLER)
        self.compile('object', OBJECT)

    def test_kernels(self):
        self.run_all('kernel')

    def test_objects(self):
        self.run_all('object.o')


if __name__ == '__main__':
    unittest.main()
