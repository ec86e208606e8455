#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""unwind_test.py PERFREPORT PROGRAM: stack dumps of a running program, unwound by us and by the perf of this machine.

Every sample's callchain is compared. What differs, and must, as perf takes one byte off every address but the first: the
address that a signal's handler returns to, which no call stands before, has then no name, and a return address that was not
dumped, 0 for libunwind, becomes a frame at the end of memory.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

import judge

SKIP = 77


class Unwind(unittest.TestCase):
    perfreport = program = None

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.mkdtemp(prefix="machperf-unwind-")
        cls.recording = os.path.join(cls.place, "perf.data")
        cls.record(cls.recording, 8192)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.place)

    @classmethod
    def record(cls, path, dump, seconds="0.6"):
        subprocess.run(["perf", "record", "-q", "--no-buildid-cache", "-e", "cpu-clock:u", "-F", "997", "--call-graph",
                        f"dwarf,{dump}", "-o", path, "--", cls.program, seconds], check=True, capture_output=True)

    def ours(self, view, recording, *options):
        return judge.run(self.perfreport, view, "-i", recording, *options, HOME=self.place)

    def stacks(self, recording):
        text = judge.run("perf", "--buildid-dir", self.place, "script", "-f", "--no-inline", "-i", recording,
                         "-F", "comm,event,ip,sym")
        return judge.stacks(re.sub(r"\n\s*f{16} \[unknown\](?=\n)", "", text))

    def compare(self, recording, cut=False):
        """cut: dumps are short. perf never reads the last word of a dump, so that our stacks may have one frame more there."""
        theirs = next(iter(self.stacks(recording).values()))
        expected = Counter()
        for (comm, symbols), times in theirs.items():
            stack = ";".join([comm, *reversed(symbols)])
            expected[stack.replace("[unknown];on_alarm", "__restore_rt;on_alarm")] += times
        ours = judge.folded(self.ours("folded", recording))
        if not cut:
            self.assertEqual(ours, expected)
            return ours
        longer = Counter()
        for stack, times in (ours - expected).items():
            comm, _, *rest = stack.split(";")
            longer[";".join([comm, *rest])] += times
        self.assertEqual(longer, expected - ours)
        self.assertLess(sum(longer.values()), 0.1 * sum(ours.values()))
        return ours

    def test_every_callchain_is_that_of_perf(self):
        """The program does some things seldom: recorded again until a sample fell into each."""
        stacks = self.compare(self.recording)
        self.assertGreater(sum(stacks.values()), 200)
        ways = ("main;recurse;recurse;recurse", "main;variable", "main;realigned", "compare;leaf", "__restore_rt;on_alarm")
        for _ in range(5):
            missing = [way for way in ways if not any(way in stack for stack in stacks)]
            if not missing:
                break
            again = os.path.join(self.place, "again.data")
            self.record(again, 8192, "1.5")
            stacks += self.compare(again)
        self.assertEqual(missing, [], "no sample went through these")

    def test_ends_are_counted(self):
        event = json.loads(self.ours("report", self.recording, "--json"))["events"][0]
        self.assertEqual(sum(event["unwound"].values()), event["samples"])
        self.assertGreater(event["unwound"]["beginning"], 0.98 * event["samples"])
        self.assertIn("to where the thread began", self.ours("report", self.recording))

    def test_short_dumps_break_callchains(self):
        short = os.path.join(self.place, "short.data")
        self.record(short, 256, "0.3")
        self.compare(short, cut=True)
        event = json.loads(self.ours("report", short, "--json"))["events"][0]
        self.assertGreater(event["unwound"]["dump"], 0)
        self.assertGreaterEqual(event["broken_callchains"], event["unwound"]["dump"])

    def test_a_program_that_is_gone(self):
        """No file, no unwind information: one frame, and it is said why."""
        away = os.path.join(self.place, "away")
        shutil.copy(self.program, away)
        recording = os.path.join(self.place, "away.data")
        subprocess.run(["perf", "record", "-q", "--no-buildid-cache", "-e", "cpu-clock:u", "-F", "997", "--call-graph",
                        "dwarf,512", "-o", recording, "--", away, "0.2"], check=True, capture_output=True)
        os.unlink(away)
        report = json.loads(self.ours("report", recording, "--json"))
        event = report["events"][0]
        self.assertGreater(event["unwound"]["no_file"], 0.9 * event["samples"])
        self.assertIn(away, [entry["dso"] for entry in report["unresolved"]])


if __name__ == "__main__":
    Unwind.perfreport, Unwind.program = sys.argv[1:3]
    if not judge.can_record():
        print("perf cannot record on this machine: nothing to compare")
        sys.exit(SKIP)
    unittest.main(argv=sys.argv[:1])
