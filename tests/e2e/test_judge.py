# SPDX-License-Identifier: GPL-2.0-or-later
"""Stock perf reads what perfrec wrote, and says what perfreport says."""
import os
import re
import sys

import machperf

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "perfreport", "tests"))
import judge  # noqa: E402

TABLE = ("report", "--stdio", "--no-children", "-g", "none", "--sort", "dso,sym",
         "-F", "sample,dso,sym")


class Judge(machperf.Session):
    def agree(self, options, workload):
        self.record(options, workload)
        theirs = machperf.perf_table(self.perf(*TABLE))
        ours = machperf.our_table(self.report("--sort", "dso,symbol"))
        self.assertTrue(theirs and all(theirs.values()), "perf found no sample")
        self.assertEqual(set(theirs), set(ours))
        for event in theirs:
            self.assertEqual(theirs[event], ours[event], event)
        return theirs

    def test_table_cycles(self):
        self.agree(["-e", "cycles", "-c", "10007"], ["pingpong", "2000"])

    def test_table_two_events(self):
        self.agree(["-e", "cycles,cache-misses", "-c", "5003"], ["zlib"])

    def whole(self, options, workload):
        """Samples and events, every row by task, every stack; docs/goldens.md has what differs."""
        self.record(options, workload)
        theirs = judge.judged(self.buildids, self.path("perf.data"))
        self.assertEqual(judge.ours(machperf.PERFREPORT, self.buildids, self.path("perf.data")), theirs)
        return theirs

    def test_every_row_and_stack(self):
        theirs = self.whole(["-g", "fp", "-e", "cycles:u,instructions", "-c", "5003"], ["pingpong", "300"])
        self.assertEqual(len(theirs), 2)
        self.assertGreater(max(stack.count(";") for stack in theirs["instructions"]["stacks"]), 5)

    def test_every_row_and_stack_of_the_machine(self):
        self.whole(["-a", "-g", "fp", "-e", "instructions", "-c", "20011"], ["pingpong", "300"])

    def test_names_in_kernel_graft_and_user(self):
        """Callchains carry names from all three; none comes from the host's kernel."""
        self.record(["-e", "instructions", "-c", "1009"], ["pingpong", "1000"])
        script = self.perf("script", "-F", "comm,pid,tid,time,event,ip,sym,dso")
        frames = re.findall(r"^\s+([0-9a-f]+) (.+?) \((.+)\)$", script, re.M)
        kernel = {s for ip, s, dso in frames if int(ip, 16) >> 63 and "graft" not in dso}
        user = {s for ip, s, dso in frames if not int(ip, 16) >> 63}
        graft = {s for ip, s, dso in frames if "graft" in dso}
        self.assertTrue({"mach_msg_trap", "_start"} <= {s.split("+")[0] for s in kernel | user})
        self.assertTrue(graft, "no sample in the graft was named")
        with open("/proc/kallsyms") as f:
            hosts = {line.split()[2] for line in f}
        named = machperf.kernel_symbols()
        foreign = {s for s in kernel if s.split("+")[0] in hosts and s.split("+")[0] not in named}
        self.assertEqual(foreign, set())
        unknown = sum(s == "[unknown]" for ip, s, dso in frames if int(ip, 16) >> 63)
        self.assertLessEqual(unknown, len(frames) // 1000)


if __name__ == "__main__":
    machperf.main()
