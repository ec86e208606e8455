# SPDX-License-Identifier: GPL-2.0-or-later
"""Shell scripts: POSIX sh, and nothing shellcheck calls a warning."""

import subprocess

import tree

# What it cannot see: variables and files that scripts share by sourcing each other.
EXCLUDED = 'SC1090,SC1091,SC2034,SC2154'


def check(files):
    for path, text in files.items():
        first = text.split('\n', 1)[0]
        if not (path.endswith('.sh') or first.startswith('#!') and first.endswith('sh')):
            continue
        if first.startswith('#!') and first != '#!/bin/sh':
            yield f'{path}: {first}: scripts are for /bin/sh'
            continue
        try:
            run = subprocess.run(['shellcheck', '-s', 'sh', '-S', 'warning', '-e', EXCLUDED, '-f', 'gcc', '-'], input=text,
                                 text=True, capture_output=True)
        except OSError:
            raise tree.Skip('no shellcheck') from None
        for line in run.stdout.splitlines():
            yield f'{path}{line[1:]}'


BAD = [
    {'a.sh': 'local_only() { local a=1; }\n[[ $a == b ]]\n'},
    {'tool': '#!/bin/bash\ntrue\n'},
    {'tool': '#!/bin/sh\nrm -rf "$undefined_dir"/*\ncd $1 || exit\nfor x in $(ls *.c); do echo $x; done\necho ${x[1]}\n'},
]
GOOD = [{'a.sh': '#!/bin/sh\nset -u\nprintf "%s\\n" "$1"\n'}]
