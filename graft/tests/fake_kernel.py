# SPDX-License-Identifier: GPL-2.0-or-later
"""Small kernels for graft's tests: static programs of this machine, so that a grafted one can also be run."""

import functools
import os
import shlex
import shutil
import subprocess
import tempfile
import unittest

GRAFT = os.environ.get('GRAFT', 'graft')
CC = shlex.split(os.environ.get('CC', 'cc'))
FLAGS = ['-O2', '-g', '-ffreestanding', '-fno-pie', '-fno-stack-protector', '-fno-omit-frame-pointer',
         '-fno-optimize-sibling-calls', '-fcf-protection=none', '-fno-asynchronous-unwind-tables', '-Wall', '-Wno-main']

# What every kernel here starts with: output and an end, by the system calls of Linux.
START = r'''
static inline long call3(long nr, long a, long b, long c)
{
  long r;
  __asm__ volatile ("syscall" : "=a" (r) : "a" (nr), "D" (a), "S" (b), "d" (c) : "rcx", "r11", "memory");
  return r;
}
void say (const char *s)
{
  long n = 0;
  while (s[n])
    n++;
  call3 (1, 1, (long) s, n);
}
static volatile int started = 1, times;  /* .data and .bss */
void kernel (void);
void _start (void) __attribute__ ((force_align_arg_pointer));
void _start (void)
{
  times += started;
  kernel ();
  call3 (60, 0, 0, 0);
  for (;;)
    ;
}
'''


BUILDS = tempfile.TemporaryDirectory()


def make(suffix, *argv):
    path = tempfile.mktemp(suffix, dir=BUILDS.name)
    subprocess.run([*CC, *argv, '-o', path], check=True, cwd=BUILDS.name)
    return path


@functools.lru_cache(None)
def make_object(source, flags):
    suffix = '.S' if source.lstrip().startswith('.') else '.c'
    with tempfile.NamedTemporaryFile('w', suffix=suffix, dir=BUILDS.name) as file:
        file.write(source)
        file.flush()
        return make('.o', *FLAGS, *flags, '-c', file.name)


@functools.lru_cache(None)
def make_kernel(sources, flags, link):
    objects = [make_object(START, ()), *(make_object(source, flags) for source in sources)]
    return make('', '-static', '-nostdlib', '-no-pie', '-Wl,--build-id=none', *link, *objects)


class GraftTest(unittest.TestCase):
    """A test in a folder of its own, with $TMPDIR in it: both are looked at for things left behind."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.scratch = os.path.join(self.folder, 'scratch')
        os.mkdir(self.scratch)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), 'rb') as file:
            return file.read()

    def copy(self, made, name):
        shutil.copy(made, self.path(name))
        return self.path(name)

    def compile(self, name, source, *flags):
        return self.copy(make_object(source, flags), name + '.o')

    def kernel(self, *sources, name='kernel', flags=(), link=()):
        """Compiles and links sources (C, or assembly when it starts with a dot) behind START."""
        return self.copy(make_kernel(sources, tuple(flags), tuple(link)), name)

    def graft(self, *argv, **options):
        environment = {**os.environ, 'TMPDIR': self.scratch, **options.pop('environment', {})}
        return subprocess.run([GRAFT, *argv], cwd=self.folder, env=environment, encoding='utf-8', errors='backslashreplace',
                              capture_output=True, check=False, **options)

    def link(self, kernel, hooks, *objects, out='image', more=(), **options):
        return self.graft('link', '--kernel', kernel, '--hooks', self.write('hooks', hooks), '--out', self.path(out),
                          *more, *objects, **options)

    def assert_refused(self, result, *reasons, code=1):
        """One line for each reason, the exit code, and nothing left behind."""
        self.assertEqual(result.returncode, code, result.stderr)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), len(reasons), result.stderr)
        for line, reason in zip(lines, reasons):
            self.assertTrue(line.startswith('graft: '), line)
            self.assertIn(reason, line)
        self.assertFalse(os.path.exists(self.path('image')), 'an image was written')
        self.assertEqual(os.listdir(self.scratch), [], 'the temporary folder stayed')

    def assert_linked(self, result):
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, '')
        self.assertEqual(os.listdir(self.scratch), [], 'the temporary folder stayed')

    def run_image(self, name='image'):
        result = subprocess.run([self.path(name)], text=True, capture_output=True, check=False, timeout=10)
        self.assertEqual(result.returncode, 0, result)
        return result.stdout
