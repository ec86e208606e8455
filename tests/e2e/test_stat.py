# SPDX-License-Identifier: GPL-2.0-or-later
"""perfrec stat counts what perfrec record counts, the same each time, to the instruction."""
import json
import os

import machperf


class Stat(machperf.Session):
    def stat(self, *options, workload):
        done = machperf.run(machperf.PERFREC, "stat", "--json", *options, "--", *workload,
                            env=self.environment)
        return json.loads(done.stdout)

    def values(self, *options, workload):
        return {event["name"]: event["value"]
                for event in self.stat(*options, workload=workload)["events"]}

    def test_counts_are_those_of_record(self):
        events = "instructions:u,branches:u,branch-misses:u"
        counted = self.values("-e", events, workload=["spin", "0100000"])
        self.record(["-e", events, "-c", "10007"], ["spin", "0100000"])
        recorded = {name: of["count"] for name, of in machperf.counts(self).items()}
        for exact in ("instructions:u", "branches:u"):
            self.assertEqual(counted[exact], recorded[exact])
        self.assertEqual(set(counted), set(recorded))

    def test_slope_is_the_loop(self):
        per_loop = machperf.loop_length(os.path.join(machperf.WORKLOADS, "spin"), "spin_loop")
        one, two = (self.values("-e", "instructions:u", workload=["spin", f"{n:07d}"])
                    ["instructions:u"] for n in (300000, 600000))
        self.assertEqual(two - one, 300000 * per_loop)

    def test_every_run_is_the_same(self):
        result = self.stat("-r", "3", workload=["pingpong", "500"])
        self.assertEqual((result["runs"], result["same"]), (3, True))
        self.assertEqual(len(result["events"]), 6)
        for event in result["events"]:
            self.assertGreater(event["value"], 0, event["name"])
            self.assertEqual(event["values"], [event["value"]] * 3)
            self.assertEqual(event["share"], 1)
        again = self.stat("-r", "3", workload=["pingpong", "500"])
        self.assertEqual(result, again)

    def test_each_counter_counts(self):
        """Seven events fill seven counters; those that mean the same count the same."""
        events = "cycles,instructions,ref-cycles,cache-misses,LLC-load-misses,r412e,branches"
        counts = self.values("-e", events, workload=["chase", "64", "100000"])
        self.assertGreater(counts["cache-misses"], 0)
        self.assertEqual(counts["cache-misses"], counts["LLC-load-misses"])
        self.assertEqual(counts["cache-misses"], counts["r412e"])
        self.assertGreater(counts["cycles"], counts["instructions"])

    def test_whole_system_holds_its_task(self):
        """User instructions of everything that ran: the workload's, and what the agent did."""
        task = self.values("-e", "instructions:u", workload=["spin", "0100000"])
        system = self.values("-a", "-e", "instructions:u", workload=["spin", "0100000"])
        self.assertGreater(system["instructions:u"], task["instructions:u"])

    def test_periods_of_events(self):
        """One recording with a good period for each event; samples = count / period."""
        self.record(["-e", "instructions/period=10007/u,branches/period=997/u"],
                    ["spin", "0100000"])
        counts = machperf.counts(self)
        self.assertEqual(set(counts), {"instructions:u", "branches:u"})
        for name, period in (("instructions:u", 10007), ("branches:u", 997)):
            self.assertEqual(counts[name]["samples"], counts[name]["count"] // period, name)
        self.assertEqual(set(machperf.perf_table(self.perf(
            "report", "--stdio", "--no-children", "-g", "none", "--sort", "dso,sym", "-F",
            "sample,dso,sym"))), {"instructions:u", "branches:u"})
        self.assertIn("-e instructions/period=10007/u,branches/period=997/u -c 100003",
                      self.perf("report", "--header-only"))


if __name__ == "__main__":
    machperf.main()
