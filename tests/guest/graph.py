#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""graph.py SEED: functions in C that call each other at random; graph.h says how they note what they do.

Leaves, calls in loops and branches, recursion to itself and to callers, and one that an exception interrupts.
"""
import random
import sys

NR = 40
HANDLER = NR  # the function that an exception calls, behind them


def body(draw, number):
    """Statements of a function that counts in x, has n to decide by, and left calls to make below it."""
    if number >= NR - 8:  # a leaf
        return [f'\tfor (unsigned i = 0; i < {draw.randint(1, 6)}; i++)', f'\t\tx = x * {draw.randrange(3, 99, 2)} + i;']
    lines = []
    for _ in range(draw.randint(1, 3)):
        kind = draw.choice(['plain', 'branch', 'loop', 'recursion', 'work'])
        callee = draw.randint(number + 1, min(number + 6, NR - 1))
        call = f'x += CALL({callee}, x ^ {draw.randint(0, 999)}, left - 1);'
        if kind == 'plain':
            lines.append('\t' + call)
        elif kind == 'branch':
            lines += [f'\tif (x & {1 << draw.randint(0, 4)})', '\t\t' + call]
        elif kind == 'loop':
            lines += ['\tfor (unsigned i = 0; i < (x & 1) + 1; i++)', '\t\t' + call]
        elif kind == 'recursion':
            lines += ['\tif (n & 1)', f'\t\tx += CALL({draw.randint(0, number)}, n >> 1, left - 2);']
        else:
            lines += [f'\tfor (unsigned i = 0; i < {draw.randint(2, 9)}; i++)', '\t\tx ^= x << 3 ^ i;']
    if number % 5 == 2:
        lines += ['\tif ((x & 15) == 3)', '\t\tTRAP();']
    return lines


def main():
    draw = random.Random(int(sys.argv[1]))
    print('#include "graph.h"\n')
    for number in range(NR):
        print(f'FUNCTION({number});')
    for number in range(NR):
        print(f'\nFUNCTION({number})\n{{\n\tunsigned x = n;\n\n\tif (left <= 0)\n\t\treturn x;')
        print('\n'.join(body(draw, number)), '\treturn x;', '}', sep='\n')
    print(f'\nunsigned (*const graph_functions[])(unsigned, int) = {{\n\t'
          + ',\n\t'.join(f'graph_{number}' for number in range(NR)) + '};')
    print(f'const unsigned graph_nr = {NR};')


if __name__ == '__main__':
    main()
