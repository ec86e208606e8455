#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""graft link on small kernels: what comes out runs, and is what it says it is."""

import hashlib
import os
import resource
import signal
import struct
import subprocess
import unittest

from fake_kernel import GraftTest

# Functions in one file, their callers in another: nothing is inlined.
FUNCTIONS = r'''
void say (const char *);
long add (long a, long b) { return a + b; }
long many (long a, long b, long c, long d, long e, long f, long g, long h) { return a - b + c - d + e - f + g - h; }
void step (int n) { say (n ? "step\n" : "last step\n"); }
int down (int n) { return n ? 1 + down (n - 1) : __builtin_expect (n, 0); }
'''
CALLERS = r'''
void say (const char *);
long add (long, long);
long many (long, long, long, long, long, long, long, long);
void step (int);
static void number (long n)
{
  char text[3] = {'0' + n / 10, '0' + n % 10, '\n'};
  char line[4] = {text[0], text[1], text[2], 0};
  say (line);
}
void kernel (void)
{
  number (add (20, 3));
  number (many (80, 7, 6, 5, 4, 3, 2, 1));
  step (1);
  step (0);
}
'''
PLAIN_OUTPUT = '23\n76\nstep\nlast step\n'
HOOKS = '''
wrap add my_add
before step my_step on
after many my_many on 8
'''
OBJECT = r'''
void say (const char *);
long add (long, long);
unsigned char on = %d;
static long kept;  /* bss */
long my_add (long a, long b)
{
  kept += a;
  return add (a, b) + kept;
}
void my_step (int n) { say (n ? "before step\n" : "before last step\n"); }
void my_many (long r, long a, long b, long c, long d, long e, long f, long g, long h)
{
  if (r == 76 && a == 80 && b == 7 && c == 6 && d == 5 && e == 4 && f == 3 && g == 2 && h == 1)
    say ("after many\n");
}
'''


def segments(image):
    """(type, flags, offset, vaddr, paddr, filesz, memsz) of each program header, of either class."""
    if image[4] == 2:
        start, = struct.unpack_from('<Q', image, 32)
        count, = struct.unpack_from('<H', image, 56)
        return [struct.unpack_from('<IIQQQQQ', image, start + 56 * i) for i in range(count)]
    start, = struct.unpack_from('<I', image, 28)
    count, = struct.unpack_from('<H', image, 44)
    found = []
    for i in range(count):
        kind, offset, vaddr, paddr, filesz, memsz, flags = struct.unpack_from('<7I', image, start + 32 * i)
        found.append((kind, flags, offset, vaddr, paddr, filesz, memsz))
    return found


class Link(GraftTest):
    def setUp(self):
        super().setUp()
        self.stock = self.kernel(FUNCTIONS, CALLERS)

    def readelf(self, *options):
        result = subprocess.run(['readelf', '-W', *options, self.path('image')], env={'LC_ALL': 'C', 'PATH': '/usr/bin:/bin'},
                                text=True, capture_output=True, check=True)
        self.assertEqual(result.stderr, '')
        return result.stdout

    def test_stock_runs(self):
        self.assertEqual(self.run_image('kernel'), PLAIN_OUTPUT)

    def test_hooks_on(self):
        self.assert_linked(self.link(self.stock, HOOKS, self.compile('object', OBJECT % 1)))
        self.assertEqual(self.run_image(), '43\nafter many\n76\nbefore step\nstep\nbefore last step\nlast step\n')

    def test_hooks_off(self):
        self.assert_linked(self.link(self.stock, HOOKS, self.compile('object', OBJECT % 0)))
        self.assertEqual(self.run_image(), PLAIN_OUTPUT.replace('23', '43'))

    def test_report_names_sites(self):
        result = self.link(self.stock, HOOKS, self.compile('object', OBJECT % 0))
        self.assertRegex(result.stdout, r'before step +-> graft_before_step, 2 sites\n +0x[0-9a-f]+ in kernel\n')

    def test_report_to_a_file(self):
        told = self.link(self.stock, HOOKS, self.compile('object', OBJECT % 0)).stdout
        result = self.link(self.stock, HOOKS, self.path('object.o'), more=('--report', self.path('report')))
        self.assert_linked(result)
        self.assertEqual(result.stdout, '')
        self.assertEqual(self.read('report').decode(), told)

    def test_same_inputs_same_bytes(self):
        first = self.compile('object', OBJECT % 1)
        self.assert_linked(self.link(self.stock, HOOKS, first))
        os.mkdir(self.path('elsewhere'))
        self.scratch = self.path('elsewhere')
        self.assert_linked(self.link(self.stock, HOOKS, first, out='again'))
        self.assertEqual(self.read('image'), self.read('again'))

    def test_sections_and_symbols(self):
        self.assert_linked(self.link(self.stock, HOOKS, self.compile('object', OBJECT % 1)))
        sections = self.readelf('-S')
        self.assertRegex(sections, r'\.graft +PROGBITS .* AX ')
        self.assertRegex(sections, r'\.graft\.data +PROGBITS .* WA ')
        number = next(line.split(']')[0].split('[')[1].strip() for line in sections.splitlines() if ' .graft ' in line)
        symbols = {line.split()[-1]: line.split() for line in self.readelf('-s').splitlines() if ':' in line}
        for name in ('my_add', 'my_step', 'my_many', 'graft_before_step', 'graft_after_many'):
            _, _, size, kind, _, _, index, _ = symbols[name]
            self.assertEqual((kind, index), ('FUNC', number), name)
            self.assertGreater(int(size, 0), 0, name)
        self.assertEqual(symbols['kept'][3:5], ['OBJECT', 'LOCAL'])
        self.assertEqual(symbols['_start'][3], 'FUNC')

    def test_segment_takes_the_place_of_gnu_stack(self):
        before = segments(self.read('kernel'))
        self.assert_linked(self.link(self.stock, HOOKS, self.compile('object', OBJECT % 1)))
        after = segments(self.read('image'))
        place = next(i for i, s in enumerate(before) if s[0] == 0x6474e551)
        kind, flags, offset, vaddr, _, filesz, memsz = after[place]
        self.assertEqual((kind, flags, filesz), (1, 7, memsz))
        self.assertEqual((offset % 4096, vaddr % 4096), (0, 0))
        end = max(s[3] + s[6] for s in before if s[0] == 1)
        self.assertEqual(vaddr, (end + 4095) & ~4095)
        self.assertEqual([s for i, s in enumerate(after[:len(before)]) if i != place],
                         [s for i, s in enumerate(before) if i != place])
        self.assertEqual([s[0] for s in after[len(before):]], [4])

    def test_segment_added_without_gnu_stack(self):
        image = bytearray(self.read('kernel'))
        place = next(i for i, s in enumerate(segments(image)) if s[0] == 0x6474e551)
        struct.pack_into('<I', image, 64 + 56 * place, 0)
        with open(self.path('kernel'), 'wb') as file:
            file.write(image)
        self.assert_linked(self.link(self.stock, HOOKS, self.compile('object', OBJECT % 1)))
        self.assertEqual(segments(self.read('image'))[-2][:2], (1, 7))
        self.assertIn('after many', self.run_image())

    def test_build_id(self):
        self.assert_linked(self.link(self.stock, HOOKS, self.compile('object', OBJECT % 1)))
        note = self.readelf('-n')
        build_id = bytes.fromhex(note.split('Build ID: ')[1].split()[0])
        image = self.read('image')
        at = image.index(b'GNU\0' + build_id) + 4
        zeroed = image[:at] + bytes(20) + image[at + 20:]
        self.assertEqual(hashlib.sha256(zeroed).digest()[:20], build_id)

    def test_only_sites_and_tables_change(self):
        self.assert_linked(self.link(self.stock, HOOKS, self.compile('object', OBJECT % 1)))
        old, new = self.read('kernel'), self.read('image')
        changed = 0
        for kind, flags, offset, _, _, filesz, _ in segments(old):
            if kind == 1 and flags & 1:
                pairs = zip(old[offset:offset + filesz], new[offset:offset + filesz])
                changed += sum(a != b for a, b in pairs)
        self.assertTrue(0 < changed <= 4 * 4, changed)  # four calls, four bytes each

    def test_elf32(self):
        result = self.link(self.stock, HOOKS, self.compile('object', OBJECT % 1), more=('--elf32', self.path('small')))
        self.assert_linked(result)
        big, small = self.read('image'), self.read('small')
        self.assertEqual((small[4], struct.unpack_from('<H', small, 18)[0]), (1, 3))
        loads = {s[4]: s for s in segments(small) if s[0] == 1}
        wanted = [s for s in segments(big) if s[0] == 1]
        self.assertEqual(len(loads), len(wanted))
        for _, _, offset, _, paddr, filesz, memsz in wanted:
            _, _, at, vaddr, _, size, memory = loads[paddr]
            self.assertEqual((vaddr, size, memory), (paddr, filesz, memsz))
            self.assertEqual(small[at:at + size], big[offset:offset + filesz])

    def test_map(self):
        result = self.link(self.stock, HOOKS, self.compile('object', OBJECT % 1), more=('--map', self.path('map')))
        self.assert_linked(result)
        self.assertIn(b'my_many', self.read('map'))

    def test_linker_gives_the_blob_its_bounds(self):
        source = OBJECT % 1 + '''
extern char graft_start, graft_end, graft_build_id;
void bounds (void)
{
  say (&graft_start < &graft_build_id && &graft_build_id < &graft_end ? "yes\\n" : "no\\n");
}
'''
        source = source.replace('say ("after many\\n")', '{ void bounds (void); bounds (); }')
        self.assert_linked(self.link(self.stock, HOOKS, self.compile('object', source)))
        self.assertIn('yes\n', self.run_image())

    def test_recursion_is_left_alone(self):
        stock = self.kernel('void say (const char *);\n'
                            'int __attribute__ ((noinline)) down (int n)'
                            '{ say ("down\\n"); return n ? 1 + down (n - 1) * 3 : 0; }',
                            'int down (int);\nvoid kernel (void) { down (3); }', name='recursive',
                            flags=('-fno-inline', '-fno-partial-inlining', '-fno-ipa-cp'))
        handler = 'void say (const char *);\nint down (int);\nint my_down (int n) { say ("hook\\n"); return down (n); }'
        result = self.link(stock, 'wrap down my_down', self.compile('object', handler))
        self.assert_linked(result)
        self.assertIn('1 in itself left alone', result.stdout)
        self.assertEqual(self.run_image(), 'hook\n' + 4 * 'down\n')

    def test_conditional_jump(self):
        stock = self.kernel('void say (const char *);\nvoid target (void) { say ("target\\n"); }',
                            '.text\n.globl kernel\n.type kernel, @function\nkernel: push %rbp\n test %rsp, %rsp\n'
                            ' call 1f\n pop %rbp\n ret\n1: jne target\n ret\n .size kernel, . - kernel\n'
                            ' .section .note.GNU-stack, "", @progbits\n', name='conditional')
        handler = 'void say (const char *);\nvoid my (void) { say ("hook\\n"); }'
        self.assert_linked(self.link(stock, 'wrap target my', self.compile('object', handler)))
        self.assertEqual(self.run_image(), 'hook\n')

    def test_registers_kept_for_callers_in_the_same_file(self):
        """GCC's -fipa-ra: the caller keeps values in registers that it sees the function leave alone."""
        source = r'''
void say (const char *);
static int cell;
__attribute__ ((noinline)) int get (void) { __asm__ volatile ("" ::: "memory"); return cell; }
__attribute__ ((noinline)) long use (long a, long b, long c)
{
  long n = get ();
  n += get ();
  return n + a + b * 10 + c;
}
void kernel (void) { cell = 0; say (use (3, 4, 0) == 43 ? "kept\n" : "lost\n"); }
'''
        stock = self.kernel(source, name='ipa')
        handler = 'int get (void);\nint my_get (void)\n{\n  int n = get ();\n  __asm__ volatile ("" ::: "memory");\n' \
                  '  __asm__ volatile ("mov $-1, %%rdi; mov %%rdi, %%rsi; mov %%rdi, %%rdx; mov %%rdi, %%rcx" ::: ' \
                  '"rdi", "rsi", "rdx", "rcx");\n  return n;\n}'
        result = self.link(stock, 'wrap get my_get', self.compile('object', handler))
        self.assert_linked(result)
        self.assertIn('graft_wrap_get', result.stdout)
        self.assertEqual(self.run_image(), 'kept\n')


class Expect(GraftTest):
    def setUp(self):
        super().setUp()
        self.stock = self.kernel(FUNCTIONS, CALLERS)
        self.object = self.compile('object', OBJECT % 1)
        self.expect = ('--expect', self.path('expect'))
        self.assert_linked(self.link(self.stock, HOOKS, self.object, more=(*self.expect, '--update-expect')))
        os.unlink(self.path('image'))

    def lines(self):
        return self.read('expect').decode().splitlines()

    def change(self, old, new):
        text = self.read('expect').decode()
        self.assertIn(old, text)
        self.write('expect', text.replace(old, new))

    def again(self):
        return self.link(self.stock, HOOKS, self.object, more=self.expect)

    def test_recorded(self):
        sha256 = hashlib.sha256(self.read('kernel')).hexdigest()
        self.assertEqual(self.lines()[2:], [f'kernel {sha256}', 'sites add 1', 'sites step 2', 'sites many 1'])

    def test_agrees(self):
        self.assert_linked(self.again())

    def test_other_kernel(self):
        self.change('kernel ', 'kernel 0')
        self.assert_refused(self.again(), 'is another kernel')

    def test_other_count(self):
        self.change('sites step 2', 'sites step 3')
        self.assert_refused(self.again(), 'step has 2 call sites, expected 3')

    def test_missing_function(self):
        self.change('sites add 1\n', '')
        self.assert_refused(self.again(), 'no sites line for add (1 found)')

    def test_no_kernel_line(self):
        self.write('expect', 'sites add 1\nsites step 2\nsites many 1\n')
        self.assert_refused(self.again(), 'no kernel line')

    def test_bad_line(self):
        self.change('sites add 1', 'sites add 1\nsights none')
        self.assert_refused(self.again(), 'expect:5: expected: kernel SHA256, or sites FUNCTION COUNT')

    def test_no_file(self):
        os.unlink(self.path('expect'))
        self.assert_refused(self.again(), 'No such file', code=3)

    def test_update_keeps_other_functions(self):
        result = self.link(self.stock, 'wrap add my_add', self.object, more=(*self.expect, '--update-expect'))
        self.assert_linked(result)
        self.assertEqual(sorted(self.lines()[3:]), ['sites add 1', 'sites many 1', 'sites step 2'])

    def test_update_for_another_kernel_starts_anew(self):
        self.change('kernel ', 'kernel 0')
        result = self.link(self.stock, 'wrap add my_add', self.object, more=(*self.expect, '--update-expect'))
        self.assert_linked(result)
        self.assertEqual(self.lines()[3:], ['sites add 1'])


class Files(GraftTest):
    """What can go wrong around the work: each one line, an exit code, an old image left as it was."""

    def setUp(self):
        super().setUp()
        self.stock = self.kernel(FUNCTIONS, CALLERS)
        self.object = self.compile('object', OBJECT % 1)

    def test_no_kernel(self):
        self.assert_refused(self.link(self.path('none'), HOOKS, self.object), 'none: No such file', code=3)

    def test_no_object(self):
        self.assert_refused(self.link(self.stock, HOOKS, self.path('none.o')), 'none.o: No such file', code=3)

    def test_folder_as_kernel(self):
        self.assert_refused(self.link(self.folder, HOOKS, self.object), 'not a regular file', code=3)

    def test_out_in_no_folder(self):
        self.assert_refused(self.link(self.stock, HOOKS, self.object, out='none/image'), 'No such file', code=3)

    def test_no_linker(self):
        self.assert_refused(self.link(self.stock, HOOKS, self.object, environment={'PATH': self.scratch}),
                            'as: not found: install the package binutils', code=3)

    def test_no_pahole(self):
        result = self.graft('types', '--kernel', self.stock, '--out', self.path('image'),
                            environment={'PATH': self.scratch})
        self.assert_refused(result, 'pahole: not found: install the package dwarves', code=3)

    def test_no_temporary_folder(self):
        result = self.link(self.stock, HOOKS, self.object, environment={'TMPDIR': self.path('none')})
        self.assert_refused(result, 'cannot make a temporary folder', code=3)

    def test_full_disk(self):
        limit = os.path.getsize(self.stock)  # the image is larger, everything on the way smaller
        self.write('image', 'old')

        def small():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        before = sorted(os.listdir(self.folder))
        result = self.link(self.stock, HOOKS, self.object, preexec_fn=small)
        self.assertEqual(result.returncode, 3)
        self.assertIn('image: File too large', result.stderr)
        self.assertEqual(self.read('image'), b'old')
        self.assertEqual(sorted(set(os.listdir(self.folder)) - {'hooks'}), before)

    def test_usage(self):
        for argv in ((), ('nonsense',), ('link',), ('link', '--kernel'), ('link', '--nonsense'),
                     ('types', '--kernel', 'k', '--out', 'o', 'operand'), ('types', '--kernel', 'k', '--hooks', 'h', '--out', 'o'),
                     ('link', '--kernel', 'k', '--hooks', 'h', '--out', 'o'),
                     ('link', '--kernel', 'k', '--hooks', 'h', '--out', 'o', '--update-expect', 'x.o')):
            with self.subTest(argv=argv):
                result = self.graft(*argv)
                self.assertEqual(result.returncode, 2)
                self.assertIn('usage: graft', result.stderr)

    def test_help(self):
        for argv in (('--help',), ('link', '--help')):
            result = self.graft(*argv)
            self.assertEqual((result.returncode, result.stderr), (0, ''))
            self.assertIn('usage: graft', result.stdout)


if __name__ == '__main__':
    unittest.main()
