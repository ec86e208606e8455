# SPDX-License-Identifier: GPL-2.0-or-later
"""No overflow goes missing: the emulator's count against what stock perf finds in the file."""
import re

import machperf


class Conservation(machperf.Session):
    def conserve(self, options, workload):
        self.record(options, workload)
        overflows = machperf.overflows(self)
        dump = self.perf("script", "-D", losses=True)
        samples = len(re.findall(r"PERF_RECORD_SAMPLE", dump))
        lost = sum(int(n) for n in re.findall(r"PERF_RECORD_LOST.*?lost:? ?(\d+)", dump))
        coalesced = sum(v["coalesced"] + v["throttled"]
                        for v in machperf.counts(self, "perf.data").values())
        self.assertEqual(overflows, samples + lost + coalesced)
        return samples, lost

    def test_roomy_ring(self):
        samples, lost = self.conserve(["-e", "cycles,cache-misses", "-c", "4999"], ["zlib"])
        self.assertGreater(samples, 1000)
        self.assertEqual(lost, 0)

    def test_ring_far_too_small(self):
        samples, lost = self.conserve(
            ["-e", "instructions", "-c", "499", "--ring-size", "4096"], ["spin", "3000000"])
        self.assertGreater(samples, 10)
        self.assertGreater(lost, 100)

    def test_several_periods_at_one_instruction(self):
        """A miss takes more cycles than the period: its sample carries all of them."""
        samples, lost = self.conserve(["-e", "cycles", "-c", "128", "-g", "no", "--ring-size",
                                       "2097152"], ["chase", "8192", "100000"])
        periods = [int(n) for n in re.findall(r"^\s*(\d+)", self.perf("script", "-F", "period"),
                                              re.M)]
        self.assertGreater(max(periods), 128)
        self.assertTrue(all(n % 128 == 0 for n in periods))
        if lost == 0:
            counted = machperf.counts(self)["cycles"]["count"]
            self.assertEqual(sum(periods) // 128, counted // 128)


if __name__ == "__main__":
    machperf.main()
