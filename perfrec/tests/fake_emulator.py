#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Stands in for the emulator: speaks the agent's frames on descriptor 3 and a kernel's console on descriptor 4.

FAKE names what happens; without it, a good session. It reads the session archive as the agent does."""

import os
import struct
import sys
import time

(HELLO, EVENT, DATA, OUTPUT, EXIT, STATS, ERROR, LOG, END, INTERVAL, OVERHEAD) = range(1, 12)
SAMPLE_CALLCHAIN = 1 << 5
KERNEL_CONTEXT, USER_CONTEXT = (1 << 64) - 128, (1 << 64) - 512
TEXT_KERNEL, TEXT_USER = 0xffffffff8100c000, 0x400000


def send(kind, contents=b'', cpu=0):
    data = struct.pack('<IHHQ', 0x524d504d, kind, cpu, len(contents)) + contents
    while data:
        data = data[os.write(3, data):]


def console(text):
    os.write(4, text.encode())


def members(archive):
    """The files of a cpio archive in the newc format."""
    at, found = 0, {}
    while True:
        header = archive[at:at + 110]
        assert header[:6] == b'070701', header
        fields = [int(header[6 + 8 * n:14 + 8 * n], 16) for n in range(13)]
        name = archive[at + 110:at + 110 + fields[11] - 1].decode()
        if name == 'TRAILER!!!':
            return found
        start = (at + 110 + fields[11] + 3) & ~3
        found[name] = archive[start:start + fields[6]]
        at = (start + fields[6] + 3) & ~3


class Guest:
    def __init__(self):
        files = members(open('session', 'rb').read())
        self.config = [line.split(' ', 1) for line in files['config'].decode(errors='replace').splitlines()]
        self.workload = dict(self.config)['workload']
        self.program = files['workload']
        self.attrs = [files['attrs'][n:n + 128] for n in range(0, len(files['attrs']), 128)]
        self.ids = [0x1001 + 7 * n for n in range(len(self.attrs))]
        self.samples = [0] * len(self.attrs)
        self.counts_only = all(struct.unpack_from('<Q', attr, 16)[0] == 0 for attr in self.attrs)
        self.quarters = 4  # of the time, that each event was on a counter
        self.first = int(os.environ.get('FAKE_COUNT', '30000000'))
        self.nr_lost = 0

    def hello(self, version=1):
        info = struct.pack('<12IQ48s32s128s', 1, 1, 2, 2, 4, 3, 48, 32, 3, 1, 3, 1000000, 0x27f,
                           b'Fake processor', b'fake PMU', b'GNU Mach 1.8 fake')
        send(HELLO, struct.pack('<IIQ', version, 0, 512 << 20) + info)

    def events(self):
        for index, number in enumerate(self.ids):
            send(EVENT, struct.pack('<IIQ', index, 0, number))

    def tail(self, pid, when, number):
        """sample_id of TID, TIME, CPU and IDENTIFIER."""
        return struct.pack('<IIQIIQ', pid, pid, when, 0, 0, number)

    def record(self, kind, misc, body):
        return struct.pack('<IHH', kind, misc, 8 + len(body)) + body

    def sideband(self):
        name = self.workload.encode()
        padded = name + bytes(8 - len(name) % 8)
        comm = self.record(3, 0, struct.pack('<II', 4, 4) + padded + self.tail(4, 1000, self.ids[0]))
        note = bytes(range(0xc0, 0xc0 + 20))
        mmap = struct.pack('<IIQQQBBH20sII', 4, 4, TEXT_USER, 0x1000, 0x1000, 20, 0, 0, note, 5, 2)
        return comm + self.record(10, 2 | 1 << 14, mmap + padded + self.tail(4, 1001, self.ids[0]))

    def sample(self, index, when, kernel):
        sample_type, = struct.unpack_from('<Q', self.attrs[index], 24)
        period, = struct.unpack_from('<Q', self.attrs[index], 16)
        ip = TEXT_KERNEL + 8 if kernel else TEXT_USER + 0x10
        body = struct.pack('<QQIIQIIQ', self.ids[index], ip, 4, 4, when, 0, 0, period)
        if sample_type & SAMPLE_CALLCHAIN:
            chain = [KERNEL_CONTEXT, ip, USER_CONTEXT, TEXT_USER + 0x20] if kernel else [USER_CONTEXT, ip, TEXT_USER + 4]
            body += struct.pack(f'<Q{len(chain)}Q', len(chain), *chain)
        self.samples[index] += 1
        return self.record(9, 1 if kernel else 2, body)

    def data(self):
        if self.counts_only:
            send(OUTPUT, b'hello from ' + self.workload.encode() + b'\n')
            return
        records = self.sideband()
        for n in range(300):
            records += self.sample(n % len(self.ids), 2000 + 10 * n, n % 3 == 0)
        # Cut inside a record, as a ring's end does.
        send(DATA, records[:1001])
        send(OUTPUT, b'hello from ' + self.workload.encode() + b'\n')
        send(DATA, records[1001:])

    def lost(self):
        self.nr_lost = 17
        send(DATA, self.record(2, 0, struct.pack('<QQ', self.ids[0], 17) + self.tail(0, 9000, self.ids[0])))

    def count(self, index):
        return self.first * self.quarters // 4 // (index + 1)

    def stats(self, more=0):
        for index, number in enumerate(self.ids):
            send(STATS, struct.pack('<II9Q', index, 0, number, self.count(index), 5000, 1250 * self.quarters,
                                    self.samples[index] + more, self.nr_lost, 0, 2, 0))

    def exit(self, how=0, status=0):
        send(EXIT, struct.pack('<IiiiqQ', how, status, 1 if how else 0, 2 if how else 0, 0x1234, 0x400010))

    def end(self):
        send(LOG, b'agent: done')
        send(END)
        asked = [word.split('=', 1)[1] for word in sys.argv if word.startswith('x86_64-cpu.pmu-model=')]
        open('stats', 'w').write(f"vpmu 2\nmodel line=64,{asked[0] if asked else 'plain'}\ncpu 0 overflows 300\n")
        if any(',histogram=histogram' in word for word in sys.argv) and 'FAKE_HISTOGRAM' in os.environ:
            open('histogram', 'w').write(os.environ['FAKE_HISTOGRAM'])

    def whole(self, status=0, how=0, more=0, lost=False):
        self.hello()
        self.events()
        self.data()
        if lost:
            self.lost()
        self.exit(how, status)
        send(OVERHEAD, struct.pack('<5Q2I', 300, 90000, 10, 10000, 10000000, 1, 25))
        self.stats(more)
        self.end()


def multiplexed(guest, quarters):
    guest.quarters = quarters
    guest.whole()


def differs(guest):
    """Each run counts one more; the file named in FAKE_RUNS has a byte for each."""
    with open(os.environ['FAKE_RUNS'], 'ab') as file:
        guest.first += file.tell()
        file.write(b'.')
    guest.whole()


def layouts(guest):
    """As differs, with a histogram to it; a line for each run in FAKE_RUNS says how the machine was laid out."""
    config = dict(guest.config)
    with open(os.environ['FAKE_RUNS'], 'a+', encoding='ascii') as file:
        file.seek(0)
        guest.first += len(file.readlines())
        modules = [word.split()[0] for word in sys.argv[sys.argv.index('-initrd') + 1].split(',')]
        padding = os.path.getsize('padding') if 'padding' in modules else 0
        print('other' if guest.program.endswith(b'other') else 'chase', '+'.join(modules), padding, config.get('stack-shift'),
              config.get('delay'), file=file)
    os.environ['FAKE_HISTOGRAM'] = f'vpmu-histogram 1\nevents cycles\n1 400000 {guest.first - 10}\n1 400020 10\nend 2\n'
    guest.whole()


def attributes(guest):
    """Of events that only count: no period, no sample_type, no side-band; instructions:u and r412e:k."""
    fields = [struct.unpack_from('<IIQQQQQ', attr) for attr in guest.attrs]
    assert fields == [(0, 128, 1, 0, 0, 0, 1 | 2 | 1 << 5), (4, 128, 0x412e, 0, 0, 0, 1 | 2 | 1 << 4)], fields
    assert ['scope', 'system'] in guest.config, guest.config
    guest.whole()


def groups(guest):
    """Events 1 and 2 in the group of 0, 3 alone, 5 in the group of 4."""
    assert [value for key, value in guest.config if key == 'group'] == ['1 0', '2 0', '5 4'], guest.config
    exclude = [struct.unpack_from('<Q', attr, 40)[0] >> 4 & 3 for attr in guest.attrs]
    assert exclude == [2, 2, 1, 0, 2, 2], exclude
    assert struct.unpack_from('<IIQQ', guest.attrs[1]) == (4, 128, 0x28400c4, 500), guest.attrs[1].hex()
    guest.whole()


def read(guest, event, tid, value, pid=4, number=None):
    return guest.record(8, 0, struct.pack('<IIQQQQ', pid, tid, value, 10, 10, number or guest.ids[event]))


def threads(guest, *records):
    """Counts by thread, of events that ask for them."""
    for attr in guest.attrs:
        assert struct.unpack_from('<QQQ', attr, 24)[::2][1] >> 11 & 1, attr.hex()
    guest.hello()
    guest.events()
    for cpu, record in records:
        send(DATA, record, cpu=cpu)
    guest.exit()
    guest.stats()
    guest.end()


def some_threads(guest):
    name = struct.pack('<II', 4, 4) + b'chase\0\0\0', struct.pack('<II', 9, 9) + b'a "b"\0\0\0', struct.pack('<II', 5, 5) + b'silent\0\0'
    first = b''.join(guest.record(3, 0, text) for text in name) + read(guest, 0, 4, 1000)
    threads(guest, (0, first[:50]), (1, read(guest, 1, 7, 5)), (0, first[50:] + read(guest, 0, 4, 100)), (1, read(guest, 0, 9, 7, pid=9)))


def error(code, index=0, kern_return=0, text=''):
    send(ERROR, struct.pack('<IIiI', code, index, kern_return, 0) + text.encode())


def hang():
    time.sleep(60)


def panic(guest, prompt):
    guest.hello()
    guest.events()
    guest.data()
    console('vm_page: something\r\n')
    console(prompt)
    hang()


def many(guest):
    """More than a small disk holds."""
    guest.hello()
    guest.events()
    for n in range(64):
        send(DATA, b''.join(guest.sample(0, 1000 * n + m, False) for m in range(1000)))


MODES = {
    'good': lambda guest: guest.whole(),
    'lost': lambda guest: guest.whole(lost=True),
    'quarter': lambda guest: multiplexed(guest, 1),
    'starved': lambda guest: multiplexed(guest, 0),
    'differs': differs,
    'layouts': layouts,
    'attributes': attributes,
    'groups': groups,
    'group-shortage': lambda guest: (guest.hello(), guest.events(), error(7, 1, 6, 'resource shortage'), hang()),
    'status': lambda guest: guest.whole(status=3),
    'crash': lambda guest: guest.whole(how=1),
    'lies': lambda guest: guest.whole(more=1),
    'panic': lambda guest: panic(guest, 'panic {cpu0} ../kern/slab.c:100: kmem_error: kmem_cache corrupted\r\n'
                                        'Kernel Breakpoint trap, eip 0x1\r\nStopped at  Debugger+0x13: int $3\r\ndb> '),
    'trap': lambda guest: panic(guest, 'start agent: Kernel Invalid opcode trap, eip 0xffffffff8101e420, code 0\n\r'
                                       'Stopped at  0xffffffff8101e420:\n\r\n\rdb> '),
    'db': lambda guest: panic(guest, 'db> '),
    'hang': lambda guest: (guest.hello(), guest.events(), hang()),
    'silent': lambda guest: hang(),
    'garbage': lambda guest: (guest.hello(), os.write(3, b'this is no frame at all, is it?'), hang()),
    'huge': lambda guest: (os.write(3, struct.pack('<IHHQ', 0x524d504d, DATA, 0, 1 << 60)), hang()),
    'early-data': lambda guest: (guest.hello(), send(DATA, b'x' * 64), hang()),
    'bad-record': lambda guest: (guest.hello(), guest.events(), send(DATA, struct.pack('<IHH', 9, 2, 3)), hang()),
    'bad-sample': lambda guest: (guest.hello(), guest.events(),
                                 send(DATA, guest.record(9, 2, struct.pack('<Q', guest.ids[0]))),
                                 guest.exit(), guest.stats(), guest.end()),
    'bad-cpu': lambda guest: (guest.hello(), guest.events(), send(DATA, bytes(8), cpu=9999), hang()),
    'cut-record': lambda guest: (guest.hello(), guest.events(), send(DATA, guest.sample(0, 1, False)[:-8]),
                                 guest.exit(), guest.stats(), guest.end()),
    'data': lambda guest: (guest.hello(), guest.events(), send(DATA, bytes(8)), hang()),
    'threads': some_threads,
    'thread-nonsense': lambda guest: threads(guest, (0, struct.pack('<IHH', 8, 0, 3))),
    'thread-short': lambda guest: threads(guest, (0, guest.record(8, 0, bytes(8)))),
    'thread-nobody': lambda guest: threads(guest, (0, read(guest, 0, 4, 1, number=12345))),
    'thread-cut': lambda guest: threads(guest, (0, read(guest, 0, 4, 1)[:-8])),
    'thread-lost': lambda guest: threads(guest, (0, guest.record(2, 0, struct.pack('<QQ', 0, 3)))),
    'no-exit': lambda guest: (guest.hello(), guest.events(), guest.stats(), guest.end()),
    'no-stats': lambda guest: (guest.hello(), guest.events(), guest.exit(), guest.end()),
    'version': lambda guest: (guest.hello(version=99), hang()),
    'reset': lambda guest: (guest.hello(), guest.events(), console('booting\n')),
    'dies': lambda guest: (guest.hello(), sys.stderr.write('qemu: fatal: triple fault\n'), sys.exit(1)),
    'no-model': lambda guest: (sys.stderr.write('qemu: pmu-model: no geometry is called so\n'), sys.exit(1)),
    'no-device': lambda guest: (sys.stderr.write("qemu: 'machperf-port' is not a valid device model name\n"), sys.exit(1)),
    'no-interface': lambda guest: (error(2, text='MIG_BAD_ID'), hang()),
    'unsupported': lambda guest: (guest.hello(), error(5, len(guest.ids) - 1, 46, 'not supported'), hang()),
    'period': lambda guest: (guest.hello(), error(5, 0, 18, 'invalid value'), hang()),
    'argument': lambda guest: (guest.hello(), error(5, 0, 4, 'invalid argument'), hang()),
    'workload': lambda guest: (guest.hello(), guest.events(), error(4, text='segment outside of the address space'), hang()),
    'agent': lambda guest: (guest.hello(), error(1, text='vm_allocate: no space'), hang()),
    'many': many,
}

if sys.argv[1:] == ['--version']:
    print('Fake emulator version 1.0')
else:
    mode = os.environ.get('FAKE', 'good')
    if mode != 'no-device':
        console('GNU Mach fake\r\nbooting\r\n')
    MODES[mode](Guest())
