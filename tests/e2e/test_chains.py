# SPDX-License-Identifier: GPL-2.0-or-later
"""Callchains of the kernel are right: each frame's return address stands behind a call that leads to the frame within.

Judged by the kernel's machine code alone.  What an entry stub interrupted was not called; everything else was.
"""
import os
import re
import unittest
from collections import Counter

import callgraph
import machperf

STOCK = os.environ["MACHPERF_STOCK"]
KERNEL = 0xffffffff80000000
PERIOD = 131  # not far above the smallest

# Where the entry stubs return to: the frame above is what they interrupted.
STUBS = re.compile(r"trap_from_kernel|return_to_iret|_return_to_iret_i|all_intrs|int_from_intstack|_completed")


class Chains(machperf.Session):
    @classmethod
    def setUpClass(cls):
        cls.code = callgraph.CallGraph(STOCK)
        cls.first, cls.last = cls.code.starts[0], cls.code.starts[-1]

    def stacks(self):
        """Lists of addresses from the innermost out, the kernel's part of them."""
        chains, chain = [], []
        for line in [*self.perf("script", "-F", "ip").splitlines(), ""]:
            if line.strip():
                chain.append(int(line.split()[0], 16))
            elif chain:
                chains.append([address for address in chain if address >= KERNEL])
                chain = []
        return chains

    def judge(self, workload):
        """[pairs of frames, wrong ones by what they are]"""
        self.record(["-q", "-a", "-e", "instructions:k", "-c", str(PERIOD), "--ring-size", "2097152"], workload)
        pairs, wrong = 0, Counter()
        for chain in self.stacks():
            for inner, outer in zip(chain, chain[1:]):
                # Our own code, behind the kernel's, is not in its listing.
                if not (self.first <= inner <= self.last and self.first <= outer <= self.last):
                    continue
                if STUBS.match(self.code.symbol(inner)):
                    continue
                pairs += 1
                why = self.code.calls_it(outer, inner)
                if why:
                    wrong[f"{self.code.symbol(inner)} in {self.code.symbol(outer)}: {why}"] += 1
        return pairs, wrong

    def check(self, workload, least):
        pairs, wrong = self.judge(workload)
        self.assertGreater(pairs, least)
        self.assertLessEqual(sum(wrong.values()), pairs // 1000, f"of {pairs}: {wrong.most_common(10)}")

    def test_messages(self):
        self.check(["pingpong", "300"], 10000)

    def test_memory(self):
        self.check(["sqlite", "10"], 10000)

    def test_faults(self):
        self.check(["faults", "300"], 10000)

    def test_the_judge_judges(self):
        """A frame left out, or one that never was, is seen."""
        calls = [(address, name) for address, name in self.code.calls.items() if name]
        outer, name = calls[len(calls) // 2]
        inner = self.code.starts[self.code.names.index(name)]
        self.assertIsNone(self.code.calls_it(outer, inner))
        self.assertEqual(self.code.calls_it(outer + 1, inner), "not behind a call")
        other = next(start for start, other in zip(self.code.starts, self.code.names) if not self.code.leads(name, other))
        self.assertEqual(self.code.calls_it(outer, other), "behind a call of " + name)


if __name__ == "__main__":
    unittest.main()
