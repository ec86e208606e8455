# SPDX-License-Identifier: GPL-2.0-or-later
"""Each command and each format has a man page, and groff finds nothing to say about any."""

import re
import subprocess

import tree

# Commands are what meson builds under these names; a subcommand is a page of its own.
COMMANDS = ('perfrec', 'perfreport', 'graft')


def pages(files):
    return {path: text for path, text in files.items() if re.fullmatch(r'docs/man/[\w.-]+\.[1-9]', path)}


def check(files):
    there = pages(files)
    for command in COMMANDS:
        built = any(path == f'{command}/meson.build' and 'executable' in text for path, text in files.items())
        if built and f'docs/man/{command}.1' not in there:
            yield f'docs/man/{command}.1: missing; every command has a man page'
    for path, text in there.items():
        name, section = path.rsplit('/', 1)[1].rsplit('.', 1)
        if not re.search(rf'^\.TH "?{re.escape(name)}"? "?{section}\b', text, re.M | re.I):
            yield f'{path}: no .TH {name} {section}'
        for heading in ('NAME', 'DESCRIPTION'):
            if not re.search(rf'^\.SH "?{heading}"?$', text, re.M):
                yield f'{path}: no section {heading}'
        try:
            run = subprocess.run(['groff', '-man', '-Tutf8', '-ww', '-z'], input=text.encode(), capture_output=True)
        except OSError:
            raise tree.Skip('no groff') from None
        for line in run.stderr.decode().splitlines():
            yield f'{path}: {line}'


PAGE = '.TH perfrec 1\n.SH NAME\nperfrec \\- records\n.SH DESCRIPTION\nText.\n'
BUILD = "executable('perfrec', 'main.c')\n"
BAD = [
    {'perfrec/meson.build': BUILD},
    {'perfrec/meson.build': BUILD, 'docs/man/perfrec.1': PAGE.replace('.SH DESCRIPTION\n', '')},
    {'docs/man/perfrec.1': PAGE.replace('.TH perfrec', '.TH other')},
    {'docs/man/perfrec.1': PAGE + '.XYZ\n'},
]
GOOD = [{'perfrec/meson.build': BUILD, 'docs/man/perfrec.1': PAGE}]
