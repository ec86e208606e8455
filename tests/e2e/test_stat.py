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

    def test_processor_names(self):
        """libpfm4's names, generic ones and encodings by their parts are the same events."""
        counts = self.values("-e", "{MEM_INST_RETIRED:LOADS:u,L1-dcache-loads:u,r010b:u,"
                             "cpu/event=0xb,umask=1,name=parts/u}", workload=["chase", "64", "50000"])
        self.assertEqual(len(set(counts.values())), 1, counts)
        self.assertGreater(counts["parts"], 50000)

    def test_multiplexed(self):
        """Twelve events on four counters, estimated; a group is counted as a whole."""
        events = ",".join(f"cpu/event=0x{event:x},umask={umask},name={name}{n}/u"
                          for n in range(3)
                          for name, event, umask in (("loads", 0xb, 1), ("stores", 0xb, 2), ("branches", 0xc4, 0)))
        # Long enough for a dozen turns.
        shared = self.stat("-e", events + ",{L1-dcache-loads:u,L1-dcache-stores:u,branches:u}",
                           workload=["zlib"])["events"]
        alone = self.values("-e", "L1-dcache-loads:u,L1-dcache-stores:u,branches:u", workload=["zlib"])
        for n, event in enumerate(shared):
            true = alone[("L1-dcache-loads:u", "L1-dcache-stores:u", "branches:u")[n % 3]]
            self.assertLess(event["share"], 0.5)
            # zlib compresses, then expands: what is estimated over its phases is no better.
            self.assertLess(abs(event["value"] / true - 1), 0.15, event)
        self.assertEqual(len({event["running_ns"] for event in shared[9:]}), 1)
        self.assertAlmostEqual(sum(event["share"] for event in shared), 4, delta=0.5)

    def test_whole_system_holds_its_task(self):
        """User instructions of everything that ran: the workload's, and what the agent did."""
        task = self.values("-e", "instructions:u", workload=["spin", "0100000"])
        system = self.values("-a", "-e", "instructions:u", workload=["spin", "0100000"])
        self.assertGreater(system["instructions:u"], task["instructions:u"])

    def test_intervals(self):
        """They end when they should, add up to the totals, and are the same again."""
        options = ("-I", "100", "-e", "instructions:u,branches:u,cache-misses")
        result = self.stat(*options, workload=["zlib"])
        times = [interval["time_ns"] for interval in result["intervals"]]
        self.assertGreater(len(times), 4)
        for n, time in enumerate(times[:-1], 1):
            self.assertIn(time, range(n * 100000000, n * 100000000 + 25000000))
        self.assertGreater(times[-1], times[-2])
        for n, event in enumerate(result["events"]):
            self.assertEqual(sum(interval["values"][n] for interval in result["intervals"]), event["value"])
        # A loop counts the same in each, but for the first and the last.
        self.assertEqual(self.stat(*options, workload=["zlib"]), result)
        plain = self.values("-e", options[-1], workload=["zlib"])
        self.assertEqual(plain["instructions:u"], result["events"][0]["value"])

    def test_intervals_of_more_events_than_counters(self):
        """Those that had no counter in an interval are told so; estimates stay near."""
        events = ",".join(f"cpu/event=0xb,umask=1,name=loads{n}/u" for n in range(8))
        result = self.stat("-I", "50", "-e", events, workload=["zlib"])
        for interval in result["intervals"][1:-1]:
            self.assertEqual(len(interval["values"]), 8)
            self.assertGreater(sum(value is not None for value in interval["values"]), 4)

    def test_threads(self):
        """What each thread counted is its loop, and all of it together the total; the same again."""
        loops = 200000
        program = os.path.join(machperf.WORKLOADS, "threads")
        length = machperf.loop_length(program, "threads_loop")
        options = ("--per-thread", "-e", "instructions:u,branches:u,cache-misses")
        result = self.stat(*options, workload=["threads", "5", str(loops)])
        threads = result["threads"]
        self.assertEqual([thread["comm"] for thread in threads], ["threads"] * 6)
        self.assertEqual(len({thread["tid"] for thread in threads}), 6)
        self.assertEqual({thread["pid"] for thread in threads}, {threads[0]["tid"]})
        for n, event in enumerate(result["events"]):
            self.assertEqual(sum(thread["values"][n] for thread in threads), event["value"])
        for thread in threads[1:]:
            self.assertTrue(0 <= thread["values"][0] - length * loops < 400, thread)
        self.assertEqual(self.stat(*options, workload=["threads", "5", str(loops)]), result)
        # They cost nothing that user code would see.
        plain = self.values(*options[1:], workload=["threads", "5", str(loops)])
        self.assertEqual(plain["instructions:u"], result["events"][0]["value"])

    def test_threads_of_two_tasks(self):
        result = self.stat("--per-thread", "-e", "instructions:u", workload=["pingpong", "300"])
        self.assertEqual([thread["comm"] for thread in result["threads"]], ["ping", "pong"])
        self.assertEqual(sum(thread["values"][0] for thread in result["threads"]), result["events"][0]["value"])

    def test_parts_are_of_one_run(self):
        for options, said in ((["-A"], "give -a with it"), (["-I", "100", "-r", "2"], "leave -r"),
                              (["-I", "9"], "from 10 to"), (["--per-thread", "-a"], "leave -a away"),
                              (["--per-thread", "-r", "2"], "--per-thread shows one run: leave -r")):
            done = machperf.run(machperf.PERFREC, "stat", *options, "--", "spin", env=self.environment, check=False)
            self.assertEqual(done.returncode, 64)
            self.assertIn(said, done.stderr)

    def functions(self, result, object_name):
        """{function: {event: value}} of one object; no two of a workload have one name."""
        names = [event["name"] for event in result["events"]]
        return {row["function"]: dict(zip(names, row["values"])) for row in result["functions"]
                if row["object"] == object_name}

    def assert_adds_up(self, result):
        for n, event in enumerate(result["events"]):
            self.assertEqual(sum(row["values"][n] for row in result["functions"]), event["value"],
                             event["name"])

    def test_functions_of_spin(self):
        """The loop's own instructions and branches, exactly; sums are the totals, kernel and user."""
        program = os.path.join(machperf.WORKLOADS, "spin")
        events = "instructions:u,branches:u,instructions:k,cycles:k,L1-dcache-loads,branch-misses"
        one, two = (self.stat("--per-function", "-e", events, workload=["spin", f"{n:07d}"])
                    for n in (300000, 600000))
        for result in (one, two):
            self.assert_adds_up(result)
        small, large = (self.functions(result, "spin")["spin_loop"] for result in (one, two))
        per_loop = machperf.loop_length(program, "spin_loop")
        around = machperf.instructions(program, "spin_loop") - per_loop
        self.assertEqual(small["instructions:u"], 300000 * per_loop + around)
        self.assertEqual(large["instructions:u"], 600000 * per_loop + around)
        self.assertEqual(large["branches:u"] - small["branches:u"], 300000)
        self.assertEqual(small["instructions:k"], 0)
        kernel = self.functions(one, "[kernel.kallsyms]")
        self.assertGreater(kernel["vm_fault"]["instructions:k"], 0)
        self.assertEqual({row["instructions:u"] for row in kernel.values()}, {0})
        self.assertEqual(sorted(one["functions"], key=lambda row: -row["values"][0]), one["functions"])
        plain = self.values("-e", events, workload=["spin", "0300000"])
        for event in ("instructions:u", "branches:u"):
            self.assertEqual({e["name"]: e["value"] for e in one["events"]}[event], plain[event])

    def test_functions_of_chase(self):
        """All misses but those of start and end are its loop's; the same on each run."""
        options = ("--per-function", "-e", "cache-misses:u,instructions,dTLB-load-misses:u,cycles")
        result = self.stat(*options, workload=["chase", "4096", "100000"])
        self.assert_adds_up(result)
        misses = {e["name"]: e["value"] for e in result["events"]}["cache-misses:u"]
        self.assertGreater(self.functions(result, "chase")["chase_loop"]["cache-misses:u"],
                           0.99 * misses)
        self.assertEqual(self.stat(*options, workload=["chase", "4096", "100000"]), result)

    def test_functions_of_every_event(self):
        """Whatever the model counts, functions add up to the counters, in kernel and user mode."""
        events = ("cycles,instructions,branches,branch-misses,cache-references,cache-misses",
                  "L1-dcache-loads,L1-dcache-stores,L1-dcache-load-misses,dTLB-load-misses",
                  "L1-icache-load-misses,iTLB-load-misses,cache-misses:k,dTLB-load-misses:u")
        for some in events:
            with self.subTest(events=some):
                result = self.stat("--per-function", "-e", some, workload=["pingpong", "200"])
                self.assert_adds_up(result)
                self.assertEqual(len(result["events"]), some.count(",") + 1)
                for event in result["events"]:
                    self.assertGreater(event["value"], 0, event["name"])

    def test_functions_of_tasks(self):
        """A workload of two threads that talk: the kernel's part adds up over all switches."""
        result = self.stat("--per-function", "-e", "instructions,cycles,branches,L1-dcache-stores",
                           workload=["pingpong", "200"])
        self.assert_adds_up(result)
        self.assertGreater(len(self.functions(result, "[kernel.kallsyms]")), 50)

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


class Gate(machperf.Session):
    """What perfreport gate says of other layouts; test_gate.py has real pairs."""

    def count(self, out, *options, workload):
        machperf.run(machperf.PERFREC, "stat", "-q", "--per-function", "--json", "-o", self.path(out), *options,
                     "--", *workload, env=self.environment)

    def read(self, out):
        with open(self.path(out)) as file:
            return json.load(file)

    def gate(self, base, new):
        done = machperf.run(machperf.PERFREPORT, "gate", "--base", self.path(base), "--new", self.path(new),
                            "--format", "json", check=False, env=self.environment)
        return done.returncode, json.loads(done.stdout)

    def test_other_geometry(self):
        """Another cache is another machine: other misses, the same instructions, and no comparison."""
        events = ("-e", "instructions:u,L1-dcache-load-misses:u")
        self.count("base", *events, workload=["chase", "4096", "100000"])
        self.count("small", "--model", "default,l1d.size=16K", *events, workload=["chase", "4096", "100000"])
        self.count("zen", "--model", "amd-zen3", *events, workload=["chase", "4096", "100000"])
        self.assertIn("l1d.size=16384,l1d.ways=8,", self.read("small")["machine"]["geometry"])
        self.assertIn("llc.size=33554432,llc.ways=16,", self.read("zen")["machine"]["geometry"])
        counts = [{e["name"]: e["value"] for e in self.read(out)["events"]} for out in ("base", "small")]
        self.assertEqual(*(count["instructions:u"] for count in counts))
        self.assertLess(*(count["L1-dcache-load-misses:u"] for count in counts))
        for other in ("small", "zen"):
            status, verdict = self.gate("base", other)
            self.assertEqual(status, 3)
            self.assertIn(f"{self.path(other)}: the geometry is line=64,", json.dumps(verdict))
        for out, model in (("one.data", "default"), ("two.data", "intel-skylake")):
            self.record(["--model", model, "-e", "cycles:u", "-c", "1009"], ["chase", "64", "10000"], out=out)
        said = machperf.run(machperf.PERFREPORT, "diff", self.path("one.data"), self.path("two.data"),
                            "--build-id-dir", self.buildids, env=self.environment).stdout
        self.assertIn("# different machines: the geometry is not the same", said)

    def test_layouts(self):
        """User instructions are those of every layout; the same program passes, other events among them."""
        self.count("base", "--perturb", "2", "-e", "instructions:u,cache-misses:u,instructions:k", workload=["chase", "64", "100000"])
        events = {event["name"]: event for event in self.read("base")["events"]}
        exact = events["instructions:u"]
        self.assertEqual(exact["perturbed"], [exact["value"]] * 2)
        kernel = events["instructions:k"]
        self.assertGreater(len({kernel["value"], *kernel["perturbed"]}), 1)
        self.assertEqual(self.gate("base", "base")[0], 0)


if __name__ == "__main__":
    machperf.main()
