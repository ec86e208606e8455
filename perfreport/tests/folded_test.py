#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""folded_test.py PERFREPORT GOLDEN_FOLDER: folded stacks as input: the same tables as those of the recording they came from."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

import judge

COLLAPSE = pathlib.Path("/usr/lib/perf-core/scripts/python/stackcollapse.py")

# As FlameGraph's stackcollapse-perf.pl --all writes it, with what people put between.
STACKS = """
# made by hand
java;main;Foo::bar(int, char);work_[j] 7
java;main;sys_read_[k];copy_[k] 2\r
  java;main;inlined_[i] 1
idle;[unknown];0x00007f0000001234 3
java;main 4
java;zero 0
"""


class Folded(unittest.TestCase):
    perfreport = golden = None

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.dir = pathlib.Path(place.name)

    def write(self, text, name="stacks.folded"):
        (self.dir / name).write_bytes(text.encode() if isinstance(text, str) else text)
        return name

    def run_it(self, *arguments, status=0):
        result = subprocess.run([self.perfreport, *map(str, arguments)], capture_output=True, cwd=self.dir, text=True,
                                env={**os.environ, "HOME": str(self.dir)}, check=False)
        self.assertEqual(result.returncode, status, result.stderr)
        return result.stderr if status else result.stdout

    def rows(self, path, *options):
        report = json.loads(self.run_it("report", "-i", path, "--json", "--children", *options))
        return {event["name"]: Counter({row["symbol"]: (row["self"], row["total"]) for row in event["rows"]})
                for event in report["events"]}

    def test_back_and_forth(self):
        """A recording, folded and read again, has the same stacks and the same numbers."""
        for recording in sorted(self.golden.glob("*.data")):
            with self.subTest(recording=recording.name):
                text = self.run_it("folded", "-i", recording)
                path = self.write(text)
                self.assertEqual(self.run_it("folded", "-i", path), text)
                for sort in ("symbol", "task"):
                    by_task = {}
                    for source in (recording, path):
                        report = json.loads(self.run_it("report", "-i", source, "--json", "--children", "--sort", sort))
                        totals = by_task[source] = []
                        for event in report["events"]:
                            rows = Counter()
                            for row in event["rows"]:
                                rows[row["symbol"] if sort == "symbol" else row["task"].replace(";", ":")] += row["self"]
                            totals.append((event["samples"], rows))
                    self.assertEqual(by_task[path], by_task[recording])

    def test_what_frames_are(self):
        rows = self.rows(self.write(STACKS))
        self.assertEqual(dict(rows["samples"]), {
            "main": (4, 14), "Foo::bar(int, char)": (0, 7), "work": (7, 7), "sys_read": (0, 2), "copy": (2, 2), "inlined": (1, 1),
            "[unknown]": (0, 3), "0x00007f0000001234": (3, 3)})
        self.assertEqual(self.run_it("folded", "-i", "stacks.folded").splitlines()[-1], "java;main;sys_read;copy 2")

    def test_stacks_without_tasks(self):
        """A line of one frame: what other stacks begin with is no task either."""
        rows = self.rows(self.write("main;foo 3\nmain 2\n"))
        self.assertEqual(dict(rows["samples"]), {"main": (2, 5), "foo": (3, 3)})
        self.assertEqual(self.run_it("folded", "-i", "stacks.folded"), "main 2\nmain;foo 3\n")

    @unittest.skipUnless(shutil.which("perf") and COLLAPSE.exists(), "no perf with its stackcollapse script")
    def test_stacks_of_perf(self):
        """What perf's own script folds: every function has the samples of the recording."""
        recording = self.golden / "events.data"
        text = judge.run("perf", "--buildid-dir", str(self.dir), "script", "-f", "-i", str(recording), "-s", str(COLLAPSE))
        self.assertGreater(len(text.splitlines()), 5)
        theirs = next(iter(self.rows(self.write(text)).values()))
        ours = Counter()
        for event in self.rows(recording).values():
            for symbol, (own, _) in event.items():
                ours["[unknown]" if symbol.startswith("0x") else symbol.replace(" ", "_")] += own
        self.assertEqual({symbol: own for symbol, (own, _) in theirs.items() if own}, +ours)

    def test_diff(self):
        base, new = self.write("t;a 5\nt;b 5\n", "base"), self.write("t;a 9\nt;c 1\n", "new")
        rows = {row["symbol"]: row["class"] for row in json.loads(self.run_it("diff", base, new, "--json"))["events"][0]["rows"]}
        self.assertEqual(rows, {"a": "grown", "b": "removed", "c": "new"})
        self.run_it("diff", base, new, "--flame", "-o", "diff.html")

    def test_what_is_not_known_is_said(self):
        text = self.run_it("report", "-i", self.write(STACKS))
        self.assertIn("not known", text)
        self.assertNotIn("lost 0", text)

    def test_refused(self):
        for text, words in (("a;b\n", "line 1 has no count"), ("a;b 1\nc 1.5\n", "line 2 has a count that is no whole number"),
                            ("a 99999999999999999999\n", "beyond 64 bits"), ("12\n", "no count"), (" 12\n", "no count"),
                            ("a 18446744073709551615\nb 1\n", "sum"), ("a;b -1\n", "no count"), ("x" * 100 + "\n", "..."),
                            (";" * 70000 + "a 1\n", "more than 65536 frames")):
            with self.subTest(text=text[:20]):
                error = self.run_it("report", "-i", self.write(text), status=4)
                self.assertIn(words, error)
                self.assertEqual(error.count("\n"), 1)
        self.assertIn("no samples", self.run_it("report", "-i", self.write("# nothing\n\n"), status=5))
        self.assertIn("no times", self.run_it("timeline", "-i", self.write("a;b 1\n"), status=5))
        self.assertIn("do not tell", self.run_it("gate", "--base", "stacks.folded", "--new", "stacks.folded", status=2))
        self.assertIn("not a perf.data", self.run_it("report", "-i", self.write(b"a;b\0c 1\n"), status=4))


if __name__ == "__main__":
    Folded.perfreport, Folded.golden = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    unittest.main(argv=sys.argv[:1])
