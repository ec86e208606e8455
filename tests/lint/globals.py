#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands have no writable global data: main builds an options structure and hands it on, so that every function can be
called twice. Reads what the linker made of the sources.
usage: globals.py PROGRAM... | globals.py --selftest COMPILER..."""

import os
import re
import subprocess
import sys
import tempfile

# The C runtime's, and libiberty's.
OTHERS = re.compile(r'.*@GLIBC.*|completed\.\d+|_?_?data_start|_edata|_end|__bss_start|__TMC_END__|__dso_handle'
                    r'|first_break|name|current_demangling_style|_xexit_cleanup|\.(?:data|bss)')


def writable(program):
    """Names of our objects in .data and .bss; constants with addresses in them are in .data.rel.ro."""
    table = subprocess.run(['objdump', '-t', program], check=True, capture_output=True, text=True).stdout
    for line in table.splitlines():
        found = re.match(r'[0-9a-f]+ .{7} (\.data|\.bss)\s[0-9a-f]+\s+(?:\.hidden )?(\S+)$', line)
        if found and not OTHERS.fullmatch(found.group(2)):
            yield found.group(2)


def selftest(compiler):
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, 'a.c'), os.path.join(folder, 'a')
        with open(source, 'w') as text:
            text.write('static const char *const table[] = {"a"};\nint counter;\nstatic char *last = "";\n'
                       'int main(int argc, char **argv)\n{\n\tstatic long calls;\n\tlast = argv[0];\n'
                       '\treturn counter += argc + ++calls + table[0][argc] + last[0];\n}\n')
        subprocess.run([*compiler, source, '-o', program], check=True)
        names = sorted(re.sub(r'\.\d+$', '', name) for name in writable(program))
    if names != ['calls', 'counter', 'last']:
        sys.exit(f'globals.py: found {names} in the example')


def main():
    if sys.argv[1] == '--selftest':
        return selftest(sys.argv[2:])
    found = [f'{program}: global variable {name}' for program in sys.argv[1:] for name in writable(program)]
    print('\n'.join(found))
    sys.exit(1 if found else 0)


main()
