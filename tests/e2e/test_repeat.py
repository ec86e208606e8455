# SPDX-License-Identifier: GPL-2.0-or-later
"""A session of three events, again and again, on one, two and four processors, by turns idle and beside a load of
all the host's: every recording is the same to the byte.

MACHPERF_RUNS is how often (default 3; the suite bench takes 20).
"""
import os
import subprocess

import machperf

RUNS = int(os.environ.get("MACHPERF_RUNS", "3"))
KERNELS = {1: "gnumach-amd64-up", 2: "gnumach-amd64-smp-sid", 4: "gnumach-amd64-smp-sid"}
OPTIONS = ["-a", "-e", "cycles/period=20011/,cache-misses/period=211/,branches/period=5003/"]


class Repeat(machperf.Session):
    def one(self, kernel, cpus, loaded):
        busy = [subprocess.Popen(["sh", "-c", "while :; do :; done"])
                for _ in range(os.cpu_count() if loaded else 0)]
        try:
            self.record(["-B", "--kernel", kernel, "--cpus", str(cpus), *OPTIONS], ["threads", "4", "100000"])
        finally:
            for process in busy:
                process.kill()
                process.wait()
        with open(self.path("perf.data"), "rb") as f:
            return f.read()

    def same(self, cpus):
        kernel = os.path.join(machperf.BUILD, "kern", KERNELS[cpus])
        if not os.path.exists(kernel):
            self.skipTest(f"no kernel {KERNELS[cpus]} (of Debian sid; setup/downloads.sid says how to give it)")
        first = self.one(kernel, cpus, False)
        for event, of in machperf.counts(self).items():
            self.assertGreater(of["samples"], 10, event)
        for n in range(1, RUNS):
            self.assertEqual(self.one(kernel, cpus, n % 2), first, f"run {n + 1} of {RUNS}")

    def test_one_processor(self):
        self.same(1)

    def test_two_processors(self):
        self.same(2)

    def test_four_processors(self):
        self.same(4)


if __name__ == "__main__":
    machperf.main()
