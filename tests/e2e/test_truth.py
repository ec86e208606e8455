# SPDX-License-Identifier: GPL-2.0-or-later
"""Workloads of known truth: what the counters and samples must say of them."""
import os
import re
import subprocess

import machperf


class Truth(machperf.Session):
    def share(self, event, word):
        """(samples in functions named like WORD, all samples) of an event."""
        rows = [e for e in self.report("--sort", "symbol")["events"]
                if e["name"].split(":")[0] == event][0]["rows"]
        return sum(r["self"] for r in rows if word in r["symbol"]), sum(r["self"] for r in rows)

    def count(self, event):
        return machperf.counts(self, "perf.data")[event]["count"]

    def concentrated(self, event, period, word, workload):
        self.record(["-e", event, "-c", str(period)], workload)
        there, everywhere = self.share(event, word)
        self.assertGreater(everywhere, 100, "too few samples to judge")
        self.assertGreaterEqual(there, 0.95 * everywhere)

    def rate(self, event, workload, operations):
        self.record(["-e", event + ":u", "-c", "1000003"], workload)
        return self.count(event + ":u") / operations

    def test_chase(self):
        self.concentrated("cache-misses", 1000, "chase", ["chase"])

    def test_chase_at_the_load(self):
        """99 of 100 misses are at the load itself, in the sample and in its chain; the rest made the list."""
        program = os.path.join(machperf.WORKLOADS, "chase")
        loads = [address for address, text in machperf.disassembly(program, "chase_loop")
                 if re.match(r"mov\s+\(%r..\),", text)]
        # gcc 14 unrolls the loop.
        self.assertIn(len(loads), range(1, 5))
        self.record(["-e", "cache-misses:u", "-c", "1000"], ["chase", "2048", "4000000"])
        dump = self.perf("script", "-D")
        # 0x4002: exact, in user mode.
        samples = re.findall(r"PERF_RECORD_SAMPLE\(IP, (0x\w+)\): \S+: (0x\w+) .*\n.*FP chain.*\n.* 0: .*\n.* 1: (\w+)", dump)
        there = [misc for misc, ip, innermost in samples if int(ip, 16) == int(innermost, 16) and int(ip, 16) in loads]
        self.assertGreater(len(samples), 3900)
        self.assertGreaterEqual(len(there), 0.99 * len(samples))
        self.assertEqual(set(there), {"0x4002"})

    def test_chase_fits(self):
        self.assertLessEqual(self.rate("cache-misses", ["chase", "16", "1000000"], 1000000), 0.01)

    def test_branchy(self):
        self.concentrated("branch-misses", 1000, "branchy", ["branchy"])

    def test_branchy_predictable(self):
        self.assertLessEqual(
            self.rate("branch-misses", ["branchy", "1000000", "1"], 1000000), 0.01)

    def test_stride(self):
        self.concentrated("dTLB-load-misses", 1000, "stride", ["stride"])

    def test_stride_fits(self):
        self.assertLessEqual(
            self.rate("dTLB-load-misses", ["stride", "16", "1000000"], 1000000), 0.01)

    def test_spin_counts_to_the_instruction(self):
        per_loop = machperf.loop_length(os.path.join(machperf.WORKLOADS, "spin"), "spin_loop")
        counts = {}
        sizes = (100000, 300000, 700000)
        for n in sorted(set(sizes) | {2 * n for n in sizes}):
            self.record(["-e", "instructions:u", "-c", "100000007"], ["spin", f"{n:07d}"])
            counts[n] = self.count("instructions:u")
        overheads = {counts[n] - n * per_loop for n in counts}
        for n in sizes:
            self.assertEqual(counts[2 * n] - counts[n], n * per_loop)
        self.assertEqual(len(overheads), 1, "the overhead depends on N")
        self.assertTrue(0 <= overheads.pop() < 200)

    def test_pingpong_shows_the_message_path(self):
        self.record(["-e", "instructions", "-c", "1009"], ["pingpong", "1000"])
        script = self.perf("script", "-F", "comm,tid,time,event,ip,sym")
        chains = [re.findall(r"^\s+[0-9a-f]+ (\S+)", block, re.M) for block in script.split("\n\n")]
        stub = [c for c in chains if "mach_msg_trap" in c and
                any(name.startswith("mach_msg") and name != "mach_msg_trap"
                    for name in c[c.index("mach_msg_trap") + 1:])]
        self.assertGreater(len(stub), 100)

    def chains_reach_start(self, workload):
        self.record(["-e", "cycles:u", "-c", "50021"], workload)
        script = self.perf("script", "-F", "comm,tid,time,event,ip,sym")
        chains = [re.findall(r"^\s+[0-9a-f]+ (\S+)", block, re.M)
                  for block in script.split("\n\n") if block.strip()]
        self.assertGreater(len(chains), 500)
        whole = sum(bool(c) and c[-1] == "_start" for c in chains)
        self.assertGreaterEqual(whole, 0.99 * len(chains))

    def test_sqlite_chains(self):
        self.chains_reach_start(["sqlite"])

    def test_zlib_chains(self):
        self.chains_reach_start(["zlib"])


if __name__ == "__main__":
    machperf.main()
