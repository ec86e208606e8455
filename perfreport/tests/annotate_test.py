#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""annotate_test.py PERFREPORT PROGRAM SCHEMA: samples on each instruction and source line, as the perf and the objdump of this
machine have them.
"""

import csv
import html.parser
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import judge
import schema

SKIP = 77
E_MACHINE_AT, EM_AARCH64 = 18, 183
FUNCTIONS = ("leaf", "recurse", "variable", "main")


class Page(html.parser.HTMLParser):
    """The ids and links of a page, and what loads something."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loads = set(), set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if "id" in found:
            assert found["id"] not in self.ids, found["id"]
            self.ids.add(found["id"])
        if tag == "a":
            self.links.add(found["href"])
        if tag in ("script", "img", "link", "iframe") or "src" in found:
            self.loads.append(tag)


class Annotate(unittest.TestCase):
    perfreport = program = schema_file = None

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.mkdtemp(prefix="machperf-annotate-")
        cls.recording = os.path.join(cls.place, "perf.data")
        subprocess.run(["perf", "record", "-q", "--no-buildid-cache", "-e", "cpu-clock:u,task-clock:u", "-F", "997", "-o", cls.recording,
                        "--", cls.program, "0.8"], check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.place)

    def ours(self, *options, view="annotate"):
        return judge.run(self.perfreport, view, "-i", self.recording, *options, HOME=self.place)

    def theirs(self, function):
        """{event: {address: samples}} of a function."""
        try:
            text = judge.run("perf", "--buildid-dir", self.place, "annotate", "-f", "--stdio", "-n", "-i", self.recording,
                             "-s", function)
        except subprocess.CalledProcessError as error:
            # perf 6.12's way to say that there are no samples.
            if error.returncode != -signal.SIGSEGV:
                raise
            return {}
        counts = {}
        for line in text.splitlines():
            title = re.search(r"Disassembly of \S+ for (\S+) \((\d+) samples", line)
            row = re.match(r"\s*(\d+)\s+:\s+([0-9a-f]+):", line)
            if title:
                counts[title[1]] = {}
                event = title[1]
            elif row and int(row[1]):
                counts[event][int(row[2], 16)] = int(row[1])
        return counts

    def test_counts_are_those_of_perf(self):
        compared = 0
        for function in FUNCTIONS:
            expected = self.theirs(function)
            found = {}
            if any(expected.values()):
                view = json.loads(self.ours(function, "--json"))
                self.assertEqual([item["symbol"] for item in view["functions"]], [function])
                for index, event in enumerate(view["events"]):
                    found[event["name"]] = {row["address"]: row["samples"][index] for row in view["functions"][0]["instructions"]
                                            if row["samples"][index]}
            compared += sum(sum(rows.values()) for rows in expected.values())
            self.assertEqual({event: rows for event, rows in found.items() if rows},
                             {event: rows for event, rows in expected.items() if rows}, function)
        self.assertGreater(compared, 400)

    def test_instructions_and_lines_are_those_of_objdump(self):
        """Where each begins, the opcodes of most, and the line of each."""
        view = json.loads(self.ours("leaf", "--json"))["functions"][0]
        rows = view["instructions"]
        disassembly = judge.run("objdump", "-d", f"--start-address={view['start']}", f"--stop-address={view['end']}", self.program)
        theirs = {int(match[1], 16): (match[2].replace(" ", ""), match[3]) for match in
                  re.finditer(r"^\s*([0-9a-f]+):\t([0-9a-f ]+?)\s*\t(?:(?:data16|cs) )*(\S+)", disassembly, re.M)}
        addresses = [row["address"] for row in rows]
        self.assertEqual(addresses, sorted(theirs))
        for row in rows:
            code, opcode = theirs[row["address"]]
            self.assertTrue(row["bytes"].startswith(code), (row, code))
            self.assertEqual(row["text"].split()[0].rstrip("ql")[:3], opcode.rstrip("ql")[:3])
        places = judge.run("addr2line", "-e", self.program, *map(hex, addresses)).splitlines()
        for row, place in zip(rows, places):
            path, line = re.sub(r" \(discriminator \d+\)", "", place).rsplit(":", 1)
            self.assertEqual((os.path.basename(row["file"]), row["line"]), (os.path.basename(path), int(line)))
            self.assertEqual(os.path.realpath(row["file"]), os.path.realpath(path))
        with open(rows[0]["file"], encoding="utf-8") as file:
            source = file.read().expandtabs(8).splitlines()
        shown = [row for row in rows if "source" in row]
        self.assertGreater(len(shown), 5)
        for row in shown:
            self.assertEqual(row["source"].split(), source[row["line"] - 1].split())

    def test_it_adds_up(self):
        """All functions together have what report has, event by event, in every form."""
        report = {(row["symbol"], event["name"]): (row["self"], row["self_events"])
                  for event in json.loads(self.ours("--json", view="report"))["events"] for row in event["rows"]
                  if not row["symbol"].startswith("0x")}
        view = json.loads(self.ours("--top", "1000", "--json"))
        found = {}
        for function in view["functions"]:
            for index, event in enumerate(view["events"]):
                sums = [sum(row[key][index] for row in function["instructions"]) for key in ("samples", "events")]
                self.assertEqual(sums, [function["samples"][index], function["events"][index]])
                if sums[0]:
                    found[(function["symbol"], event["name"])] = tuple(sums)
        self.assertEqual(found, report)
        for index, event in enumerate(view["events"]):
            named = sum(function["samples"][index] for function in view["functions"])
            self.assertEqual(named + event["unnamed"], event["samples"])
        rows = list(csv.DictReader(io.StringIO(self.ours("--top", "1000", "--csv"))))
        for event in view["events"]:
            self.assertEqual(sum(int(row[event["name"] + " samples"]) for row in rows), event["samples"] - event["unnamed"])
            self.assertEqual(sum(int(row[event["name"]]) for row in rows),
                             sum(self_events for (_, name), (_, self_events) in report.items() if name == event["name"]))
        text = self.ours("--top", "1000", "--event", "cpu-clock:u")
        counted = sum(int(match[1]) for match in re.finditer(r"^ {0,18}(\d+) +[0-9.]+% +[0-9a-f]+:", text, re.M))
        self.assertEqual(counted, view["events"][0]["samples"] - view["events"][0]["unnamed"])

    def test_which_functions(self):
        report = json.loads(self.ours("--json", "--sort", "symbol", view="report"))["events"][0]["rows"]
        hottest = next(row["symbol"] for row in report if not row["symbol"].startswith("0x"))
        view = json.loads(self.ours("--json"))
        self.assertEqual([function["symbol"] for function in view["functions"]], [hottest])
        self.assertGreater(view["more_functions"], 0)
        self.assertLessEqual(len(json.loads(self.ours("--json", "--top", "2"))["functions"]), 2)
        heavy = json.loads(self.ours("--json", "--percent-limit", "5"))["functions"]
        self.assertTrue(heavy)
        for function in heavy:
            self.assertGreaterEqual(max(events / event["events"] for events, event in zip(function["events"], view["events"])), 0.05)
        only = json.loads(self.ours("--json", "--symbol", "^recurse$", "--top", "10"))
        self.assertEqual([function["symbol"] for function in only["functions"]], ["recurse"])

    def test_json_follows_the_schema(self):
        with open(self.schema_file, encoding="utf-8") as file:
            rules = json.load(file)
        for options in ([], ["--top", "1000"], ["--event", "task-clock:u"], ["leaf"]):
            self.assertEqual(list(schema.problems(json.loads(self.ours("--json", *options)), rules)), [])

    def test_the_page(self):
        page = Page(self.ours("--html", "--top", "5", "-o", "-"))
        self.assertEqual(page.loads, [])
        self.assertGreater(len(page.links), 5)
        self.assertEqual({link[1:] for link in page.links} - page.ids, set())
        self.assertIn("f0", page.ids)

    def test_code_of_another_machine(self):
        """The counts are there by address and line, and it is said why the code is not."""
        away = os.path.join(self.place, "away")
        recording = os.path.join(self.place, "away.data")
        shutil.copy(self.program, away)
        subprocess.run(["perf", "record", "-q", "--no-buildid-cache", "-e", "cpu-clock:u", "-F", "997", "-o", recording, "--", away,
                        "0.2"], check=True, capture_output=True)
        with open(away, "r+b") as file:
            file.seek(E_MACHINE_AT)
            file.write(EM_AARCH64.to_bytes(2, "little"))
        view = json.loads(judge.run(self.perfreport, "annotate", "-i", recording, "--json", "leaf", HOME=self.place))
        function = view["functions"][0]
        self.assertGreater(function["samples"][0], 50)
        self.assertEqual(sum(row["samples"][0] for row in function["instructions"]), function["samples"][0])
        self.assertEqual({row["text"] for row in function["instructions"]}, {None})
        self.assertTrue(all(row["line"] for row in function["instructions"]))
        self.assertIn("not x86", function["why"])

    def test_errors(self):
        for words, options in ((["no_such", "report"], ["no_such"]), (["2 functions"], ["a", "b"])):
            done = subprocess.run([self.perfreport, "annotate", "-i", self.recording, *options], capture_output=True, text=True, check=False)
            self.assertIn(done.returncode, (2, 5))
            self.assertEqual((done.stdout, done.stderr.count("\n")), ("", 1))
            for word in words:
                self.assertIn(word, done.stderr)


if __name__ == "__main__":
    Annotate.perfreport, Annotate.program, Annotate.schema_file = sys.argv[1:4]
    if not judge.can_record():
        print("perf cannot record on this machine: nothing to compare")
        sys.exit(SKIP)
    unittest.main(argv=sys.argv[:1])
