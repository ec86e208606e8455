#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots the stock kernel with graft/tests/boot/object.c grafted on; reads what its hooks say on the console.

boot_test.py QEMU FIRMWARE IMAGE PROGRAM"""

import re
import subprocess
import sys
import threading
import unittest

SECONDS = 60
LAST_LINE = re.compile(r'graft-test: ticks of .*\n')
FAILED = re.compile(r'panic|db>|assertion')


def boot(qemu, firmware, image, program):
    """The console's text up to the last line awaited, a panic, or the end of the time."""
    command = [qemu, *(['-L', firmware] if firmware else []), '-machine', 'pc', '-m', '512', '-accel', 'tcg', '-nodefaults',
               '-display', 'none', '-no-reboot', '-serial', 'stdio', '-kernel', image, '-append', 'console=com0',
               '-initrd', f'{program} $(task-create) $(task-resume)']
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        timer = threading.Timer(SECONDS, process.kill)
        timer.start()
        text = ''
        while not LAST_LINE.search(text) and not FAILED.search(text):
            chunk = process.stdout.read1(4096)
            if not chunk:
                break
            text += chunk.decode(errors='replace').replace('\r', '')
        timer.cancel()
        process.kill()
    return text


class Boot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = boot(*ARGUMENTS)

    def field(self, pattern):
        found = re.search('graft-test: ' + pattern, self.text)
        self.assertTrue(found, f'no "{pattern}" in:\n{self.text}')
        return found.groups()

    def test_wrap(self):
        begin, end = (int(value, 16) for value in self.field('begin ([0-9a-f]+) end ([0-9a-f]+)'))
        self.assertEqual(begin % 4096, 0)
        self.assertGreater(end, begin)

    def test_before(self):
        usec, switches, bad, enters = (int(value) for value in
                                       self.field(r'ticks of (\d+) us, pc \w+, (\d+) switches, (\d+) bad, (\d+) enters'))
        self.assertEqual((usec, bad), (10000, 0))
        self.assertGreater(switches, 2)
        self.assertGreater(enters, 2)

    def test_after(self):
        """The program's first page, as the bootstrap maps it: all eleven arguments and the result."""
        fields = self.field(r'vm_map_enter (\d+) map (\d) address (\w+) size (\w+) mask (\w+) anywhere (\d) object (\d) '
                            r'offset (\w+) copy (\d) protection (\d) of (\d) inheritance (\d)')
        self.assertEqual(fields, ('0', '1', '400000', '1000', '0', '0', '0', '0', '0', '3', '7', '1'))

    def test_frame_pointers_lead_through_the_trampoline(self):
        self.field('frames: 1 trampoline, kernel behind it')


if __name__ == '__main__':
    ARGUMENTS = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
