#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""graft link: every unsafe hook and every unknown kernel is refused, with its reason."""

import os
import struct
import subprocess
import unittest

from fake_kernel import GraftTest

PLAIN = 'long f (long a) { return a * 3; }\n'
CALLER = 'long f (long);\nvolatile long n;\nvoid kernel (void) { n = f (n); }\n'
HANDLER = 'long f (long);\nunsigned char on;\nlong h (long a) { return f (a); }\n'
E_MACHINE, E_TYPE = 18, 16


class Hooks(GraftTest):
    def refused(self, sources, *reasons, hooks='wrap f h', handler=HANDLER, flags=()):
        result = self.link(self.kernel(*sources, flags=flags), hooks, self.compile('object', handler))
        self.assert_refused(result, *reasons)

    def test_no_such_function(self):
        self.refused((PLAIN, CALLER), 'hooks:1: cannot hook g: the kernel has no such function', hooks='wrap g h')

    def test_no_call_site(self):
        self.refused((PLAIN, 'void kernel (void) { }\n'), 'hooks:1: cannot hook f: nothing calls it')

    def test_clones(self):
        for suffix in ('part.0', 'isra.0', 'constprop.1', 'part.0.isra.0'):
            with self.subTest(suffix=suffix):
                clone = f'long clone (long) __asm__ ("f.{suffix}");\nlong clone (long a) {{ return a; }}\n'
                self.refused((PLAIN, clone, CALLER), f'cannot hook f: the compiler made a clone of it, f.{suffix},')

    def test_cold_part_is_no_clone(self):
        cold = 'void cold (void) __asm__ ("f.cold");\nvoid cold (void) { }\n'
        result = self.link(self.kernel(PLAIN, cold, CALLER), 'wrap f h', self.compile('object', HANDLER))
        self.assert_linked(result)

    def test_inlined(self):
        inside = PLAIN + 'volatile long m;\nvoid other (void) { m = f (m); }\n'
        self.refused((inside, CALLER), 'cannot hook f: an inlined copy of it, in other (')

    def test_inlined_copy_accepted(self):
        inside = PLAIN + 'volatile long m;\nvoid other (void) { m = f (m); }\n'
        result = self.link(self.kernel(inside, CALLER), 'wrap f h inlined=other', self.compile('object', HANDLER))
        self.assert_linked(result)

    def test_inlined_copy_accepted_but_not_there(self):
        self.refused((PLAIN, CALLER), 'cannot hook f: no copy of it is inlined in other, as the list says',
                     hooks='wrap f h inlined=other')

    def test_inlined_copies_not_all_accepted(self):
        inside = PLAIN + 'volatile long m;\nvoid other (void) { m = f (m); }\nvoid more (void) { m = f (m) + 1; }\n'
        self.refused((inside, CALLER), 'cannot hook f: an inlined copy of it, in more (', hooks='wrap f h inlined=other')

    def test_two_names(self):
        alias = PLAIN + 'long same (long) __attribute__ ((alias ("f")));\n'
        self.refused((alias, CALLER), 'cannot hook f: same is the same code: its calls would be hooked too')

    def test_pointer_in_data(self):
        table = 'long f (long);\nlong (*table[]) (long) = {f};\n'
        self.refused((PLAIN, table, CALLER), 'cannot hook f: it is also called by pointer: its address is taken at 0x')

    def test_address_taken_in_code(self):
        for name, flags in (('mov', ()), ('lea', ('-fpie',))):
            with self.subTest(name=name):
                taken = 'long f (long);\nlong (*taken (void)) (long) { return f; }\n'
                self.refused((PLAIN, taken, CALLER), 'cannot hook f: it is also called by pointer', flags=flags)

    def test_short_jump(self):
        code = '.text\n.type f, @function\nf: mov %rdi, %rax\n ret\n.size f, . - f\n.globl kernel\n' \
               '.type kernel, @function\nkernel: call f\n jmp f\n.size kernel, . - kernel\n' \
               '.section .note.GNU-stack, "", @progbits\n'
        self.refused((code,), 'cannot hook f: the short jump at 0x')

    def test_bytes_that_look_like_a_call(self):
        code = '.text\n.globl hidden\n.type hidden, @function\nhidden: .byte 0x48, 0xb8\n call f\n .byte 0, 0, 0\n ret\n' \
               '.size hidden, . - hidden\n.section .note.GNU-stack, "", @progbits\n'
        self.refused((PLAIN, CALLER, code), 'unknown kernel layout: the bytes at 0x')

    def test_ambiguous_function(self):
        twin = 'static __attribute__ ((noinline)) long f (long a) { __asm__ volatile (""); return a; }\n' \
               'long %s (long a) { return f (a) + 1; }\nvoid kernel (void);\n'
        self.refused((twin % 'one', twin % 'two', 'void kernel (void) { }\n'),
                     'cannot hook f: the name is ambiguous: the kernel has 2 of them')

    def test_ambiguous_symbol_needed(self):
        twin = 'static volatile long value = %d;\nlong %s (void) { return value; }\n'
        handler = HANDLER + 'extern long value;\nlong needs (void) { return value; }\n'
        self.refused((PLAIN, CALLER, twin % (1, 'one'), twin % (2, 'two')), 'ambiguous symbol value: ', handler=handler)

    def test_ambiguous_symbol_not_needed(self):
        twin = 'static volatile long value = %d;\nlong %s (void) { return value; }\n'
        stock = self.kernel(PLAIN, CALLER, twin % (1, 'one'), twin % (2, 'two'))
        self.assert_linked(self.link(stock, 'wrap f h', self.compile('object', HANDLER)))

    def test_static_symbol_resolved(self):
        static = 'static volatile long value = 1;\nlong one (void) { return value; }\n'
        handler = HANDLER + 'extern long value;\nlong needs (void) { return value; }\n'
        self.assert_linked(self.link(self.kernel(PLAIN, CALLER, static), 'wrap f h', self.compile('object', handler)))

    def test_undefined_symbols(self):
        handler = HANDLER + 'void nobody (void);\nvoid none (void);\nvoid g (void) { nobody (); none (); }\n'
        self.refused((PLAIN, CALLER), 'undefined symbol nobody: neither the objects nor', 'undefined symbol none: ',
                     handler=handler)

    def test_no_handler(self):
        self.refused((PLAIN, CALLER), 'no object defines nothing', hooks='wrap f nothing')
        self.refused((PLAIN, CALLER), 'undefined symbol nothing', hooks='before f nothing on')

    def test_handler_is_the_kernels(self):
        self.refused((PLAIN, CALLER), 'no object defines _start', hooks='wrap f _start')

    def test_no_flag(self):
        self.refused((PLAIN, CALLER), 'undefined symbol off', hooks='before f h off')

    def test_flag_is_not_a_byte(self):
        wide = HANDLER.replace('unsigned char on', 'int on')
        self.refused((PLAIN, CALLER), 'hooks:1: flag on is not a variable of one byte', hooks='before f h on', handler=wide)
        self.refused((PLAIN, CALLER), 'hooks:1: flag n is not a variable of one byte', hooks='before f h n')
        self.refused((PLAIN, CALLER), 'hooks:1: flag h is not a variable of one byte', hooks='before f h h')

    def test_wrong_number_of_arguments(self):
        self.refused((PLAIN, CALLER), 'cannot hook f: it takes 1 arguments, not 2', hooks='after f h on 2')

    def test_variable_arguments(self):
        variadic = 'long f (long a, ...) { return a; }\n'
        caller = CALLER.replace('f (long)', 'f (long, ...)')
        self.refused((variadic, caller), 'cannot hook f: its arguments are variable in number', hooks='after f h on 1')

    def test_large_argument(self):
        large = 'struct s { long x[3]; };\nlong f (struct s);\n'
        self.refused((large + 'long f (struct s s) { return s.x[2]; }\n',
                      large + 'struct s n;\nvoid kernel (void) { n.x[0] = f (n); }\n'),
                     'cannot hook f: an argument larger than a word', hooks='after f h on 1')

    def test_every_unsafe_hook_is_named(self):
        inside = PLAIN + 'volatile long m;\nvoid other (void) { m = f (m); }\nvoid g (void) { }\n'
        self.refused((inside, CALLER), 'hooks:1: cannot hook f: an inlined copy', 'hooks:2: cannot hook g: nothing calls it',
                     hooks='wrap f h\nwrap g h')

    def test_same_symbol_twice_in_objects(self):
        result = self.link(self.kernel(PLAIN, CALLER), 'wrap f h', self.compile('object', HANDLER),
                           self.compile('object2', HANDLER + ' '))
        self.assert_refused(result, 'ld failed (exit 1): ', code=3)
        self.assertIn('multiple definition', result.stderr)

    def test_section_with_no_place(self):
        handler = HANDLER + '__attribute__ ((section ("strange"))) int odd = 3;\n'
        result = self.link(self.kernel(PLAIN, CALLER), 'wrap f h', self.compile('object', handler))
        self.assert_refused(result, "orphan section `strange'", code=3)


class Kernels(GraftTest):
    def setUp(self):
        super().setUp()
        self.stock = self.kernel(PLAIN, CALLER)
        self.object = self.compile('object', HANDLER)

    def refused(self, *reasons):
        self.assert_refused(self.link(self.stock, 'wrap f h', self.object), *reasons)

    def patch(self, offset, form, *values):
        with open(self.stock, 'r+b') as file:
            file.seek(offset)
            file.write(struct.pack(form, *values))

    def objcopy(self, *options):
        subprocess.run(['objcopy', *options, self.stock], check=True)

    def headers(self):
        """Offset and type of each program header."""
        image = self.read('kernel')
        start, = struct.unpack_from('<Q', image, 32)
        count, = struct.unpack_from('<H', image, 56)
        return [(start + 56 * i, struct.unpack_from('<I', image, start + 56 * i)[0]) for i in range(count)]

    def test_as_it_is(self):
        self.assert_linked(self.link(self.stock, 'wrap f h', self.object))

    def test_not_elf(self):
        for text in ('', 'a text\n', '\x7fELF', '#!/bin/sh\n' * 100):
            with self.subTest(text=text[:9]):
                self.write('kernel', text)
                self.refused('kernel: unknown kernel layout: not an ELF file')

    def test_truncated(self):
        whole = self.read('kernel')
        for size in (64, 200, 4096, len(whole) // 2, len(whole) - 64):
            with self.subTest(size=size):
                with open(self.stock, 'wb') as file:
                    file.write(whole[:size])
                self.refused('unknown kernel layout')

    def test_other_machine(self):
        self.patch(E_MACHINE, '<H', 183)
        self.refused('unknown kernel layout: not an x86 kernel')

    def test_not_static(self):
        self.patch(E_TYPE, '<H', 3)
        self.refused('unknown kernel layout: not a static executable')

    def test_no_symbols(self):
        self.objcopy('--strip-all')
        self.refused('unknown kernel layout: no symbol table (is it the -dbg kernel?)')

    def test_no_debug_information(self):
        self.objcopy('--strip-debug')
        self.refused('unknown kernel layout: no debug information (is it the -dbg kernel?)')

    def test_no_end(self):
        self.objcopy('--redefine-sym', '_end=_finish')
        self.refused('unknown kernel layout: no symbol _end')

    def test_end_is_not_the_end(self):
        self.objcopy('--redefine-sym', '_end=_finish', '--add-symbol', '_end=0x400000')
        self.refused('unknown kernel layout: _end is not the end of its highest segment')

    def test_no_room_for_a_header(self):
        self.stock = self.kernel(PLAIN, CALLER, link=('-Wl,-N', '-Wl,--no-warn-rwx-segments'))
        for offset, kind in self.headers():
            if kind == 0x6474e551:
                self.patch(offset, '<I', 0)
        self.refused('unknown kernel layout: no room for another program header')

    def test_already_grafted(self):
        self.assert_linked(self.link(self.stock, 'wrap f h', self.object))
        os.rename(self.path('image'), self.stock)
        self.refused('kernel: already grafted')

    def test_objects(self):
        for name, text in (('text', 'not an object\n'), ('empty', '')):
            with self.subTest(name=name):
                self.object = self.write('bad.o', text)
                self.refused("bad.o: not an object file (ET_REL) for the kernel's machine")
        self.object = self.stock
        self.refused('kernel: not an object file')
        self.object = self.compile('other', HANDLER)
        with open(self.object, 'r+b') as file:
            file.seek(E_MACHINE)
            file.write(b'\xb7')
        self.refused('other.o: not an object file')


if __name__ == '__main__':
    unittest.main()
