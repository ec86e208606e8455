# SPDX-License-Identifier: GPL-2.0-or-later
"""Several processors: a recording of all of them, that stock perf reads, and the errors of asking for them."""
import json
import os
import re
import sys

import machperf

KERNEL = os.path.join(machperf.BUILD, "kern", "gnumach-amd64-smp-sid")
UP_KERNEL = os.path.join(machperf.BUILD, "kern", "gnumach-amd64-up")
TURNS = 3000000

if not os.path.exists(KERNEL):
    print("skipped: no kernel amd64-smp-sid (of Debian sid; setup/downloads.sid says how to give it)")
    sys.exit(77)


class Cpus(machperf.Session):
    def on(self, cpus, options, workload, **more):
        return self.record(["--kernel", KERNEL, "--cpus", str(cpus), *options], workload, **more)

    def samples_by_cpu(self):
        script = self.perf("script", "-F", "pid,tid,cpu")
        found = {}
        for tid, cpu in re.findall(r"^\s*\d+/(\d+)\s+\[(\d+)\]", script, re.M):
            found.setdefault(int(tid), []).append(int(cpu))
        return found

    def test_threads_on_both(self):
        """Each thread's samples are as many as its loop makes, half of all on each processor."""
        self.on(2, ["-e", "instructions:u", "-c", "10007"], ["threads", "4", str(TURNS)])
        header = self.perf("report", "--header-only")
        self.assertIn("# nrcpus online : 2\n", header)
        self.assertIn("--cpus 2", header)
        found = self.samples_by_cpu()
        loops = [cpus for cpus in found.values() if len(cpus) > 100]
        self.assertEqual(len(loops), 4)
        for cpus in loops:  # a period that one thread began another one ends
            self.assertLessEqual(abs(len(cpus) - 2 * TURNS // 10007), 5)
        self.assertLessEqual(abs(sum(map(len, loops)) - 4 * (2 * TURNS // 10007)), 6)
        every = sum(loops, [])
        for cpu in (0, 1):
            self.assertGreater(every.count(cpu), len(every) * 4 // 10, f"processor {cpu}")
        self.assertEqual(machperf.overflows(self), sum(map(len, found.values())))
        rows = self.report("--sort", "cpu")["events"][0]["rows"]
        self.assertEqual({int(row["cpu"]): row["self"] for row in rows},
                         {cpu: sum(cpus.count(cpu) for cpus in found.values()) for cpu in (0, 1)})

    def test_all_of_it_twice(self):
        """The whole system on four processors: nothing is lost, and a second time it is the same file."""
        options = ["-a", "-e", "cycles,cache-misses", "-c", "10007"]
        data = []
        for name in ("perf.data", "again.data"):
            self.on(4, options, ["threads", "8", "500000"], out=name)
            with open(self.path(name), "rb") as f:
                data.append(f.read())
        self.assertEqual(data[0], data[1])
        found = self.samples_by_cpu()
        self.assertEqual({cpu for cpus in found.values() for cpu in cpus}, {0, 1, 2, 3})
        self.assertEqual(machperf.overflows(self), sum(map(len, found.values())))

    def test_exact_counts(self):
        """Counts by address are of all processors together, and add up to what the kernel counted."""
        machperf.run(machperf.PERFREC, "stat", "-q", "--kernel", KERNEL, "--cpus", "2", "--json", "-o",
                     self.path("stat.json"), "--per-function", "-e", "instructions:u", "--", "threads",
                     "3", "1000", env=self.environment)
        with open(self.path("stat.json")) as f:
            result = json.load(f)
        counts = {row["function"]: row["values"][0] for row in result["functions"]}
        program = os.path.join(machperf.WORKLOADS, "threads")
        around = machperf.instructions(program, "threads_loop") - 2
        self.assertEqual(counts["threads_loop"], 3 * (2 * 1000 + around))
        self.assertEqual(sum(counts.values()), result["events"][0]["value"])
        self.assertEqual(result["machine"]["cpus"], 2)

    def test_errors(self):
        done = self.record(["--cpus", "2"], ["spin"], check=False)
        self.assertEqual(done.returncode, 78)
        self.assertIn(f"--cpus 2: this kernel ({UP_KERNEL}) uses 1 of them", done.stderr)
        for number in ("0", "9", "two"):
            done = self.record(["--cpus", number], ["spin"], check=False)
            self.assertEqual(done.returncode, 64, number)
            self.assertIn(f"--cpus: '{number}' is not a number from 1 to 8", done.stderr)
        self.assertFalse(os.path.exists(self.path("perf.data")))

    def test_stat_by_processor(self):
        """Each has its share of the threads' loops; together they are the whole."""
        def stat(*options):
            done = machperf.run(machperf.PERFREC, "stat", "--json", "-a", *options, "--kernel", KERNEL, "--cpus", "2",
                                "-e", "instructions:u,cycles", "--", "threads", "4", "500000", env=self.environment)
            return json.loads(done.stdout)
        result = stat("-A")
        self.assertEqual([cpu["cpu"] for cpu in result["cpus"]], [0, 1])
        for n, event in enumerate(result["events"]):
            self.assertEqual(sum(cpu["values"][n] for cpu in result["cpus"]), event["value"])
        for cpu in result["cpus"]:
            self.assertGreater(cpu["values"][0], 0.4 * result["events"][0]["value"])
        self.assertEqual(stat("-A"), result)


if __name__ == "__main__":
    machperf.main()
