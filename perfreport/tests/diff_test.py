#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""diff_test.py PERFREPORT GOLDEN_FOLDER SCHEMA: two recordings against each other, by us and by perf diff.

The new recording is the base with samples moved from one function to another.
"""

import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

import schema
from golden_test import build_id
from judge import run

SKIP = 77
RECORD_SAMPLE = 9
SAMPLE_IDENTIFIER = 1 << 16


def moved(data, move):
    """A perf.data whose samples' own addresses, innermost in the callchain too, are move(address)."""
    data = bytearray(data)
    attr = struct.unpack_from("<Q", data, 24)[0]
    identifier = struct.unpack_from("<Q", data, attr + 24)[0] & SAMPLE_IDENTIFIER
    offset, size = struct.unpack_from("<QQ", data, 40)
    at = offset
    while at < offset + size:
        kind, _, length = struct.unpack_from("<IHH", data, at)
        if kind == RECORD_SAMPLE:
            address = struct.unpack_from("<Q", data, at + (16 if identifier else 8))[0]
            old, new = struct.pack("<Q", address), struct.pack("<Q", move(address))
            data[at + 8:at + length] = data[at + 8:at + length].replace(old, new)
        at += length
    return bytes(data)


class Diff(unittest.TestCase):
    perfreport = golden = schema_file = None

    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="machperf-diff-"))
        name = build_id(cls.golden / "twotasks.elf")
        place = cls.dir / ".build-id" / name[:2] / name[2:]
        place.mkdir(parents=True)
        shutil.copy(cls.golden / "twotasks.elf", place / "elf")
        cls.base, cls.new = cls.golden / "events.data", cls.dir / "new.data"
        script = run("perf", "--buildid-dir", str(cls.dir), "script", "-f", "-G", "-F", "ip,sym", "-i", str(cls.base))
        places = {}
        for line in script.splitlines():
            address, symbol = line.split(None, 1)
            places.setdefault(symbol, []).append(int(address, 16))
        leaf, other = places["leaf"], places["start_here"][0]
        state = {"leaf": 0}

        def move(address):
            """Every second sample of leaf goes to one of its callers."""
            if address in leaf:
                state["leaf"] += 1
                return other if state["leaf"] % 2 else address
            return address

        cls.new.write_bytes(moved(cls.base.read_bytes(), move))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    def ours(self, *arguments):
        return run(self.perfreport, "diff", *map(str, arguments), "--build-id-dir", str(self.dir))

    def report(self, recording):
        return json.loads(run(self.perfreport, "report", "--json", "--children", "-i", str(recording), "--build-id-dir",
                              str(self.dir)))["events"]

    def test_json(self):
        """The sides are what report says of each; functions of either are there."""
        data = json.loads(self.ours(self.base, self.new, "--json"))
        with open(self.schema_file, encoding="utf-8") as file:
            self.assertEqual(list(schema.problems(data, json.load(file))), [])
        for event, base, new in zip(data["events"], self.report(self.base), self.report(self.new)):
            for side, told in (("base", base), ("new", new)):
                rows = {(row["symbol"], row["dso"]): (row[side]["self"], row[side]["total"]) for row in event["rows"]
                        if row[side]["total"] and row["symbol"] != "[unresolved]"}
                self.assertEqual(rows, {(row["symbol"], row["dso"]): (row["self"], row["total"]) for row in told["rows"]
                                        if not row["symbol"].startswith("0x")})
            for row in event["rows"]:
                change = row["new_vs_base"]["self_share"]
                self.assertAlmostEqual(change, row["new"]["self"] / new["samples"] - row["base"]["self"] / base["samples"],
                                       places=6)
                self.assertEqual(change > 0, row["new_vs_base"]["score"] > 0)
        classes = {row["symbol"]: row["class"] for row in data["events"][0]["rows"]}
        self.assertEqual((classes["leaf"], classes["start_here"]), ("shrunk", "grown"))

    def test_other_way_round(self):
        there = json.loads(self.ours(self.base, self.new, "--json"))["events"]
        back = json.loads(self.ours(self.new, self.base, "--json"))["events"]
        for a, b in zip(there, back):
            changes = [{(row["symbol"], row["dso"]): row["new_vs_base"]["self_share"] for row in event["rows"]}
                       for event in (a, b)]
            self.assertEqual(changes[0], {key: -change if change else 0.0 for key, change in changes[1].items()})

    def test_new_and_removed(self):
        """A function that only one side has says so."""
        only = self.dir / "only.data"
        leaf = {row["symbol"] for row in self.report(self.base)[0]["rows"]}
        self.assertIn("leaf", leaf)
        moves = {}
        for line in run("perf", "--buildid-dir", str(self.dir), "script", "-f", "-G", "-F", "ip,sym", "-i",
                        str(self.base)).splitlines():
            address, symbol = line.split(None, 1)
            moves.setdefault(symbol, int(address, 16))
            moves[int(address, 16)] = symbol
        only.write_bytes(moved(self.base.read_bytes(),
                               lambda address: moves["start_here"] if moves.get(address) == "leaf" else address))
        for pair, expected in (((self.base, only), "removed"), ((only, self.base), "new")):
            rows = json.loads(self.ours(*pair, "--json"))["events"][0]["rows"]
            self.assertEqual({row["class"] for row in rows if row["symbol"] == "leaf"}, {expected})
            lines = [line for line in self.ours(*pair).splitlines() if " leaf " in line]
            self.assertTrue(lines[0].startswith(expected), lines)

    def test_identical(self):
        text = self.ours(self.base, self.base)
        rows = [line for line in text.splitlines() if not line.startswith("#")]
        self.assertTrue(rows)
        for row in rows:
            self.assertTrue(row.startswith("same     new vs base   +0.00% self   +0.00% total"), row)

    def test_lines(self):
        rows = [line for line in self.ours(self.base, self.new).splitlines() if not line.startswith("#")]
        self.assertTrue(all("new vs base" in row for row in rows), rows)
        top = self.ours(self.base, self.new, "--top", "1")
        self.assertEqual(len([line for line in top.splitlines() if not line.startswith("#")]), 2)

    def test_perf_diff(self):
        """The shares of the base and their changes, as perf diff has them; perf's delta is in hundredths too."""
        text = run("perf", "--buildid-dir", str(self.dir), "diff", "-f", "-c", "delta", "-s", "dso,sym", str(self.base),
                   str(self.new))
        data = {event["name"]: event for event in json.loads(self.ours(self.base, self.new, "--json"))["events"]}
        checked, event = 0, None
        for line in text.splitlines():
            head = re.match(r"# Event '(.*)'", line)
            if head:
                event = data[head[1]]
            row = re.match(r"\s+([\d.]+)%\s+([-+][\d.]+)%\s+(\S+)\s+\[.\] (\S+)", line)
            # perf leaves a kernel it does not know as bare addresses, and takes the host's names when it is that one.
            if row and event and not re.fullmatch("0x[0-9a-f]{16}", row[4]):
                ours = [r for r in event["rows"] if r["symbol"] == row[4] and r["dso"] == row[3]]
                self.assertEqual(len(ours), 1, line)
                self.assertAlmostEqual(100 * ours[0]["base"]["self_share"], float(row[1]), delta=0.006)
                self.assertAlmostEqual(100 * ours[0]["new_vs_base"]["self_share"], float(row[2]), delta=0.011)
                checked += 1
        self.assertGreaterEqual(checked, 2, text)

    def test_refusals(self):
        for status, words, arguments in ((2, "two", ["diff", self.base]), (2, "two", ["diff"]),
                                         (2, "-i FILE", ["report", self.base, self.new]),
                                         (3, "nothing.data", ["diff", self.base, "nothing.data"]),
                                         (5, "no event", ["diff", self.base, self.golden / "frequency.data"]),
                                         (5, "cycles", ["diff", self.base, self.new, "--event", "cycles"])):
            result = subprocess.run([self.perfreport, *map(str, arguments)], capture_output=True, text=True, check=False)
            self.assertEqual((result.returncode, result.stdout), (status, ""), result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)
            self.assertIn(words, result.stderr)


if __name__ == "__main__":
    if not shutil.which("perf"):
        print("no perf on this machine: nothing to compare with")
        sys.exit(SKIP)
    Diff.perfreport, Diff.golden = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    Diff.schema_file = sys.argv[3]
    unittest.main(argv=sys.argv[:1])
