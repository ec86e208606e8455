#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""graft types and graft check-types: the header has the kernel's layout, and what has not is found out."""

import unittest

from fake_kernel import GraftTest

TYPES = '''
struct inner { char c; long l; };
union either { int i; struct inner inner; };
struct outer
{
  int first;
  unsigned low : 3, high : 7;
  union { long whole; struct { int a, b; } half; };
  struct inner in[2];
  union either either;
  struct outer *next;
  enum kind { ONE, TWO } kind;
  int (*call) (int);
  struct { char name[5]; short s; } __attribute__ ((packed)) packed;
  char text[3];
};
'''
KERNEL = TYPES + 'struct outer o;\nunion either e;\nvoid kernel (void) { }\n'
USED = 'struct outer *used_outer;\nunion either *used_either;\n'
DEBUG = ('-g', '-fno-eliminate-unused-debug-types')


class Types(GraftTest):
    def setUp(self):
        super().setUp()
        self.stock = self.kernel(KERNEL)

    def check(self, source, *more):
        return self.graft('check-types', '--kernel', self.stock, '--object', self.compile('object', source, *DEBUG), *more)

    def changed(self, old, new, *reasons, more=()):
        self.assertIn(old, TYPES)
        self.assert_refused(self.check(TYPES.replace(old, new) + USED, *more), *reasons)

    def test_header_has_the_layout(self):
        self.assert_linked(self.graft('types', '--kernel', self.stock, '--out', self.path('kernel.h')))
        header = self.read('kernel.h').decode()
        self.assertIn('struct outer {', header)
        self.assertNotIn('preserve_access_index', header.split('#define BPF_NO_PRESERVE_ACCESS_INDEX')[0])
        result = self.check(header, '--structs', 'outer,inner,either')
        self.assert_linked(result)
        self.assertIn('3 structs and unions agree', result.stdout)

    def test_same_source_agrees(self):
        result = self.check(TYPES + USED)
        self.assert_linked(result)
        self.assertIn('3 structs and unions agree', result.stdout)

    def test_size(self):
        self.changed('char text[3]', 'char text[30]', 'outer differs from the kernel\'s: ')

    def test_offset(self):
        self.changed('char c; long l;', 'long l; char c;',
                     "inner differs from the kernel's: member l where the kernel has c")
        self.changed('short s;', 'char s;', "outer differs from the kernel's: ")

    def test_same_size_other_offset(self):
        self.changed('int first;\n', 'char pad[2]; short first;\n', "outer differs from the kernel's: member pad")

    def test_alignment(self):
        self.changed('long l;', 'long l __attribute__ ((packed));',
                     "inner differs from the kernel's: 9 bytes, the kernel's 16",
                     "outer differs from the kernel's: ", "either differs from the kernel's: ", more=('--structs', 'inner,outer,either'))

    def test_bit_field(self):
        self.changed('high : 7', 'high : 6', 'member high has another bit-field width')
        self.changed('low : 3, high : 7', 'low : 4, high : 6', 'member low has another bit-field width')

    def test_unnamed_member(self):
        self.changed('int a, b;', 'int b, a;', 'where the kernel has a')

    def test_kind_of_type(self):
        self.changed('struct outer *next', 'long next', 'member next has another kind of type')

    def test_members(self):
        self.changed('text[3];', 'text[2], more;', "member text has 2 bytes, the kernel's 3")

    def test_name_not_in_object(self):
        self.assert_refused(self.check(TYPES + USED, '--structs', 'outer,missing'), 'no struct missing in the kernel')
        self.assert_refused(self.check('struct mine { int a; } mine;', '--structs', 'outer'), 'no struct outer in the object')

    def test_nothing_in_common(self):
        self.assert_refused(self.check('struct mine { int a; } mine;'), "no struct of it is the kernel's")

    def test_no_debug_information(self):
        plain = self.compile('plain', TYPES + USED, '-g0')
        self.assert_refused(self.graft('check-types', '--kernel', self.stock, '--object', plain), 'no debug information')
        result = self.graft('check-types', '--kernel', self.stock, '--object', self.write('text', 'text\n'))
        self.assertIn(result.returncode, (1, 3))
        self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_no_file(self):
        result = self.graft('check-types', '--kernel', self.stock, '--object', self.path('none'))
        self.assert_refused(result, 'No such file', code=3)

    def test_not_a_kernel(self):
        result = self.graft('types', '--kernel', self.write('text', 'text\n'), '--out', self.path('image'))
        self.assert_refused(result, 'unknown kernel layout')


if __name__ == '__main__':
    unittest.main()
