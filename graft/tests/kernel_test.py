#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""graft link on the stock kernel: what is known to be safe to hook links, what is known not to be is refused.

kernel_test.py KERNEL EXPECT"""

import os
import struct
import subprocess
import sys
import unittest

from fake_kernel import GraftTest

KERNEL, EXPECT = (os.path.abspath(path) for path in sys.argv[1:3])
MULTIBOOT_MAGIC, MULTIBOOT_SEARCH = 0x1badb002, 8192
HANDLER = 'unsigned char on;\nvoid h (void) { }\n'
FLAGS = ('-mcmodel=kernel', '-mno-red-zone')

# Inlined copies that are accepted, and why: task_init names the kernel's own task, before anybody listens.
INLINED = {'task_set_name': 'task_init'}

# Functions some calls of which would pass a hook by.
UNSAFE = {
    'an inlined copy of it': ('kmem_cache_free', 'ipc_kmsg_free', 'vm_page_grab', 'machine_idle', 'task_reference',
                              'vm_map_remove'),
    'the compiler made a clone of it': ('task_deallocate', 'kfree', 'vm_allocate_contiguous'),
    'it is also called by pointer': ('hardclock', 'mach_msg_trap', '_Xmach_port_names'),
    'the kernel has no such function': ('task_undo',),
    'its arguments are variable': ('Panic',),
}


class Stock(GraftTest):
    def setUp(self):
        super().setUp()
        self.object = self.compile('object', HANDLER, *FLAGS)
        with open(EXPECT, encoding='utf-8') as file:
            lines = [line.split() for line in file if not line.startswith('#')]
        self.functions = [line[1] for line in lines if line[0] == 'sites']

    def hooks(self):
        return ''.join(f'before {name} h on' + (f' inlined={INLINED[name]}\n' if name in INLINED else '\n')
                       for name in self.functions)

    def test_expected_sites(self):
        self.assertGreater(len(self.functions), 20)
        result = self.link(KERNEL, self.hooks(), self.object, more=('--expect', EXPECT))
        self.assert_linked(result)
        self.assertEqual(result.stdout.count('graft_before_'), len(self.functions))

    def test_unsafe_hooks(self):
        for reason, functions in UNSAFE.items():
            for function in functions:
                with self.subTest(function=function):
                    self.assert_refused(self.link(KERNEL, f'wrap {function} h', self.object),
                                        f'cannot hook {function}: {reason}')

    def test_other_kernel_than_expected(self):
        with open(KERNEL, 'rb') as file:
            image = bytearray(file.read())
        image[-1] ^= 1
        with open(self.path('kernel'), 'wb') as file:
            file.write(image)
        result = self.link(self.path('kernel'), self.hooks(), self.object, more=('--expect', EXPECT))
        self.assert_refused(result, 'is another kernel: sha256 ')

    def test_multiboot_header_stays_where_loaders_look(self):
        self.assert_linked(self.link(KERNEL, self.hooks(), self.object, more=('--elf32', self.path('small'))))
        for name in ('image', 'small'):
            start = self.read(name)[:MULTIBOOT_SEARCH]
            self.assertIn(struct.pack('<I', MULTIBOOT_MAGIC), start)

    def test_tools_take_it(self):
        self.assert_linked(self.link(KERNEL, self.hooks(), self.object))
        for tool in (['readelf', '-aW'], ['objdump', '-d', '-j', '.graft'], ['nm'], ['pahole', '-F', 'dwarf', '-C', 'thread']):
            with self.subTest(tool=tool[0]):
                result = self.run_tool(tool, 'image')
                # pahole 1.30 finds fault with the stock kernel, and then with ours no more than that.
                fault = self.run_tool(tool, KERNEL) if tool[0] == 'pahole' else (0, '')
                self.assertEqual(result, fault)

    def run_tool(self, tool, name):
        """Its exit code, and what it has against a file."""
        path = self.path(name)
        result = subprocess.run([*tool, path], text=True, capture_output=True, check=False, env={**os.environ, 'LC_ALL': 'C'})
        self.assertTrue(result.stdout)
        return result.returncode, result.stderr.replace(path, 'FILE')


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
