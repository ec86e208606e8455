#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""dump_test.py PERFREPORT GOLDEN_FOLDER DOCS: every record a line, and the header for programs.

The judge is the perf of the machine: it counts the records of each type (perf report -D) and prints those of tasks and maps
(perf script).
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

import judge
import schema

# What we call otherwise than perf.
NAMES = {"ATTR": "HEADER_ATTR", "FEATURE": "HEADER_FEATURE", "BUILD_ID": "HEADER_BUILD_ID"}


class Dump(unittest.TestCase):
    perfreport = golden = docs = None

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.dir = pathlib.Path(place.name)
        self.recording = self.dir / "perf.data"

    def run_it(self, *arguments, status=0):
        done = subprocess.run([self.perfreport, *map(str, arguments)], capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout if status == 0 else done

    def records(self, path):
        """The records of a recording; text and JSON say the same."""
        with open(self.docs / "dump.schema.json", encoding="utf-8") as file:
            rules = json.load(file)
        lines = self.run_it("dump", "-i", path, "--json").splitlines()
        records = [json.loads(line) for line in lines]
        for record in records:
            self.assertEqual(list(schema.problems(record, rules)), [])
        texts = self.run_it("dump", "-i", path).splitlines()
        self.assertEqual(len(texts), len(records))
        for text, record in zip(texts, records):
            for name, value in record.items():
                if name == "type":
                    self.assertIn(f" type={value} ", text)
                elif isinstance(value, str) and not value.startswith("0x"):
                    self.assertIn(f"{name}={json.dumps(value, ensure_ascii=False)}", text)
                elif not isinstance(value, list):
                    self.assertIn(f"{name}={value}", text)
        return records

    def by_perf(self, path):
        """The number of records of each type, as perf counts them."""
        text = judge.run("perf", "report", "-D", "-i", path, PAGER="cat").split("Aggregated stats:")[1]
        counts = Counter()
        for line in text.splitlines()[1:]:
            row = re.match(r"\s*(\w+) events: +(\d+)", line)
            if not row:
                break
            counts[NAMES.get(row[1], row[1])] = int(row[2])
        # A compressed record is what its records came in: they are dumped, it is not.
        del counts["TOTAL"], counts["COMPRESSED"]
        return counts

    def compare(self, path):
        records = self.records(path)
        self.assertEqual(Counter(record["type"] for record in records), self.by_perf(path))
        return records

    def record(self, *options):
        with open(self.recording, "wb") as file:
            done = subprocess.run(["perf", "record", "-q", "--no-buildid-cache", "-e", "cpu-clock", "-F", "997", *options, "--", "sh", "-c",
                                   "ls -l /usr/bin | head -20; (exit 3); true"], stderr=subprocess.PIPE, text=True,
                                  stdout=file if "-" in options else subprocess.DEVNULL)
        if done.returncode != 0:
            self.skipTest("perf record is not allowed here: " + done.stderr.strip()[:100])

    def test_goldens(self):
        for name in ("events.data", "frequency.data"):
            records = self.records(self.golden / name)
            self.assertGreater(len(records), 10)
            if shutil.which("perf"):
                self.assertEqual(Counter(record["type"] for record in records), self.by_perf(self.golden / name))

    def test_linux(self):
        for options in (("-g",), ("--call-graph", "dwarf,1024"), ("-z",), ("-d", "-W", "--phys-data", "--sample-cpu"),
                        ("--switch-events", "--namespaces"), ("-z", "-o", "-"), ("-o", "-")):
            with self.subTest(options=options):
                self.record(*options, *([] if "-" in options else ["-o", self.recording]))
                self.compare(self.recording)

    def test_values(self):
        self.record("-g", "-o", self.recording)
        records = self.compare(self.recording)
        printed = judge.run("perf", "script", "-i", self.recording, "--ns", "--show-mmap-events", "--show-task-events", "-F",
                            "pid,tid,time,event,period,ip", PAGER="cat")
        maps = re.findall(r"PERF_RECORD_MMAP2? (-?\d+)/(-?\d+): \[0x(\w+)\(0x(\w+)\) @ (?:0x)?(\w+)[^]]*\]: \S+ (.*)", printed)
        ours = [(str(r["of_pid"]), str(r["of_tid"]), *(r[name][2:] for name in ("addr", "len", "pgoff")), r["filename"])
                for r in records if r["type"].startswith("MMAP")]
        self.assertEqual(sorted(ours), sorted(maps))
        self.assertEqual(sorted(f"{r['comm']}:{r['of_pid']}/{r['of_tid']}" for r in records if r["type"] == "COMM"),
                         sorted(re.findall(r"PERF_RECORD_COMM(?: exec)?: (.*:\d+/\d+)", printed)))
        heads = re.findall(r"^\s*(\d+)/(\d+)\s+(\d+)\.(\d{9}):\s+(\d+) cpu-clock", printed, re.M)
        samples = [r for r in records if r["type"] == "SAMPLE"]
        self.assertEqual(sorted((r["pid"], r["tid"], r["time"], r["period"]) for r in samples),
                         sorted((int(pid), int(tid), int(s + ns), int(period)) for pid, tid, s, ns, period in heads))
        raw = judge.run("perf", "script", "-D", "-i", self.recording, PAGER="cat")
        self.assertEqual(Counter(int(address, 16) for r in samples for address in r["chain"]),
                         Counter(int(address, 16) for address in re.findall(r"^\.{5} +\d+: ([0-9a-f]{16})$", raw, re.M)))

    def test_cut_and_damaged(self):
        whole = (self.golden / "events.data").read_bytes()
        nr = len(self.records(self.golden / "events.data"))
        self.recording.write_bytes(whole[:len(whole) // 2])
        done = self.run_it("dump", "-i", self.recording, status=1)
        self.assertIn("cut", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertTrue(10 < done.stdout.count("\n") < nr)
        # An MMAP2 that is too short for what it says.
        record = next(r for r in self.records(self.golden / "events.data") if r["type"] == "COMM")
        at = int(record["offset"], 16)
        size = record["size"]
        self.recording.write_bytes(whole[:at] + (10).to_bytes(4, "little") + whole[at + 4:at + 6] + size.to_bytes(2, "little") + whole[at + 8:])
        done = self.run_it("dump", "-i", self.recording, "--json", status=1)
        self.assertIn("1 records contradict", done.stderr)
        damaged = [r for r in map(json.loads, done.stdout.splitlines()) if "damaged" in r]
        self.assertEqual([(r["type"], r["offset"]) for r in damaged], [("MMAP2", record["offset"])])

    def test_errors(self):
        self.recording.write_bytes(b"no recording" * 20)
        self.assertIn("perf.data", self.run_it("dump", "-i", self.recording, status=4).stderr)
        self.run_it("dump", "-i", self.dir / "none", status=3)
        self.run_it("dump", "-i", self.golden / "events.data", "-o", self.dir / "none" / "out", status=6)
        self.run_it("dump", "-i", self.golden / "events.data", "-o", self.dir / "out")
        self.assertEqual((self.dir / "out").read_text(), self.run_it("dump", "-i", self.golden / "events.data"))
        self.assertEqual(sorted(os.listdir(self.dir)), ["out", "perf.data"])

    def test_header(self):
        with open(self.docs / "header.schema.json", encoding="utf-8") as file:
            rules = json.load(file)
        for name in ("events.data", "frequency.data"):
            path = self.golden / name
            told = json.loads(self.run_it("header", "-i", path, "--json"))
            self.assertEqual(list(schema.problems(told, rules)), [])
            samples = [r for r in self.records(path) if r["type"] == "SAMPLE"]
            self.assertEqual({e["name"]: e["samples"] for e in told["events"] if e["samples"]}, Counter(r["event"] for r in samples))
            self.assertEqual({e["name"]: e["events"] for e in told["events"] if e["samples"]},
                             {e: sum(r["period"] for r in samples if r["event"] == e) for e in {r["event"] for r in samples}})
            self.assertEqual((told["first_time"], told["last_time"]), (min(r["time"] for r in samples), max(r["time"] for r in samples)))
            text = self.run_it("header", "-i", path)
            for label, value in told["recording"].items():
                self.assertRegex(text, rf"# {re.escape(label)} +{re.escape(value)}\n")


if __name__ == "__main__":
    Dump.perfreport = pathlib.Path(sys.argv[1]).resolve()
    Dump.golden, Dump.docs = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    unittest.main(argv=sys.argv[:1])
