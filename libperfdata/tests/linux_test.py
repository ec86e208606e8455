#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The reader against Linux perf: recordings made here by perf record, record for record as perf script prints them.

Usage: linux_test.py DUMP"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

DUMP = os.path.abspath(sys.argv[1])
WORK = ['sh', '-c', 'for i in $(seq 20000); do :; done; ls -lR /usr/bin >/dev/null; (exit 3)']


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, 'PAGER': 'cat'}).stdout


def by_script(path):
    """perf script's lines in the dump's form."""
    lines, sample = [], None
    text = output('perf', 'script', '-i', path, '--ns', '--show-mmap-events', '--show-task-events', '-F',
                  'pid,tid,cpu,time,event,period,ip')
    for line in text.splitlines():
        head = re.match(r'\s*(\d+)/(\d+)\s+\[(\d+)\]\s+(\d+)\.(\d{9}):\s+(\d+)\s+(\S+):\s*(\S*)', line)
        mmap = re.search(r'PERF_RECORD_MMAP2? (-?\d+/-?\d+): \[(0x\w+\(0x\w+\)) @ (0x\w+|0)[^]]*\]: \S+ (.*)', line)
        comm = re.search(r'PERF_RECORD_COMM(?: exec)?: (.*:\d+/\d+)', line)
        task = re.search(r'PERF_RECORD_(FORK|EXIT)(\(\d+:\d+\):\(\d+:\d+\))', line)
        if mmap:
            start = mmap.group(3) if mmap.group(3) != '0' else '0x0'
            lines.append(f'MMAP {mmap.group(1)} {mmap.group(2)} {start} {mmap.group(4)}')
        elif comm:
            lines.append(f'COMM {comm.group(1)}')
        elif task:
            lines.append(f'{task.group(1)} {task.group(2)}')
        elif head:
            pid, tid, cpu, seconds, ns, period, event, ip = head.groups()
            sample = [event, pid, tid, int(seconds + ns), int(cpu), int(period)]
            lines.append(sample)
            if ip:
                sample.append(ip)
        elif line.strip() and sample:
            sample.append(line.split()[0])
    return lines


def by_dump(path):
    lines = []
    for line in output(DUMP, path).splitlines():
        found = re.match(r'SAMPLE (\S+) (\d+)/(\d+) (\d+) \[(\d+)\] (\d+) (\S+) stack (\d+) chain ?(.*)', line)
        if found:
            event, pid, tid, time, cpu, period, ip, stack, chain = found.groups()
            lines.append([event, pid, tid, int(time), int(cpu), int(period), ip, int(stack), chain.split()])
        else:
            lines.append(line)
    return lines


class Linux(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.path = os.path.join(self.folder, 'perf.data')

    def compare(self, *options, events=('cpu-clock',)):
        if os.geteuid() != 0:
            # The kernel may be closed to an ordinary user; perf would then say so in the names.
            events = [event if event.endswith(':u') else event + ':u' for event in events]
        run = subprocess.run(['perf', 'record', '-q', '--sample-cpu', '-o', self.path, '-e', ','.join(events), *options, '--', *WORK],
                             capture_output=True, text=True)
        if run.returncode not in (0, 3) or not os.path.exists(self.path):
            self.skipTest('perf record is not allowed here: ' + run.stderr.strip()[:100])
        theirs, ours = by_script(self.path), by_dump(self.path)
        samples = [line for line in ours if isinstance(line, list)]
        self.assertGreater(len(samples), 10)
        # perf sorts by time; side-band made by the recorder has none.
        self.assertEqual(sorted(line for line in theirs if isinstance(line, str)),
                         sorted(line for line in ours if isinstance(line, str)))
        self.assertEqual(sorted(sample[:6] for sample in samples), sorted(line[:6] for line in theirs if isinstance(line, list)))
        self.assertEqual({sample[0] for sample in samples}, set(events))
        return samples, sorted(line for line in theirs if isinstance(line, list))

    def test_plain(self):
        samples, theirs = self.compare()
        self.assertEqual(sorted(sample[:7] for sample in samples), theirs)

    def test_several_events(self):
        samples, theirs = self.compare('-F', '4000', events=('page-faults', 'cpu-clock:u'))
        self.assertEqual(sorted(sample[:7] for sample in samples), theirs)

    def test_everything_of_the_machine(self):
        self.compare('-a', '-F', '500')

    def test_callchains(self):
        samples, _ = self.compare('-g', '-F', '2000')
        self.assertGreater(max(len(sample[8]) for sample in samples), 2)

    def test_stack_dumps(self):
        samples, _ = self.compare('--call-graph', 'dwarf,4096', '-F', '4000')
        self.assertGreater(max(sample[7] for sample in samples), 100)


if __name__ == '__main__':
    if not shutil.which('perf'):
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
