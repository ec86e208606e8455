# SPDX-License-Identifier: GPL-2.0-or-later
"""perfreport gate on real pairs: the right functions are named, and the differential flame graph shows them."""
import base64
import json
import os
import re
import shutil
import zlib

import machperf

DEARER = os.path.join(machperf.BUILD, "kern", "gnumach-amd64-up-dearer")
KERNEL = os.path.join(machperf.BUILD, "kern", "gnumach-amd64-up")
UNINDEXED = os.path.join(machperf.BUILD, "tests", "e2e", "sqlite-unindexed")


class Pairs(machperf.Session):
    def gate(self, *options, expect=1):
        done = machperf.run(machperf.PERFREPORT, "gate", "--base", self.path("base"), "--new", self.path("new"),
                            "--format", "json", *options, check=False, env=self.environment)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def functions(self, verdict, status):
        return [row["function"] for row in verdict["rows"] if row["status"] == status and row["function"]]

    def assert_drawn(self, worse, better):
        """The table and the page of the two recordings: a function that grew, and one that shrank or is gone."""
        diff = ("diff", self.path("base.data"), self.path("new.data"), "--build-id-dir", self.buildids)
        table = json.loads(machperf.run(machperf.PERFREPORT, *diff, "--json", env=self.environment).stdout)
        classes = {row["symbol"]: row["class"] for row in table["events"][0]["rows"]}
        self.assertIn(classes[worse], ("grown", "new"))
        if better:
            self.assertIn(classes.get(better, "removed"), ("shrunk", "removed"))
        machperf.run(machperf.PERFREPORT, *diff, "--flame", "-o", self.path("diff.html"), env=self.environment)
        with open(self.path("diff.html"), encoding="utf-8") as page:
            data = re.search(r'id="data">([^<]*)<', page.read()).group(1)
        self.assertIn(f'"{worse}"'.encode(), zlib.decompress(base64.b64decode(data)).partition(b"\0")[0])

    def pair(self, event, workloads, period="10007", kernels=((), ())):
        """Count two programs or kernels by function, and record them."""
        for side, workload, kernel in zip(("base", "new"), workloads, kernels):
            machperf.run(machperf.PERFREC, "stat", "-q", "--per-function", "--json", "-o", self.path(side), *kernel, "-e", event,
                         "--", *workload, env=self.environment)
            self.record(["-q", *kernel, "-e", event, "-c", period, "-g", "fp"], workload, out=side + ".data")

    def test_sqlite_without_an_index(self):
        """More rows are looked at and found in the table; entries of the index are no longer made."""
        programs = []
        for side, program in (("b", os.path.join(machperf.WORKLOADS, "sqlite")), ("n", UNINDEXED)):
            os.makedirs(self.path(side))
            programs.append(shutil.copy(program, self.path(os.path.join(side, "sqlite"))))
        self.pair("instructions:u", [(program, "400") for program in programs])
        verdict = self.gate()
        worse, better = (self.functions(verdict, status) for status in ("regression", "improvement"))
        self.assertEqual(worse[:2], ["sqlite3VdbeExec", "sqlite3BtreeTableMoveto"])
        for function in ("sqlite3BtreeInsert", "sqlite3BtreeIndexMoveto"):
            self.assertIn(function, better)
        for function in ("insert_purchases", "query"):
            self.assertNotIn(function, worse + better)
        self.assert_drawn("sqlite3BtreeTableMoveto", "sqlite3BtreeInsert")

    def test_zlib_levels(self):
        self.pair("instructions:u", (("zlib", "1"), ("zlib", "9")), period="100003")
        verdict = self.gate()
        self.assertEqual(self.functions(verdict, "regression")[0], "longest_match")
        self.assertIn("deflate_slow", self.functions(verdict, "regression"))
        self.assertIn("deflate_fast", self.functions(verdict, "improvement"))
        self.assert_drawn("longest_match", "deflate_fast")

    def test_kernel_hook(self):
        """Our hook of a context switch with 50 instructions more; no other function, though the kernel's counts vary."""
        events = "instructions:k"
        for side, image in (("base", KERNEL), ("new", DEARER)):
            machperf.run(machperf.PERFREC, "stat", "-q", "--per-function", "--perturb", "8", "--json", "-o", self.path(side),
                         "--kernel", image, "-e", events, "--", "pingpong", "300", env=self.environment)
            self.record(["-q", "--kernel", image, "-e", events, "-c", "1009", "-g", "fp"], ["pingpong", "300"],
                        out=side + ".data")
        verdict = self.gate("--allow", "kernel")
        self.assertEqual(self.functions(verdict, "regression"), ["perf_test_dearer_handoff"])
        row = verdict["rows"][0]
        self.assertEqual((row["class"], row["base"]), ("new", 0))
        # 300 calls and their replies, 50 instructions each and a few around them.
        self.assertGreaterEqual(row["new"], 600 * 50)
        self.assertLess(row["new"], 620 * 60)
        self.assert_drawn("perf_test_dearer_handoff", None)


if __name__ == "__main__":
    machperf.main()
