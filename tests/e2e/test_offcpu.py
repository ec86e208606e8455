# SPDX-License-Identifier: GPL-2.0-or-later
"""Time blocked: as much as there was, with the stack that blocked, on its own and beside the time on the CPU."""
import os
import re
import sys

import machperf

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "perfreport", "tests"))
import judge  # noqa: E402

PERIOD = 100003  # few samples: what they cost counts as nothing
DEEDS = os.path.join(machperf.BUILD, "guest", "tests", "deeds")
NS_PER_INSTRUCTION = 8  # of the emulator's clock
WORKLOAD = ["pingpong", "1000"]


class OffCpu(machperf.Session):
    def samples(self):
        """[(tid, ns, event, period)] by stock perf."""
        script = self.perf("script", "--ns", "-G", "-F", "tid,time,event,period")
        found = re.findall(r"^\s*(\d+)\s+(\d+)\.(\d{9}):\s+(\d+)\s+([\w-]+):", script, re.M)
        return [(int(tid), int(s) * 10**9 + int(ns), event, int(period)) for tid, s, ns, period, event in found]

    def test_life_is_time_on_the_processor_and_time_blocked(self):
        self.record(["--off-cpu", "-e", "instructions", "-c", str(PERIOD)], [DEEDS, "nap", "50"])
        samples = self.samples()
        life = samples[-1][1] - samples[0][1]
        running = sum(period for *_, event, period in samples[1:] if event == "instructions") * NS_PER_INSTRUCTION
        blocked = sum(period for *_, event, period in samples[1:] if event == "offcpu-time")
        self.assertGreater(min(running, blocked), life // 10)
        self.assertAlmostEqual(running + blocked, life, delta=life * 0.005)

    def test_every_call_waits(self):
        """A sample for each wait, its time in the count, its stack the way to the kernel's message path."""
        self.record(["--off-cpu", "-e", "instructions", "-c", "1000003"], WORKLOAD)
        counts = machperf.counts(self)["offcpu-time"]
        blocked = [sample for sample in self.samples() if sample[2] == "offcpu-time"]
        self.assertEqual(len(blocked), counts["samples"])
        self.assertEqual(sum(period for *_, period in blocked), counts["count"])
        self.assertGreaterEqual(len(blocked), 2 * 1000 - 1)
        stacks = judge.judged(self.buildids, self.path("perf.data"))["offcpu-time"]["stacks"]
        waits = sum(times for stack, times in stacks.items() if re.fullmatch(
            r"ping;_start;.*;pingpong_loop;mach_msg;mach_msg_trap;.*mach_msg_trap;.*mach_msg_continue", stack))
        self.assertGreaterEqual(waits, 990, stacks)

    def test_stock_perf_and_we_agree(self):
        self.record(["--off-cpu", "-e", "cycles", "-c", "20011"], WORKLOAD)
        self.assertEqual(judge.ours(machperf.PERFREPORT, self.buildids, self.path("perf.data")),
                         judge.judged(self.buildids, self.path("perf.data")))

    def test_same_again(self):
        for name in ("one", "two"):
            self.record(["--off-cpu", "-q"], WORKLOAD, out=name)
        with open(self.path("one"), "rb") as one, open(self.path("two"), "rb") as two:
            self.assertEqual(one.read(), two.read())

    def test_a_period_is_the_shortest_told(self):
        self.record(["-e", "offcpu-time/period=30000/"], ["pingpong", "3000"])
        counts = machperf.counts(self)["offcpu-time"]
        periods = [sample[3] for sample in self.samples()]
        self.assertTrue(periods)
        self.assertGreaterEqual(min(periods), 30000)
        self.assertLess(sum(periods), counts["count"])

    def test_wall_is_both(self):
        self.record(["--off-cpu", "-e", "cpu-clock", "-c", "1000000"], ["pingpong", "5000"])
        apart = {event["name"]: event for event in self.report()["events"]}
        wall, = self.report("--wall")["events"]
        self.assertEqual(set(apart), {"cpu-clock", "offcpu-time"})
        self.assertEqual(wall["name"], "wall-clock")
        self.assertEqual(wall["samples"], sum(event["samples"] for event in apart.values()))
        self.assertEqual(sum(row["self"] for row in wall["rows"]), wall["samples"])
        symbols = {row["symbol"] for row in wall["rows"] if row["self"]}
        self.assertEqual(symbols, {row["symbol"] for event in apart.values() for row in event["rows"] if row["self"]})

    def test_wall_needs_both(self):
        self.record(["-e", "cpu-clock", "-c", "1000000"], WORKLOAD)
        done = machperf.run(machperf.PERFREPORT, "report", "-i", self.path("perf.data"), "--wall", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("record with -e cpu-clock --off-cpu", done.stderr)
        self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    machperf.main()
