#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""export_test.py PERFREPORT GOLDEN_FOLDER SCHEMA: each export, read by the rules of its format and added up.

What every function and event has must be what report says of it.
"""

import gzip
import json
import pathlib
import sys
import unittest
from collections import Counter

import schema
from golden_test import build_id
from reported import Reported


def wire(data):
    """The fields of a Protocol Buffers message: (number, value), value an integer or bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
        elif tag & 7 == 2:
            length = varint()
            yield tag >> 3, data[at:at + length]
            at += length
        else:
            raise ValueError(f"wire type {tag & 7}")
    if at != len(data):
        raise ValueError("a field reaches beyond the message")


def packed(data):
    """A list of varints."""
    values, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            values.append(value)
            value = shift = 0
    return values


class Export(Reported):
    schema_file = None

    def export(self, name, *options):
        return self.run_it("export", "--format", name, *options)

    def expected(self, event, column="self"):
        """What report says of an event: {symbol: its own}."""
        rows = Counter()
        for row in event["rows"]:
            rows[row["symbol"]] += row[column]
        return rows

    def test_folded(self):
        self.assertEqual(self.export("folded"), self.run_it("folded"))

    def test_same_bytes(self):
        for name in ("pprof", "speedscope", "firefox", "chrome", "json"):
            self.assertEqual(self.export(name), self.export(name), name)

    def test_one_event(self):
        for name, count in (("speedscope", lambda d: len(d["profiles"])), ("json", lambda d: len(d["events"])),
                            ("firefox", lambda d: len({t["name"].rsplit(" ", 1)[1] for t in d["threads"]}))):
            self.assertEqual(count(json.loads(self.export(name))), 2)
            self.assertEqual(count(json.loads(self.export(name, "--event", self.events[1]["name"]))), 1)

    def test_json(self):
        data = json.loads(self.export("json"))
        with open(self.schema_file, encoding="utf-8") as file:
            self.assertEqual(list(schema.problems(data, json.load(file))), [])
        for event, told in zip(data["events"], self.events):
            own, events = Counter(), Counter()
            for stack in event["stacks"]:
                own[data["frames"][stack["frames"][0]]["symbol"]] += stack["samples"]
                events[data["frames"][stack["frames"][0]]["symbol"]] += stack["events"]
                self.assertNotIn("task", {data["frames"][frame]["kind"] for frame in stack["frames"]})
            self.assertEqual(own, self.expected(told))
            self.assertEqual(events, self.expected(told, "self_events"))
            self.assertEqual(sum(own.values()), event["samples"])

    def test_speedscope(self):
        data = json.loads(self.export("speedscope", "--title", "A <title>"))
        self.assertEqual(data["name"], "A <title>")
        self.assertEqual(data["$schema"], "https://www.speedscope.app/file-format-schema.json")
        self.assertEqual([p["name"] for p in data["profiles"]], [e["name"] for e in self.events])
        frames = data["shared"]["frames"]
        for frame in frames:
            self.assertLessEqual(set(frame), {"name", "file", "line", "col"})
        for profile, told in zip(data["profiles"], self.events):
            self.assertEqual(set(profile), {"type", "name", "unit", "startValue", "endValue", "samples", "weights"})
            self.assertEqual((profile["type"], profile["unit"]), ("sampled", "none"))
            self.assertEqual(len(profile["samples"]), len(profile["weights"]))
            self.assertEqual(profile["endValue"] - profile["startValue"], sum(profile["weights"]))
            own = Counter()
            for stack, weight in zip(profile["samples"], profile["weights"]):
                own[frames[stack[-1]]["name"]] += weight
                self.assertIn(frames[stack[0]]["name"], ("twotasks", "parent task", "child; <task>", "perf-exec"))
            self.assertEqual(own, self.expected(told, "self_events"))

    def pprof(self):
        """The profile's fields: {number: [values]}, and its strings."""
        fields = {}
        for number, value in wire(gzip.decompress(self.export("pprof"))):
            fields.setdefault(number, []).append(value)
        return fields, [string.decode() for string in fields[6]]

    def test_pprof(self):
        fields, strings = self.pprof()
        self.assertEqual(strings[0], "")
        self.assertEqual(len(set(strings)), len(strings))
        self.assertLessEqual(set(fields), {1, 2, 3, 4, 5, 6, 10, 11, 12, 13})
        types = [strings[dict(wire(value))[1]] for value in fields[1]]
        self.assertEqual(types, [name for event in self.events for name in (event["name"], event["name"] + " samples")])
        functions = {dict(wire(f))[1]: strings[dict(wire(f))[2]] for f in fields[5]}
        locations = {}
        mappings = {dict(wire(mapping))[1] for mapping in fields[3]}
        for location in fields[4]:
            location = dict(wire(location))
            locations[location[1]] = functions[dict(wire(location[4]))[1]]
            self.assertIn(location[2], mappings | {0})
        values = [Counter() for _ in types]
        tasks = set()
        for sample in fields[2]:
            parts = list(wire(sample))
            stack, counts = packed(dict(parts)[1]), packed(dict(parts)[2])
            self.assertEqual(len(counts), len(types))
            for value, count in zip(values, counts):
                value[locations[stack[0]]] += count
            labels = {strings[dict(wire(label))[1]]: dict(wire(label)) for number, label in parts if number == 3}
            tasks.add(strings[labels["task"][2]])
            self.assertGreater(labels["pid"][3], 0)
        self.assertLessEqual({"parent task", "child; <task>"}, tasks)
        for index, event in enumerate(self.events):
            self.assertEqual(+values[2 * index], +self.expected(event, "self_events"))
            self.assertEqual(+values[2 * index + 1], +self.expected(event))
        comments = [strings[number] for number in fields[13]]
        self.assertTrue(any("lost 0" in comment for comment in comments), comments)

    def test_pprof_names_programs(self):
        fields, strings = self.pprof()
        files = {strings[dict(wire(m))[5]]: strings[dict(wire(m))[6]] for m in fields[3]}
        self.assertEqual(files["/usr/local/bin/twotasks"], build_id(self.golden / "twotasks.elf"))

    def test_firefox(self):
        data = json.loads(self.export("firefox"))
        shared = data["shared"]
        for name in ("stackTable", "frameTable", "funcTable", "resourceTable", "nativeSymbols", "sources"):
            for key, column in shared[name].items():
                if key != "length":
                    self.assertEqual(len(column), shared[name]["length"], f"{name}.{key}")
        for index, prefix in enumerate(shared["stackTable"]["prefix"]):
            self.assertTrue(prefix is None or prefix < index)
        own = {event["name"]: Counter() for event in self.events}
        for thread in data["threads"]:
            samples = thread["samples"]
            self.assertEqual(len(samples["stack"]), samples["length"])
            self.assertEqual(len(samples["time"]), samples["length"])
            self.assertEqual(samples["time"], sorted(samples["time"]))
            event = next(e["name"] for e in self.events if thread["name"].endswith(" " + e["name"]))
            for stack in samples["stack"]:
                function = shared["frameTable"]["func"][shared["stackTable"]["frame"][stack]]
                own[event][shared["stringArray"][shared["funcTable"]["name"][function]]] += 1
        for event in self.events:
            self.assertEqual(own[event["name"]], self.expected(event))

    def test_chrome(self):
        """On each track slices open and close in time order, none stays open, and each event's functions are there."""
        data = json.loads(self.export("chrome"))
        named = {edge["tid"]: edge["args"]["name"] for edge in data["traceEvents"] if edge["name"] == "thread_name"}
        names, last, stacks = set(), {}, {}
        for edge in data["traceEvents"]:
            if edge["ph"] == "M":
                continue
            track = edge["tid"]
            self.assertGreaterEqual(edge["ts"], last.get(track, 0), named[track])
            last[track] = edge["ts"]
            stack = stacks.setdefault(track, [])
            if edge["ph"] == "B":
                names.add(edge["name"])
                stack.append(edge["name"])
            else:
                self.assertEqual(stack.pop(), edge["name"], named[track])
        self.assertEqual(stacks, {track: [] for track in named})
        for event in self.events:
            self.assertLessEqual(set(self.expected(event)), names)
            self.assertTrue(any(name.endswith(" " + event["name"]) for name in named.values()))


if __name__ == "__main__":
    Export.perfreport, Export.golden = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    Export.schema_file = sys.argv[3]
    unittest.main(argv=sys.argv[:1])
