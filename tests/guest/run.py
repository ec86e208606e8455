#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""run.py QEMU DATA KERNEL PROGRAM NAME[,NAME]... [off [hpet]] [cpus=N]: boot PROGRAM as the only task and hold it to what it prints.

The tests run one after the other in one guest.  With "off" the machine has no PMU, with "hpet" one whose HPET
sends messages; with "cpus=N" it has N processors.

The console is watched while the guest runs: a panic, a failed assertion or the debugger's prompt ends the test at once.
"""
import os
import re
import subprocess
import sys
import tempfile
import time

LIMIT = 60  # seconds of processor time, and for each further test
MORE = 15
PATIENCE = 5  # times that of the clock: others want the processors, too
TROUBLE = re.compile(r'^.*(db>|panic|Assertion|Debugger invoked|kernel: .* trap).*$', re.M | re.I)


def memory(cpus, names):
    """MiB: the kernel clears tables for all of it at its start. That for several processors dies with less; buffers want theirs."""
    return 512 if cpus > 1 or 'many-buffers' in names else 128


def command(qemu, data, kernel, program, names, pmu, cpus, hpet, console, stream, stats):
    return [qemu, '-L', data, '-cpu', f'Nehalem,pmu={pmu}', '-machine', 'pc', '-m', str(memory(cpus, names)), '-smp', str(cpus), '-accel', 'tcg',
            '-icount', 'shift=3,sleep=off', '-rtc', 'base=2026-01-01T00:00:00,clock=vm', '-seed', '1',
            '-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'file:' + console, '-kernel', kernel,
            '-append', 'console=com0', '-device', f'machperf-port,path={stream}' + (f',stats={stats}' if pmu == 'on' else ''),
            '-global', f'hpet.msi={hpet}',
            '-initrd', f'{program} ${{host-port}} ${{device-port}} {names} $(task-create) $(task-resume)']


def read(path):
    try:
        with open(path, encoding='latin-1') as file:
            return file.read()
    except FileNotFoundError:
        return ''


def overflows(stats):
    """What the emulator itself counted, over all counters."""
    return sum(int(count) for count in re.findall(r'^cpu \d+ (?:pmc|fixed)\d+\.overflows (\d+)$', stats, re.M))


def processor_seconds(pid):
    """What a process that runs has used."""
    with open(f'/proc/{pid}/stat', encoding='ascii') as file:
        user, system = file.read().rsplit(')', 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf('SC_CLK_TCK')


def watch(guest, console, limit):
    """The guest's exit status, or a line that says why there is none."""
    end = time.monotonic() + PATIENCE * limit
    while time.monotonic() < end:
        try:
            return guest.wait(0.2)
        except subprocess.TimeoutExpired:
            trouble = TROUBLE.search(read(console))
            if trouble:
                return f'the kernel stopped: {trouble.group(0).strip()}'
            if processor_seconds(guest.pid) > limit:
                return f'no end after {limit} s of processor time'
    return f'no end after {PATIENCE * limit} s'


def boot(qemu, data, kernel, program, names, pmu, cpus, hpet='off'):
    """Run the tests of PROGRAM on KERNEL; the exit status or what went wrong, the console, and the emulator's statistics."""
    with tempfile.TemporaryDirectory() as where:
        console, stream, stats = (os.path.join(where, file) for file in ('console', 'stream', 'stats'))
        with subprocess.Popen(command(qemu, data, kernel, program, ' '.join(names), pmu, cpus, hpet, console, stream, stats),
                              stdin=subprocess.DEVNULL) as guest:
            try:
                status = watch(guest, console, LIMIT + MORE * (len(names) - 1))
            finally:
                guest.kill()
        return status, read(console).replace('\r', ''), read(stats)


def main():
    qemu, data, kernel, program, name = sys.argv[1:6]
    pmu = 'off' if 'off' in sys.argv[6:] else 'on'
    cpus = next((int(option[5:]) for option in sys.argv[6:] if option.startswith('cpus=')), 1)
    hpet = 'on' if 'hpet' in sys.argv[6:] else 'off'
    status, text, stats = boot(qemu, data, kernel, program, name.split(','), pmu, cpus, hpet)
    lines = [line for line in text.split('\n') if line]
    print('\n'.join(lines[-200:]))
    if status != 0:
        sys.exit(f'{name}: {status if isinstance(status, str) else f"exit status {status}"}')
    if TROUBLE.search(text):
        sys.exit(f'{name}: the kernel stopped')
    if not re.search(r'^\d+ facts, 0 failures$', text, re.M) or re.search(r'^FAIL', text, re.M):
        sys.exit(f'{name}: failed')
    counted = overflows(stats)
    told = re.search(r'^overflows (\d+)$', text, re.M)
    if told and int(told.group(1)) != counted:
        sys.exit(f'{name}: {told.group(1)} overflows accounted for, {counted} counted by the emulator')


if __name__ == '__main__':
    main()
