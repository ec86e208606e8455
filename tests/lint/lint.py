#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs one lint over the tree, or every lint's own examples.
usage: lint.py ROOT LINT | lint.py --selftest

A lint is a module with check(files), a generator of problems, and BAD and GOOD: trees in which it must find
something and nothing. A lint that cannot run here raises Skip."""

import contextlib
import importlib
import io
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import tree  # noqa: E402

LINTS = ('dependencies', 'sizes', 'text', 'kernel_style', 'preprocessor', 'declarations', 'format', 'shell', 'man', 'links')
SKIPPED = 77


def selftest():
    wrong = 0
    for name in LINTS:
        lint = importlib.import_module(name)
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                missed = [files for files in lint.BAD if not list(lint.check(files))]
                blamed = [problem for files in lint.GOOD for problem in lint.check(files)]
            except tree.Skip as reason:
                print(f'{name}: {reason}')
                continue
        for files in missed:
            print(f'{name}: finds nothing wrong in {files}')
        for problem in blamed:
            print(f'{name}: blames a good tree: {problem}')
        wrong += len(missed) + len(blamed)
        print(f'{name}: {len(lint.BAD)} bad and {len(lint.GOOD)} good trees')
    return 1 if wrong else 0


def main():
    if sys.argv[1:] == ['--selftest']:
        return selftest()
    root, name = sys.argv[1:]
    lint = importlib.import_module(name)
    try:
        problems = list(lint.check(tree.read(root)))
    except tree.Skip as reason:
        print(f'skipped: {reason}')
        return SKIPPED
    for problem in problems:
        print(problem)
    return 1 if problems else 0


sys.exit(main())
