#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""same.py QEMU DATA STOCK GRAFTED PROGRAM cpus=N: the behaviour tests print the same on the stock kernel, on the grafted one
while nothing is measured, and on the grafted one while everything is sampled; and they pass.
"""
import difflib
import importlib.util
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location('run', os.path.join(HERE, '..', 'run.py'))
run = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(run)

TESTS = ['ipc', 'vm', 'threads', 'exceptions']


def verdicts(text):
    """What the tests of TESTS said, line by line."""
    lines, wanted = [], False
    for line in text.split('\n'):
        begun = re.search(r'test (\S+)$', line)
        if begun:
            wanted = begun.group(1) in TESTS
            line = begun.group(0)
        if wanted and re.match(r'test |ok: |FAIL', line):
            lines.append(line)
    return lines


def main():
    qemu, data, stock, grafted, program, cpus = sys.argv[1:7]
    cpus = int(cpus[len('cpus='):])
    said = {}
    for name, kernel, tests in (('stock', stock, TESTS), ('grafted', grafted, TESTS),
                                ('sampled', grafted, ['sampling', *TESTS, 'sampled'])):
        status, text, _counted = run.boot(qemu, data, kernel, program, tests, 'on', cpus)
        said[name] = verdicts(text)
        bad = re.findall(r'^FAIL.*$', text, re.M)
        if status != 0 or bad or not said[name]:
            print('\n'.join(line for line in text.split('\n') if line)[-8000:])
            sys.exit(f'{name}: {status}; ' + '; '.join(bad[:5]))
    for name in ('grafted', 'sampled'):
        if said[name] != said['stock']:
            print('\n'.join(difflib.unified_diff(said['stock'], said[name], 'stock', name, lineterm='')))
            sys.exit(f'the {name} kernel behaves otherwise than the stock one')
    print(f"{len(said['stock'])} lines, the same on all three")


if __name__ == '__main__':
    main()
