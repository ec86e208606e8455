#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""golden_test.py PERFREPORT FOLDER: recordings of stock perf, read by us and by the perf of this machine.

Compared row by row: the table of objects and symbols, the table by task, and the callchains of perf script.
"""

import json
import pathlib
import shutil
import sys
import tempfile
import unittest
from collections import Counter

import judge

SKIP = 77


def build_id(elf):
    """The build-id of an ELF file, by its note: name size 4, any length, type 3, "GNU"."""
    data = elf.read_bytes()
    at = data.index(b"\x03\0\0\0GNU\0")
    length = int.from_bytes(data[at - 4:at], "little")
    return data[at + 8:at + 8 + length].hex()


class Golden(unittest.TestCase):
    perfreport = folder = cache = None

    @classmethod
    def setUpClass(cls):
        cls.cache = tempfile.mkdtemp(prefix="machperf-golden-")
        elf = cls.folder / "twotasks.elf"
        name = build_id(elf)
        place = pathlib.Path(cls.cache, ".build-id", name[:2], name[2:])
        place.mkdir(parents=True)
        shutil.copy(elf, place / "elf")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.cache)

    def ours(self, recording, *options):
        return json.loads(judge.run(self.perfreport, "report", "-i", str(recording), "--build-id-dir", self.cache, "--json",
                              *options))["events"]

    def perf(self, recording, keys, *columns):
        return judge.table(judge.run("perf", "--buildid-dir", self.cache, "report", "-f", "-i", str(recording), "--stdio",
                              "--no-children", "-g", "none", "--sort", keys, "-F", ",".join(columns)))

    def recordings(self):
        found = sorted(self.folder.glob("*.data"))
        self.assertGreaterEqual(len(found), 2)
        return found

    def test_symbols(self):
        for recording in self.recordings():
            theirs = self.perf(recording, "dso,sym", "sample", "dso", "sym")
            for event in self.ours(recording):
                with self.subTest(recording=recording.name, event=event["name"]):
                    rows = Counter((str(row["self"]), row["dso"], row["symbol"]) for row in event["rows"])
                    expected = Counter()
                    for (samples, dso, symbol), times in theirs[event["name"]].items():
                        expected[(samples, dso, symbol.split(None, 1)[1])] += times
                    self.assertEqual(rows, expected)
                    self.assertEqual(sum(row["self"] for row in event["rows"]), event["samples"])

    def test_symbols_are_found(self):
        named = {row["symbol"] for event in self.ours(self.folder / "events.data", "--children") for row in event["rows"]}
        self.assertLessEqual({"_start", "start_here", "parent_work", "recurse", "leaf", "child_work"}, named)

    def test_tasks(self):
        for recording in self.recordings():
            theirs = self.perf(recording, "comm", "sample", "comm")
            for event in self.ours(recording, "--sort", "task"):
                with self.subTest(recording=recording.name, event=event["name"]):
                    rows = Counter()
                    for row in event["rows"]:
                        rows[row["task"]] += row["self"]
                    expected = {comm: int(samples) for samples, comm in theirs[event["name"]]}
                    self.assertEqual(dict(rows), expected)

    def test_callchains(self):
        recording = self.folder / "events.data"
        theirs = judge.stacks(judge.run("perf", "--buildid-dir", self.cache, "script", "-f", "--no-inline", "-i", str(recording),
                                 "-F", "comm,event,ip,sym"))
        self.assertEqual(len(theirs), 2)
        for event, stacks in theirs.items():
            # Frames that perf has no symbol for it calls [unknown], we by their address.
            expected = Counter()
            for (comm, symbols), times in stacks.items():
                expected[";".join([comm.replace(";", ":"), *reversed(symbols)])] += times
            folded = judge.run(self.perfreport, "folded", "-i", str(recording), "--build-id-dir", self.cache, "--event", event)
            lines = judge.folded(folded)
            self.assertEqual(lines, expected)

    def test_pages_are_the_same_bytes(self):
        recording = self.folder / "events.data"
        with tempfile.TemporaryDirectory() as place:
            pages = [pathlib.Path(place, name) for name in ("a.html", "b.html")]
            for page in pages:
                judge.run(self.perfreport, "flame", "-i", str(recording), "--build-id-dir", self.cache, "-o", str(page))
            self.assertTrue(pages[0].read_bytes() == pages[1].read_bytes())
            for path in (str(self.folder), self.cache, place):
                self.assertFalse(path.encode() in pages[0].read_bytes(), f"the page names {path}")


if __name__ == "__main__":
    if not shutil.which("perf"):
        print("no perf on this machine: nothing to compare with")
        sys.exit(SKIP)
    Golden.perfreport, Golden.folder = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
