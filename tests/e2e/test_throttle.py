# SPDX-License-Identifier: GPL-2.0-or-later
"""Sampling within a share of the guest's time: what it cost, what was withheld, and stock perf's view of it."""
import os
import re
import sys
import unittest

import machperf

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "perfreport", "tests"))
import judge  # noqa: E402

PERIOD = 997  # dear
DEAR = ["-e", "instructions:u", "-c", str(PERIOD)]
SPIN = ["spin", "10000000"]


class Throttle(machperf.Session):
    def overhead(self, data="perf.data"):
        """Percent of the guest's time: of interrupts, of all; what perfreport says of the limit."""
        header = machperf.run(machperf.PERFREPORT, "header", "-i", self.path(data), env=self.environment).stdout
        line = re.search(r"overhead +([\d.]+) % of its time: \d+ interrupts ([\d.]+) %(?: of (\d+) % allowed)?, "
                         r"\d+ switches and ticks ([\d.]+) %", header)
        self.assertIsNotNone(line, header)
        whole, interrupts, allowed, hooks = line.groups()
        self.assertAlmostEqual(float(whole), float(interrupts) + float(hooks), delta=0.002)
        return float(interrupts), float(whole), allowed

    def test_held_within_the_budget(self):
        self.record(DEAR, SPIN, out="free")
        interrupts, _, allowed = self.overhead("free")
        self.assertGreater(interrupts, 15)
        self.assertIsNone(allowed)
        for percent in (1, 5):
            name = f"within-{percent}"
            self.record(["--max-overhead", str(percent), *DEAR], SPIN, out=name)
            interrupts, whole, allowed = self.overhead(name)
            self.assertEqual(allowed, str(percent))
            self.assertLess(interrupts, percent * 1.1)
            self.assertGreater(interrupts, percent * 0.7)
            said = re.search(r"profiling took ([\d.]+) % of the guest's time", self.said[name])
            self.assertAlmostEqual(float(said.group(1)), whole, delta=0.006)

    def test_what_was_withheld_is_told(self):
        self.record(["--max-overhead", "3", *DEAR], SPIN)
        counts = machperf.counts(self)["instructions:u"]
        self.assertGreater(counts["throttled"], counts["samples"])
        self.assertEqual(counts["samples"] + counts["lost"] + counts["throttled"], counts["count"] // PERIOD)
        records = [line for line in self.perf("script", "--show-lost-events", "-D").splitlines() if "PERF_RECORD_" in line]
        throttles = sum("PERF_RECORD_THROTTLE" in line for line in records)
        releases = sum("PERF_RECORD_UNTHROTTLE" in line for line in records)
        self.assertGreater(throttles, 3)
        self.assertIn(throttles - releases, (0, 1))
        said = machperf.run(machperf.PERFREPORT, "report", "-i", self.path("perf.data"), env=self.environment).stdout
        self.assertIn(f"throttled {counts['throttled']}", said)

    def test_stock_perf_and_we_agree(self):
        self.record(["--max-overhead", "3", *DEAR], SPIN)
        self.assertEqual(judge.ours(machperf.PERFREPORT, self.buildids, self.path("perf.data")),
                         judge.judged(self.buildids, self.path("perf.data")))

    def test_same_again(self):
        for name in ("one", "two"):
            self.record(["-q", "--max-overhead", "2", *DEAR], SPIN, out=name)
        with open(self.path("one"), "rb") as one, open(self.path("two"), "rb") as two:
            self.assertEqual(one.read(), two.read())

    def test_a_thousand_samples_a_second_cost_under_a_percent(self):
        """The guest runs 125 million instructions a second; at a billion it is an eighth of that."""
        self.record(["-F", "1000", "-g", "fp", "-e", "cycles"], ["sqlite", "200"])
        interrupts, whole, _ = self.overhead()
        self.assertLess(interrupts, 1)
        self.assertLess(whole, 1.5)

    def test_no_such_budget(self):
        for wrong in ("0", "101", "1.5", "x"):
            done = self.record(["--max-overhead", wrong], SPIN, check=False)
            self.assertEqual(done.returncode, 64)
            self.assertRegex(done.stderr, r"^perfrec: --max-overhead: .*\n$")


if __name__ == "__main__":
    unittest.main()
