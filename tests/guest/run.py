#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""run.py QEMU DATA KERNEL PROGRAM NAME: boot PROGRAM as the only task and hold it to what it prints.

The console is watched while the guest runs: a panic, a failed assertion or the debugger's prompt ends the test at once.
"""
import os
import re
import subprocess
import sys
import tempfile
import time

LIMIT = 60  # seconds
TROUBLE = re.compile(r'^.*(db>|panic|Assertion|Debugger invoked|kernel: .* trap).*$', re.M | re.I)


def command(qemu, data, kernel, program, name, console, stream):
    return [qemu, '-L', data, '-cpu', 'Nehalem,pmu=on', '-machine', 'pc', '-m', '512', '-accel', 'tcg',
            '-icount', 'shift=3,sleep=off', '-rtc', 'base=2026-01-01T00:00:00,clock=vm', '-seed', '1',
            '-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'file:' + console, '-kernel', kernel,
            '-append', 'console=com0', '-device', 'machperf-port,path=' + stream,
            '-initrd', f'{program} ${{host-port}} ${{device-port}} {name} $(task-create) $(task-resume)']


def read(path):
    try:
        with open(path, encoding='latin-1') as file:
            return file.read()
    except FileNotFoundError:
        return ''


def watch(guest, console):
    """The guest's exit status, or a line that says why there is none."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        try:
            return guest.wait(0.2)
        except subprocess.TimeoutExpired:
            trouble = TROUBLE.search(read(console))
            if trouble:
                return f'the kernel stopped: {trouble.group(0).strip()}'
    return f'no end after {LIMIT} s'


def main():
    qemu, data, kernel, program, name = sys.argv[1:]
    with tempfile.TemporaryDirectory() as where:
        console = os.path.join(where, 'console')
        with subprocess.Popen(command(qemu, data, kernel, program, name, console, os.path.join(where, 'stream')),
                              stdin=subprocess.DEVNULL) as guest:
            try:
                status = watch(guest, console)
            finally:
                guest.kill()
        text = read(console).replace('\r', '')
    lines = [line for line in text.split('\n') if line]
    print('\n'.join(lines[-200:]))
    if status != 0:
        sys.exit(f'{name}: {status if isinstance(status, str) else f"exit status {status}"}')
    if TROUBLE.search(text):
        sys.exit(f'{name}: the kernel stopped')
    if not re.search(r'^\d+ facts, 0 failures$', text, re.M) or re.search(r'^FAIL', text, re.M):
        sys.exit(f'{name}: failed')


if __name__ == '__main__':
    main()
