#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""golden_test.py PERFREPORT FOLDER: recordings of stock perf, read by us and by the perf of this machine.

Compared row by row: the table of objects and symbols, the table by task, and the callchains of perf script.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

SKIP = 77


def build_id(elf):
    """The build-id of an ELF file, by its note: name size 4, any length, type 3, "GNU"."""
    data = elf.read_bytes()
    at = data.index(b"\x03\0\0\0GNU\0")
    length = int.from_bytes(data[at - 4:at], "little")
    return data[at + 8:at + 8 + length].hex()


def run(*command):
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def perf_table(text):
    """perf report --stdio with columns of fixed width: {event: Counter of rows}."""
    tables = {}
    rows = widths = None
    for line in text.splitlines():
        event = re.match(r"# Samples: .* of event '(.*)'", line)
        if event:
            rows = tables[event[1]] = Counter()
        elif re.match(r"# \.\.\.", line):
            widths = [(field.start(), field.end()) for field in re.finditer(r"\.+", line)]
        elif line.strip() and not line.startswith("#"):
            # The last column may be longer than its dots.
            fields = [line[start:end] for start, end in widths[:-1]] + [line[widths[-1][0]:]]
            rows[tuple(field.strip() for field in fields)] += 1
    return tables


def perf_stacks(text):
    """perf script -F comm,event,ip,sym: {event: Counter of (comm, symbols from the innermost out)}."""
    stacks = {}
    for block in text.split("\n\n"):
        lines = block.strip("\n").splitlines()
        head = re.match(r"\s*(.*?)\s+([\w:/=-]+): *(.*)$", lines[0]) if lines else None
        if not head:
            continue
        frames = lines[1:] if len(lines) > 1 else [head[3]]
        symbols = tuple(frame.split(None, 1)[1] for frame in frames)
        stacks.setdefault(head[2], Counter())[(head[1], symbols)] += 1
    return stacks


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
        return json.loads(run(self.perfreport, "report", "-i", str(recording), "--build-id-dir", self.cache, "--json",
                              *options))["events"]

    def perf(self, recording, keys, *columns):
        return perf_table(run("perf", "--buildid-dir", self.cache, "report", "-f", "-i", str(recording), "--stdio",
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
        theirs = perf_stacks(run("perf", "--buildid-dir", self.cache, "script", "-f", "--no-inline", "-i", str(recording),
                                 "-F", "comm,event,ip,sym"))
        self.assertEqual(len(theirs), 2)
        for event, stacks in theirs.items():
            # Frames that perf has no symbol for it calls [unknown], we by their address.
            expected = Counter()
            for (comm, symbols), times in stacks.items():
                expected[";".join([comm.replace(";", ":"), *reversed(symbols)])] += times
            folded = run(self.perfreport, "folded", "-i", str(recording), "--build-id-dir", self.cache, "--event", event)
            lines = Counter()
            for line in folded.splitlines():
                stack, times = line.rsplit(" ", 1)
                lines[re.sub(r";0x[0-9a-f]{16}", ";[unknown]", stack)] += int(times)
            self.assertEqual(lines, expected)

    def test_pages_are_the_same_bytes(self):
        recording = self.folder / "events.data"
        with tempfile.TemporaryDirectory() as place:
            pages = [pathlib.Path(place, name) for name in ("a.html", "b.html")]
            for page in pages:
                run(self.perfreport, "flame", "-i", str(recording), "--build-id-dir", self.cache, "-o", str(page))
            self.assertTrue(pages[0].read_bytes() == pages[1].read_bytes())
            for path in (str(self.folder), self.cache, place):
                self.assertFalse(path.encode() in pages[0].read_bytes(), f"the page names {path}")


if __name__ == "__main__":
    if not shutil.which("perf"):
        print("no perf on this machine: nothing to compare with")
        sys.exit(SKIP)
    Golden.perfreport, Golden.folder = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
