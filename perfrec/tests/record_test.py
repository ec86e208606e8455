#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""perfrec record with a fake emulator: what it writes, and each thing that can go wrong.

Usage: record_test.py PERFREC FAKE_EMULATOR PERFREC_ON_KVM"""

import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

PERFREC, FAKE, ON_KVM = (os.path.abspath(path) for path in sys.argv[1:4])
TEXT_KERNEL = 0xffffffff8100c000
KERNEL_ID, WORKLOAD_ID = bytes(range(0xa0, 0xa0 + 20)), bytes(range(0xc0, 0xc0 + 20))


def note(owner, kind, contents):
    name = owner + b'\0'
    return struct.pack('<III', len(name), len(contents), kind) + name + bytes(-len(name) % 4) + contents + bytes(-len(contents) % 4)


def elf(address, physical, symbols, notes, machine=62, kind=2):
    """A small ELF64 file: one code segment, one of notes, a symbol table."""
    code = b'\x90' * 0x100
    names = b'\0' + b''.join(name + b'\0' for name, _ in symbols)
    shstr = b'\0.text\0.note\0.symtab\0.strtab\0.shstrtab\0'
    table, at = bytes(24), 1
    for name, value in symbols:
        table += struct.pack('<IBBHQQ', at, 0x12, 0, 1, value, 0x20)
        at += len(name) + 1
    parts, offset, places = b'', 0x1000, []
    for part in (code, notes, table, names, shstr):
        places.append((offset + len(parts), len(part)))
        parts += part + bytes(-len(part) % 8)
    sections = bytes(64)
    for name, kind_, flags, addr, place, link, info, size in (
            (1, 1, 6, address, 0, 0, 0, 0), (7, 7, 2, 0, 1, 0, 0, 0), (13, 2, 0, 0, 2, 4, 1, 24),
            (21, 3, 0, 0, 3, 0, 0, 0), (29, 3, 0, 0, 4, 0, 0, 0)):
        sections += struct.pack('<IIQQQQIIQQ', name, kind_, flags, addr, *places[place], link, info, 8 if size else 1, size)
    header = b'\x7fELF\2\1\1' + bytes(9) + struct.pack('<HHIQQQIHHHHHH', kind, machine, 1, address, 64, offset + len(parts),
                                                     0, 64, 56, 2, 64, 6, 5)
    header += struct.pack('<IIQQQQQQ', 1, 5, places[0][0], address, physical, len(code), len(code), 0x1000)
    header += struct.pack('<IIQQQQQQ', 4, 4, places[1][0], 0, 0, len(notes), len(notes), 4)
    return header + bytes(offset - len(header)) + parts + sections


def elf32(address, physical, notes, machine=3):
    """A small ELF32 file: one code segment, one of notes."""
    code = b'\x90' * 0x100
    header = b'\x7fELF\1\1\1' + bytes(9) + struct.pack('<HHIIIIIHHHHHH', 2, machine, 1, address, 52, 0, 0, 52, 32, 2, 40, 0, 0)
    header += struct.pack('<IIIIIIII', 1, 0x1000, address, physical, len(code), len(code), 5, 0x1000)
    header += struct.pack('<IIIIIIII', 4, 0x1100, 0, 0, len(notes), len(notes), 4, 4)
    return header + bytes(0x1000 - len(header)) + code + notes


TASK_NOTE = note(b'machperf', 1, struct.pack('<I', 1))


class Tree(unittest.TestCase):
    """A build folder with perfrec, images and workloads, and a folder to record in."""

    COMMAND = 'record'

    def setUp(self):
        self.top = tempfile.mkdtemp(prefix='record test,')
        self.addCleanup(shutil.rmtree, self.top)
        for folder in ('perfrec', 'kern', 'guest/agent', 'workloads', 'out', 'tmp', 'home'):
            os.makedirs(os.path.join(self.top, folder))
        shutil.copy(PERFREC, os.path.join(self.top, 'perfrec/perfrec'))
        kernel = elf(TEXT_KERNEL, 0x100c000, [(b'kernel_hot', TEXT_KERNEL)], note(b'GNU', 3, KERNEL_ID))
        workload = elf(0x400000, 0x400000, [(b'chase_list', 0x400000), (b'chase_start', 0x400020)],
                       note(b'GNU', 3, WORKLOAD_ID) + TASK_NOTE)
        self.put('kern/gnumach-amd64-up', kernel)
        self.put('guest/agent/agent', workload)
        self.put('workloads/chase', workload)
        self.out = os.path.join(self.top, 'out')

    def put(self, path, contents):
        full = os.path.join(self.top, path)
        with open(full, 'wb') as file:
            file.write(contents)
        os.chmod(full, 0o755)
        return full

    def start(self, *args, mode='good', cwd=None, env=None, **options):
        surroundings = {'PATH': os.environ['PATH'], 'HOME': os.path.join(self.top, 'home'), 'FAKE': mode,
                        'TMPDIR': os.path.join(self.top, 'tmp'), 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', ''), **(env or {})}
        return subprocess.Popen([os.path.join(self.top, 'perfrec/perfrec'), self.COMMAND, *args], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=cwd or self.out, env=surroundings, **options)

    def record(self, *args, mode='good', qemu=FAKE, **options):
        process = self.start('--qemu', qemu, *args, mode=mode, **options)
        out, err = process.communicate(timeout=60)
        return process.returncode, out.decode(), err.decode()

    def refuse(self, code, text, *args, mode='good', **options):
        """The exit code, one line that says why, and nothing left behind."""
        before = sorted(os.listdir(self.out))
        got, _, err = self.record(*args, mode=mode, **options)
        lines = [line for line in err.splitlines() if line.startswith('perfrec: ')]
        self.assertEqual(got, code, err)
        self.assertEqual(len(lines), 1, err)
        self.assertRegex(lines[0], text)
        self.assertEqual(sorted(os.listdir(self.out)), before)
        self.assertEqual(os.listdir(os.path.join(self.top, 'tmp')), [])
        return err

    def bytes(self, name='perf.data'):
        with open(os.path.join(self.out, name), 'rb') as file:
            return file.read()


class Good(Tree):
    def test_default(self):
        code, out, err = self.record('chase')
        self.assertEqual((code, out), (0, 'hello from chase\n'), err)
        self.assertIn('cycles: 30000000 events, 300 samples, 0 lost, 0 throttled, 2 coalesced', err)
        self.assertIn("profiling took 1.00 % of the guest's time", err)
        self.assertIn(b'overhead.budget=25\noverhead.time=10000000\noverhead.nmis=300\noverhead.nmi-time=90000\n'
                      b'overhead.hooks=10\noverhead.hook-time=10000\n', self.bytes())
        self.assertEqual(sorted(os.listdir(self.out)), ['perf.data', 'perf.data.log'])
        self.assertEqual(os.listdir(os.path.join(self.top, 'tmp')), [])

    def test_nothing_of_the_host(self):
        """Another place, name, folder, time zone and host: the same bytes."""
        self.record('-e', 'cycles,cache-misses:u', '-o', 'one', 'chase', '12', 'two words')
        other = os.path.join(self.top, 'elsewhere')
        os.mkdir(other)
        path = os.path.join(self.top, 'workloads/chase')
        code, _, err = self.record('-o', os.path.join(self.out, 'two'), '-q', '-e', 'cycles', '-e', 'cache-misses:u', '--timeout', '50',
                                   '--buildid-dir', other, '--', path, '12', 'two words', cwd=other,
                                   env={'TZ': 'Asia/Tokyo', 'HOSTNAME': 'x', 'LANG': 'de_DE.UTF-8'})
        self.assertEqual((code, err), (0, ''))
        self.assertEqual(self.bytes('one'), self.bytes('two'))
        for word in (self.top, os.uname().nodename, '/tmp'):
            self.assertNotIn(word.encode(), self.bytes('one'))

    def test_log(self):
        self.record('-o', 'x.data', 'chase')
        log = self.bytes('x.data.log').decode()
        for text in ('command: record --qemu', 'wall seconds:', 'agent: done', 'GNU Mach fake', 'cpu 0 overflows 300'):
            self.assertIn(text, log)

    def test_older_recording_is_kept(self):
        self.put('out/perf.data', b'older')
        self.assertEqual(self.record('chase')[0], 0)
        self.assertEqual(self.bytes('perf.data.old'), b'older')

    def test_cache(self):
        self.record('--buildid-dir', 'cache', 'chase')
        for name, build_id in (('[kernel.kallsyms]', KERNEL_ID), ('chase', WORKLOAD_ID)):
            link = os.path.join(self.out, 'cache/.build-id', build_id.hex()[:2], build_id.hex()[2:])
            self.assertEqual(os.readlink(link), f'../../{name}/{build_id.hex()}')
            self.assertTrue(os.path.isfile(link + '/elf'))
        self.record('-B', 'chase')
        self.assertEqual(os.listdir(os.path.join(self.top, 'home')), [])

    def test_status_of_the_workload(self):
        code, _, err = self.record('chase', mode='status')
        self.assertEqual(code, 3)
        self.assertIn('exited with status 3; the recording is kept', err)
        code, _, err = self.record('chase', mode='crash')
        self.assertEqual(code, 80)
        self.assertIn('crashed at 0x400010: EXC_BAD_ACCESS (1), code 2, subcode 0x1234; the recording is kept', err)
        self.assertTrue(self.bytes())

    def test_closed_output(self):
        process = self.start('--qemu', FAKE, 'chase')
        process.stdout.close()
        err = process.stderr.read().decode()
        process.stderr.close()
        self.assertEqual(process.wait(), 0)
        self.assertIn("cannot write the workload's output", err)

    def attrs(self, nr):
        at, = struct.unpack_from('<Q', self.bytes(), 24)
        return [self.bytes()[at + 144 * n:at + 144 * n + 128] for n in range(nr)]

    def test_terms(self):
        """Each event has its own period or frequency, and a plain name."""
        code, _, err = self.record('-e', 'cycles/period=100003/,cache-misses/period=997/u', '-e', 'instructions/freq=500/:k,branches',
                                   '-c', '777', 'chase')
        self.assertEqual(code, 0, err)
        self.assertEqual([line.split(': ')[1] for line in err.splitlines()[:4]],
                         ['cycles', 'cache-misses:u', 'instructions:k', 'branches'])
        rates = [(struct.unpack_from('<Q', attr, 16)[0], struct.unpack_from('<Q', attr, 40)[0] >> 10 & 1, attr[40] & 0x30)
                 for attr in self.attrs(4)]
        self.assertEqual(rates, [(100003, 0, 0), (997, 0, 0x20), (500, 1, 0x10), (777, 0, 0)])
        for word in (b'cycles/period=100003/,cache-misses/period=997/u,instructions/freq=500/k,branches\0', b'\ncache-misses:u\0'):
            self.assertIn(word.lstrip(b'\n'), self.bytes())

    def test_terms_over_frequency(self):
        self.record('-e', 'cycles/period=5003/,cache-misses', '-F', '300', 'chase')
        self.assertEqual([struct.unpack_from('<Q', attr, 16)[0] for attr in self.attrs(2)], [5003, 300])

    def test_attributes(self):
        """What was asked for stands in the file."""
        self.record('-e', 'instructions:u,r412e:k', '-c', '777', '-g', 'no', 'chase')
        data = self.bytes()
        attr_size, at, size = struct.unpack_from('<QQQ', data, 16)
        self.assertEqual((attr_size, size), (144, 288))
        first, second = data[at:at + 128], data[at + 144:at + 272]
        self.assertEqual(struct.unpack_from('<IIQQQ', first), (0, 128, 1, 777, 0x101c7 & ~(1 << 6)))
        self.assertEqual(struct.unpack_from('<IIQQ', second), (4, 128, 0x412e, 777))
        flags = [struct.unpack_from('<Q', attr, 40)[0] for attr in (first, second)]
        # disabled, inherit, exclude_kernel, mmap, comm, task, sample_id_all, mmap2, build_id
        self.assertEqual(flags[0], 1 | 2 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 13 | 1 << 18 | 1 << 23 | 1 << 34)
        self.assertEqual(flags[1], 1 | 2 | 1 << 4 | 1 << 18)


@unittest.skipUnless(shutil.which('perf'), 'no perf')
class StockPerf(Tree):
    """Linux perf reads it, says nothing, and names every frame."""

    def perf(self, *args, says=''):
        """perf's output; its stderr must match, and be empty if nothing is given."""
        run = subprocess.run(['perf', '--buildid-dir', 'cache', args[0], '-i', 'perf.data', *args[1:]], cwd=self.out,
                             capture_output=True, text=True, env={**os.environ, 'HOME': self.top, 'PAGER': 'cat'})
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(run.stderr.strip(), f'^{says}$')
        return run.stdout

    def table(self):
        text = self.perf('report', '--stdio', '--no-children', '-g', 'none', '--sort', 'dso,sym', '-F', 'sample,dso,sym')
        return sorted(' '.join(line.split()) for line in text.splitlines() if line and not line.startswith('#'))

    def test_one_event(self):
        self.record('--buildid-dir', 'cache', 'chase')
        self.assertEqual(self.table(), ['100 [kernel.kallsyms] [k] kernel_hot', '200 chase [.] chase_list'])
        script = self.perf('script', '-F', 'comm,pid,ip,sym,dso,event,period')
        self.assertEqual(script.count('100003 cycles'), 300)
        self.assertIn('chase_start+', self.perf('script', '-F', 'ip,sym,symoff'))

    def test_share(self):
        err = self.record('chase', mode='quarter')[2]
        self.assertIn('cycles: 7500000 events (counted 25.00 % of the time), 300 samples', err)

    def test_lost(self):
        code, _, err = self.record('--buildid-dir', 'cache', 'chase', mode='lost')
        self.assertEqual(code, 0)
        self.assertIn('300 samples, 17 lost', err)
        self.assertIn('PERF_RECORD_LOST lost 17', self.perf('script', '--show-lost-events'))
        self.perf('report', '--stdio', says=r'Warning:\n.* lost 1 chunks![\s\S]*')

    def test_two_events(self):
        self.record('--buildid-dir', 'cache', '-e', 'cycles,cache-misses:u', '-c', '1000', 'chase')
        script = self.perf('script', '-F', 'event')
        self.assertEqual(script.count('cycles:'), 150)
        self.assertEqual(script.count('cache-misses:u:'), 150)

    def test_group(self):
        self.record('--buildid-dir', 'cache', '-e', '{cycles,cache-misses}:u,branches', '-c', '1000', 'chase')
        self.assertIn('# group: {cycles:u,cache-misses:u}', self.perf('report', '--header-only'))
        self.assertEqual(self.perf('evlist', '-g').split(), ['{cycles:u,cache-misses:u}', 'branches'])

    def test_header(self):
        self.record('--buildid-dir', 'cache', 'chase', '7')
        header = self.perf('report', '--header-only')
        for line in ('# hostname : gnumach', '# os release : GNU Mach 1.8 fake', '# arch : x86_64', '# nrcpus online : 1',
                     '# cpudesc : Fake processor', '# total memory : 524288 kB',
                     '# cmdline : perfrec record -e cycles -c 100003 -g fp --ring-size 1048576 -- chase 7'):
            self.assertIn(line, header)
        self.assertEqual(self.perf('buildid-list').split(),
                         [KERNEL_ID.hex(), '[kernel.kallsyms]', WORKLOAD_ID.hex(), 'chase'])

    def test_without_cache_no_foreign_symbol(self):
        self.record('-B', 'chase')
        names = self.perf('script', '-F', 'ip,sym', says=f'No kallsyms or vmlinux with build-id {KERNEL_ID.hex()} was found')
        self.assertEqual({word for word in names.split() if not set(word) <= set('0123456789abcdef')}, {'[unknown]'})


class Errors(Tree):
    def test_usage(self):
        for args, text in ((['-c', '0', 'chase'], 'is not a number from 1'), (['-c', '1x', 'chase'], 'is not a number'),
                           (['-c', '5', '-F', '5', 'chase'], 'exclude each other'), (['-g', 'lbr', 'chase'], 'none of fp, dwarf, no'), (['-g', 'dwarf,100', 'chase'], 'no multiple of 8'), (['-g', 'dwarf,65528', 'chase'], '-g dwarf'),
                           (['--ring-size', '5000', 'chase'], 'power of two'), (['-o', '-', 'chase'], 'not to a pipe'),
                           ([], 'no workload'), (['--nonsense', 'chase'], "unknown option '--nonsense'"), (['-o'], "'-o' needs a value"),
                           (['-e', 'cycles:x', 'chase'], "unknown modifier 'x'"), (['-e', 'cycles,,', 'chase'], 'empty event name'),
                           (['-e', 'cycles/perod=5/', 'chase'], r"'cycles/perod=5/': unknown term 'perod' .there are period=N, freq=HZ and name=NAME"),
                           (['-e', 'cycles/period/', 'chase'], "period: '' is not a number"),
                           (['-e', 'cycles/period=5x/,branches', 'chase'], "'cycles/period=5x/': period: '5x' is not a number from 1 to"),
                           (['-e', 'cycles/period=0/', 'chase'], "'0' is not a number from 1"),
                           (['-e', 'cycles/freq=1000001/', 'chase'], "is not a number from 1 to 1000000$"),
                           (['-e', 'cycles/period=5,freq=5/', 'chase'], 'period and freq exclude each other'),
                           (['-e', 'cycles/period=5,period=6/', 'chase'], 'period is given twice'),
                           (['-e', 'cycles/period=5', 'chase'], "'cycles/period=5': no slash ends its terms"),
                           (['-e', 'cycles/period=5/x', 'chase'], "unknown modifier 'x'"),
                           (['-e', '/period=5/', 'chase'], 'empty event name'),
                           (['-e', 'cycles/period=' + '5' * 300 + '/', 'chase'], "'cycles...': too long"),
                           (['chase', 'a\nb'], 'newline')):
            self.refuse(64, text, *args)

    def test_unknown_event(self):
        self.refuse(65, "unknown event 'cache-mises'; near it: cache-misses", '-e', 'cache-mises', 'chase')
        self.refuse(65, "unknown event 'dtlb'; near it: dTLB-loads, dTLB-load-misses", '-e', 'dtlb', 'chase')
        self.refuse(65, "unknown event 'zzzzzzzzzzzzzzzzz' ", '-e', 'zzzzzzzzzzzzzzzzz', 'chase')
        self.refuse(65, "unknown event 'rxyz'", '-e', 'rxyz', 'chase')
        self.refuse(65, 'unknown event', '-e', 'x' * 500, 'chase')
        self.refuse(65, "unknown event 'cache-mises'; near it: cache-misses", '-e', 'cache-mises/period=997/u', 'chase')

    def test_unsupported_event(self):
        self.refuse(66, "event 'iTLB-loads' is not supported on this machine: of fetches the emulated PMU counts those that miss", '-e',
                    'cycles,iTLB-loads', 'chase', mode='unsupported')
        self.refuse(66, "'cycles' was refused: invalid argument", 'chase', mode='argument')

    def test_raw(self):
        """An encoding that the emulated PMU does not know would count nothing."""
        self.refuse(66, "event 'r1234': the emulated PMU does not count encoding 0x1234", '-e', 'cycles,r1234', 'chase')
        self.refuse(66, 'does not count encoding 0x1234', '-e', 'cpu/event=0x34,umask=0x12/u', 'chase')
        self.refuse(66, 'does not count encoding 0x1000000c0', '-e', 'cpu/event=0x1c0/', 'chase')

    def test_terms(self):
        for event, text in (('cpu/event=0x1000/', "event: '0x1000' is not a number up to 0xfff"), ('cpu/umask=-1/', "'-1' is not a number up to 0xff"),
                            ('cpu/event/', 'event needs a value'), ('cpu/event=0xc0,any/', 'any cannot be set: it counts what other'),
                            ('cpu/event=0xc0,pc=1/', 'pc cannot be set'), ('cpu/nonsense=1/', "unknown term 'nonsense'"),
                            ('cycles/umask=1/', 'umask is a term of cpu/.../ only'), ('cycles/name=/', 'name needs one of at most'),
                            ('cycles/period=5,freq=5/', 'exclude each other'), ('cycles:h', 'no hypervisor to count'),
                            ('cycles:up', "unknown modifier 'up'"), ('{cycles,instructions', "no brace ends the group that begins with 'cycles'"),
                            ('{cycles}x', "a comma is missing before 'x'"), ('{cycles,{branches}}', 'empty event name'), ('{}', 'empty event name'),
                            ('{cycles}:x', "unknown modifier 'x'")):
            self.refuse(64, text, '-e', event, 'chase')

    def test_groups(self):
        events = ('{cycles,cpu/event=0xc4,cmask=2,edge,inv,period=500,name=branchy/,LLC_MISSES:k}:u,'
                  'branches,{instructions,branch-misses/period=7/u}:u')
        code, _, err = self.record('-e', events, 'chase', mode='groups')
        self.assertEqual(code, 0, err)
        data = self.bytes('perf.data')
        self.assertIn(b'{cycles:u,cpu/event=0xc4,cmask=2,edge,inv,period=500,name=branchy/u,LLC_MISSES:k},branches,'
                      b'{instructions:u,branch-misses/period=7/u}\0', data)
        self.assertIn('branchy:u: ', err)
        self.refuse(66, "event 'instructions' and those before it in the group of 'cycles' need more counters than this machine has \\(4 for any",
                    '-e', '{cycles,instructions}', 'chase', mode='group-shortage')

    def test_processor_names(self):
        self.refuse(66, "event 'UOPS_DISPATCHED_PORT:PORT_0' is one of Intel Sandy Bridge; the emulated processor is a Nehalem",
                    '-e', 'UOPS_DISPATCHED_PORT:PORT_0', 'chase')
        self.refuse(66, "event 'MEM_LOAD_RETIRED:L2_HIT': the emulated PMU does not count encoding 0x2cb", '-e', 'MEM_LOAD_RETIRED:L2_HIT', 'chase')
        self.refuse(65, "event 'MEM_INST_RETIRED:NONSENSE': invalid event attribute of MEM_INST_RETIRED", '-e', 'MEM_INST_RETIRED:NONSENSE', 'chase')
        self.refuse(66, 'needs more than a counter', '-e', 'OFFCORE_RESPONSE_0:ANY_DATA', 'chase')
        code, _, err = self.record('-e', 'MEM_INST_RETIRED.LOADS/period=5000/u,UNHALTED_REFERENCE_CYCLES:k', 'chase')
        self.assertEqual(code, 0, err)
        self.assertIn('MEM_INST_RETIRED.LOADS:u: ', err)

    def test_period(self):
        self.refuse(67, 'period 9 is below this machine.s minimum, 32', '-e', 'cycles/period=9/', 'chase', mode='period')
        self.refuse(67, '9 samples a second are more', '-e', 'cycles/freq=9/', 'chase', mode='period')
        self.refuse(67, 'period 3 is below this machine.s minimum, 32', '-c', '3', 'chase', mode='period')
        self.refuse(67, "'cpu-clock': a period of 3 ns is too short", '-e', 'cpu-clock', '-c', '3', 'chase', mode='period')

    def test_workload(self):
        self.refuse(68, "no workload 'nothing' came with machperf", 'nothing')
        self.refuse(68, 'No such file', './nothing')
        self.refuse(68, 'Is a directory', '/')
        text = self.put('text', b'#!/bin/sh\n')
        self.refuse(69, 'not an ELF file', text)
        self.refuse(69, 'not an ELF file', self.put('empty', b''))
        self.refuse(69, 'not an ELF file', self.put('short', b'\x7fELF'))
        self.refuse(70, 'lacks the machperf note', '/bin/true')
        not_static = 'not a static program for amd64 or i386'
        self.refuse(70, not_static, self.put('arm', elf(0x400000, 0x400000, [], TASK_NOTE, machine=183)))
        self.refuse(70, not_static, self.put('x32', elf32(0x400000, 0x400000, TASK_NOTE, machine=62)))
        self.refuse(70, not_static, self.put('pie', elf(0x400000, 0x400000, [], TASK_NOTE, kind=3)))

    def test_images(self):
        self.refuse(71, 'kernel .*: No such file', '--kernel', 'nothing', 'chase')
        self.refuse(71, 'kernel .*: not an ELF file', '--kernel', FAKE, 'chase')
        os.unlink(os.path.join(self.top, 'guest/agent/agent'))
        self.refuse(71, 'agent .*: No such file', 'chase')

    def put_i386(self):
        """Kernel, agent and workload of 32 bits; where the kernel is."""
        os.makedirs(os.path.join(self.top, 'workloads/i386'))
        task = elf32(0x8049000, 0x8049000, note(b'GNU', 3, WORKLOAD_ID) + TASK_NOTE)
        self.put('guest/agent/agent-i386', task)
        self.put('workloads/i386/chase', task)
        return self.put('kern/gnumach-i386-up', elf32(0xc1000000, 0x1000000, note(b'GNU', 3, KERNEL_ID)))

    def test_arch(self):
        self.refuse(64, "--arch: 'x32' is none of amd64, i386", '--arch', 'x32', 'chase')
        self.refuse(71, 'kernel .*gnumach-i386-up: No such file', '--arch', 'i386', 'chase')
        kernel = self.put_i386()
        self.refuse(64, '--arch amd64: kernel .*gnumach-i386-up is one for i386', '--arch', 'amd64', '--kernel', kernel, 'chase')
        self.refuse(64, '--arch i386: kernel .*gnumach-amd64-up is one for amd64', '--arch', 'i386', '--kernel',
                    os.path.join(self.top, 'kern/gnumach-amd64-up'), 'chase')
        self.refuse(64, 'a program for i386, but the kernel is one for amd64; --arch i386 takes the other',
                    os.path.join(self.top, 'workloads/i386/chase'))
        self.refuse(64, 'a program for amd64, but the kernel is one for i386; --arch amd64 takes the other', '--arch', 'i386',
                    os.path.join(self.top, 'workloads/chase'))
        self.refuse(71, 'kernel .*: for neither amd64 nor i386', '--kernel', self.put('arm', elf(TEXT_KERNEL, 0x100c000, [], b'', 183)), 'chase')
        os.unlink(os.path.join(self.top, 'guest/agent/agent-i386'))
        self.refuse(71, 'agent .*agent-i386: No such file', '--arch', 'i386', 'chase')

    def test_arch_found(self):
        """By its name or by the kernel's, the recording is the same."""
        kernel = self.put_i386()
        for option in (['--arch', 'i386'], ['--kernel', kernel]):
            code, _, err = self.record('-B', *option, '-o', option[0][2:], 'chase')
            self.assertEqual(code, 0, err)
        self.assertEqual(self.bytes('arch'), self.bytes('kernel'))
        self.assertIn(b'i386\0', self.bytes('arch'))
        self.assertIn(b'--arch=i386\0', self.bytes('arch'))
        self.assertNotIn(b'x86_64\0', self.bytes('arch'))

    def test_emulator(self):
        self.refuse(72, 'emulator /nothing: no such program', 'chase', qemu='/nothing')
        self.refuse(72, 'emulator nothing: no such program', 'chase', qemu='nothing')
        self.refuse(72, 'does not run', 'chase', qemu=self.put('broken', b'\x7fELF'))
        self.refuse(72, 'is not a valid device model name', 'chase', mode='no-device')
        self.refuse(64, '--model: no geometry is called so', '--model', 'so', 'chase', mode='no-model')

    def test_output(self):
        self.refuse(73, 'cannot write nowhere/perf.data: No such file', '-o', 'nowhere/perf.data', 'chase')
        self.refuse(73, 'cannot write .: Is a directory', '-o', '.', 'chase')
        self.refuse(73, 'cannot write /dev/full: No space left', '-o', '/dev/full', 'chase')

    def test_full_disk(self):
        limit = 200000
        self.refuse(73, 'cannot write perf.data: File too large', 'chase', mode='many',
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))

    @unittest.skipUnless(os.geteuid() == 0, 'only root mounts')
    def test_full_file_system(self):
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', self.out], capture_output=True)
        if mounted.returncode:
            self.skipTest('mount is not allowed')
        self.addCleanup(subprocess.run, ['umount', self.out], check=True)
        self.put('out/older', b'o')
        self.refuse(73, 'cannot write perf.data: No space left', 'chase', mode='many')

    def test_no_interface(self):
        self.refuse(74, 'this kernel has no perf interface', 'chase', mode='no-interface')

    def test_panic(self):
        err = self.refuse(75, 'in trouble: panic {cpu0} ../kern/slab.c:100', 'chase', mode='panic')
        self.assertIn('  | Stopped at  Debugger+0x13', err)
        err = self.refuse(75, 'in trouble: start agent: Kernel Invalid opcode trap, eip 0xffffffff8101e420', 'chase', mode='trap')
        self.assertIn('  | db> ', err)
        self.refuse(75, 'in trouble: db>', 'chase', mode='db')

    def test_hang(self):
        err = self.refuse(76, 'the workload did not end after 4 s', '--timeout', '4', 'chase', mode='hang')
        self.assertIn('  | GNU Mach fake', err)
        self.refuse(76, 'the agent did not start after 1 s', '--timeout', '1', 'chase', mode='silent')
        err = self.refuse(76, 'nothing was heard of it for 1 s, and the agent did not start', '--silence', '1', 'chase', mode='silent')
        self.assertIn('  | booting', err)
        self.refuse(76, 'the workload did not end after 6 s', '--silence', '4', '--timeout', '6', 'chase', mode='hang')
        self.refuse(76, 'the agent did not start after 2 s', '--silence', '0', '--timeout', '2', 'chase', mode='silent')

    def test_session(self):
        for mode, text in (('garbage', 'bytes that are no frame'), ('huge', 'a frame of 1152921504606846976 bytes'),
                           ('early-data', 'DATA before every EVENT'), ('bad-record', 'malformed record'),
                           ('bad-sample', 'malformed record'), ('bad-cpu', 'records of CPU 9999'), ('cut-record', 'inside a record'),
                           ('no-exit', 'END without EXIT'), ('no-stats', 'no STATS'), ('lies', 'the kernel wrote 301 samples, 300 arrived'),
                           ('version', 'speaks version 99'), ('reset', 'ended before its guest was done'),
                           ('dies', 'ended: qemu: fatal: triple fault'), ('workload', 'cannot be loaded: segment outside'),
                           ('agent', 'the agent failed: vm_allocate: no space')):
            with self.subTest(mode):
                self.refuse(77, text, 'chase', mode=mode)

    def test_unsupported(self):
        self.refuse(78, '-g dwarf: this kernel cannot', '-g', 'dwarf', 'chase', mode='argument')
        self.refuse(78, '-F: this kernel cannot', '-F', '99', 'chase', mode='argument')

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.start('--qemu', FAKE, 'chase', mode='hang')
            deadline = time.monotonic() + 30
            while not os.listdir(self.out) and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(0.3)
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
            self.assertEqual(process.returncode, 128 + number, err)
            self.assertIn(b'stopped by a signal', err)
            self.assertEqual(os.listdir(self.out), [])
            self.assertEqual(os.listdir(os.path.join(self.top, 'tmp')), [])


class Commands(unittest.TestCase):
    def run_perfrec(self, *args):
        run = subprocess.run([PERFREC, *args], capture_output=True, text=True)
        return run.returncode, run.stdout, run.stderr

    def test_list(self):
        code, out, _ = self.run_perfrec('list')
        self.assertEqual(code, 0)
        counted, refused = out.split('Events it cannot count:')
        self.assertRegex(counted, r'cache-misses +misses of the last-level cache')
        self.assertRegex(counted, r'rNNN')
        self.assertRegex(refused, r'iTLB-loads +fetches .*\n +not counted: of fetches the emulated PMU counts those that miss')

    def test_help(self):
        for args in (['--help'], ['record', '--help'], ['stat', '--help'], ['--version']):
            code, out, err = self.run_perfrec(*args)
            self.assertEqual((code, err), (0, ''))
            self.assertIn('perfrec', out)

    def test_no_command(self):
        self.assertEqual(self.run_perfrec()[0], 64)
        self.assertEqual(self.run_perfrec('fly')[0], 64)
        self.assertEqual(self.run_perfrec('list', 'x')[0], 64)


class Accelerators(Tree):
    def kvm(self, device, *args):
        """Refused in one line, soon, with nothing left behind."""
        start = time.monotonic()
        err = self.refuse(81, r'^perfrec: --accel kvm: .+; without it the emulated PMU counts$', '--accel', 'kvm', *args,
                          env={'MACHPERF_KVM': device})
        self.assertLess(time.monotonic() - start, 2)
        return err

    def test_no_device(self):
        self.kvm(os.path.join(self.top, 'none'), 'chase')

    def test_not_kvm(self):
        self.kvm(self.put('tmp-kvm', b''), 'chase')
        self.kvm('/dev/null', '-e', 'cycles:u', 'chase')

    def test_usable(self):
        """The host's processor, its counters and its time; nothing of the emulated PMU; and the recording says so."""
        shutil.copy(ON_KVM, os.path.join(self.top, 'perfrec/perfrec'))
        code, _, err = self.record('--accel', 'kvm', '-c', '4999', 'chase')
        self.assertEqual(code, 0, err)
        log = self.bytes('perf.data.log').decode()
        command = next(line for line in log.splitlines() if line.startswith('emulator:'))
        self.assertIn('\t-cpu\thost,pmu=on\t-accel\tkvm\t', command)
        for word in ('icount', 'stats', 'Nehalem', 'tcg'):
            self.assertNotIn(word, command)
        data = self.bytes()
        for text in (b'\naccelerator=kvm\nnon-deterministic=1\n', b'--accel=kvm'):
            self.assertIn(text, data)
        self.assertNotIn(b'GenuineIntel-6-1A-3', data)
        code, _, err = self.record('-c', '4999', 'chase')
        self.assertNotIn(b'accelerator', self.bytes())
        self.assertIn(b'GenuineIntel-6-1A-3', self.bytes())

    def test_usage(self):
        self.refuse(64, "--accel: 'xen' is none of tcg, kvm", '--accel', 'xen', 'chase')
        self.assertEqual(self.record('--accel', 'tcg', 'chase')[0], 0)

    def test_names_of_the_host(self):
        """Looked up when all options are known, so that they may come in any order."""
        self.refuse(65, 'nor one of this host', '-e', 'NO_SUCH_EVENT_ANYWHERE', '--accel=kvm', 'chase')


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
