#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""timeline_test.py PERFREPORT GOLDEN_FOLDER SCHEMA: samples over time, as text, CSV and JSON.

The judge is this file's own reading of the recording: the times of its samples, one by one.
"""

import csv
import io
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

import schema

SAMPLE = 9
IP, TID, TIME, IDENTIFIER = 1 << 0, 1 << 1, 1 << 2, 1 << 16


def samples_of(whole):
    """(time, tid) of each sample of a recording, whatever its event."""
    attrs_offset, _, data_offset, data_size = struct.unpack_from("<4Q", whole, 24)
    kind = struct.unpack_from("<Q", whole, attrs_offset + 24)[0]
    assert kind & (IP | TID | TIME | IDENTIFIER) == IP | TID | TIME, hex(kind)
    at = data_offset
    while at < data_offset + data_size:
        record, _, size = struct.unpack_from("<IHH", whole, at)
        if record == SAMPLE:
            _, _, tid, time = struct.unpack_from("<QIIQ", whole, at + 8)
            yield time, tid
        at += size


class Timeline(unittest.TestCase):
    perfreport = golden = schema_file = None

    def run_it(self, *arguments, status=0):
        with tempfile.TemporaryDirectory() as home:
            result = subprocess.run([self.perfreport, "timeline", "-i", self.golden / "events.data", *map(str, arguments)],
                                    capture_output=True, text=True, env={**os.environ, "HOME": home})
        self.assertEqual(result.returncode, status, result.stderr)
        return result

    def expected(self, bins):
        """By thread and column, samples of all events."""
        samples = list(samples_of((self.golden / "events.data").read_bytes()))
        start, end = min(samples)[0], max(samples)[0]
        width = -(-(end - start + 1) // bins)
        counts = {}
        for time, tid in samples:
            counts[tid, (time - start) // width] = counts.get((tid, (time - start) // width), 0) + 1
        return start, width, counts

    def test_json(self):
        for by in ("task", "thread", "cpu", "event"):
            data = json.loads(self.run_it("--json", "--by", by).stdout)
            self.assertEqual(list(schema.problems(data, json.loads(self.schema_file.read_text()))), [])
            for event in data["events"]:
                self.assertEqual(event["by"], by)
                self.assertEqual(sum(sum(lane["samples"]) for lane in event["lanes"]), event["samples"])
                self.assertEqual(sum(sum(lane["events"]) for lane in event["lanes"]), event["events"])
                self.assertTrue(all(len(lane["samples"]) == event["nr_bins"] for lane in event["lanes"]))

    def test_columns(self):
        for bins in (1, 7, 64, 1000):
            start, width, expected = self.expected(bins)
            data, counts = json.loads(self.run_it("--json", "--bins", bins).stdout), {}
            for event in data["events"]:
                self.assertEqual((event["start_ns"], event["bin_ns"]), (start, width))
                for lane in event["lanes"]:
                    tid = int(lane["lane"].rsplit("/", 1)[1])
                    for column, number in enumerate(lane["samples"]):
                        if number:
                            counts[tid, column] = counts.get((tid, column), 0) + number
            self.assertEqual(counts, expected)

    def test_csv(self):
        data = json.loads(self.run_it("--json", "--by", "task", "--bins", 9).stdout)
        rows = iter(csv.DictReader(io.StringIO(self.run_it("--csv", "--by", "task", "--bins", 9).stdout)))
        for event in data["events"]:
            for lane in event["lanes"]:
                for column in range(event["nr_bins"]):
                    row = next(rows)
                    self.assertEqual((row["event"], row["task"]), (event["name"], lane["lane"]))
                    self.assertEqual((int(row["samples"]), int(row["events"])), (lane["samples"][column], lane["events"][column]))
                    self.assertEqual(int(row["start_ns"]), event["start_ns"] + column * event["bin_ns"])
        self.assertIsNone(next(rows, None))

    def test_text(self):
        """Blank exactly where nothing fell; the darkest where most did."""
        data = json.loads(self.run_it("--json", "--bins", 40).stdout)
        drawn = [line[line.index("|") + 1:-1] for line in self.run_it("--bins", 40).stdout.splitlines() if line.endswith("|")]
        for event in data["events"]:
            lanes = [drawn.pop(0) for _ in event["lanes"]]
            for lane, columns in zip(lanes, event["lanes"]):
                self.assertEqual([mark != " " for mark in lane], [number > 0 for number in columns["samples"]])
            most = max(max(lane["events"]) for lane in event["lanes"])
            self.assertTrue(all((mark == "@") >= (number == most) for lane, columns in zip(lanes, event["lanes"])
                                for mark, number in zip(lane, columns["events"])))
        self.assertEqual(drawn, [])

    def test_filters_and_top(self):
        whole = json.loads(self.run_it("--json", "--by", "task").stdout)["events"]
        first = json.loads(self.run_it("--json", "--by", "task", "--top", 1).stdout)["events"]
        self.assertEqual([event["lanes"] for event in first], [event["lanes"][:1] for event in whole])
        chosen = json.loads(self.run_it("--json", "--by", "task", "--task", "parent task").stdout)["events"]
        for event, all_of_it in zip(chosen, whole):
            self.assertTrue(all(lane["lane"].startswith("parent task (") for lane in event["lanes"]))
            self.assertEqual(sum(sum(lane["samples"]) for lane in event["lanes"]), event["samples"])
            self.assertEqual(event["samples"] + event["filtered"], all_of_it["samples"])

    def test_errors(self):
        self.assertIn("no key", self.run_it("--by", "colour", status=2).stderr)
        for wrong in ("0", "x", "100001"):
            self.assertIn("--bins", self.run_it("--bins", wrong, status=2).stderr)


if __name__ == "__main__":
    Timeline.perfreport, Timeline.golden, Timeline.schema_file = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    unittest.main(argv=sys.argv[:1])
