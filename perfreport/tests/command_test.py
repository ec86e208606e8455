#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""command_test.py PERFREPORT GOLDEN_FOLDER SCHEMA: the command line, its errors and its JSON."""

import csv
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import schema


class Command(unittest.TestCase):
    perfreport = golden = schema_file = None

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.dir = pathlib.Path(self.place.name)
        self.events = self.golden / "events.data"

    def tearDown(self):
        self.place.cleanup()

    def run_it(self, *arguments, **options):
        return subprocess.run([self.perfreport, *map(str, arguments)], capture_output=True, text=True, cwd=self.dir,
                              env={**os.environ, "HOME": str(self.dir)}, **options)

    def refused(self, status, words, *arguments):
        """It ends with this status and one line that has these words, and writes nothing."""
        before = sorted(self.dir.iterdir())
        result = self.run_it(*arguments)
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("perfreport: "))
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertEqual(sorted(self.dir.iterdir()), before)

    def test_usage(self):
        self.refused(2, ["no view"])
        self.refused(2, ["flmae", "flame"], "flmae")
        self.refused(2, ["--frob"], "report", "--frob")
        self.refused(2, ["needs a value"], "report", "-i")
        self.refused(2, ["colour", "cpu"], "report", "--sort", "dso,colour")
        self.refused(2, ["--top"], "report", "--top", "many")
        self.refused(2, ["-i FILE"], "report", "perf.data")
        self.refused(2, ["--format", "pprof"], "export")
        self.refused(2, ["no format", "svg", "speedscope"], "export", "--format", "svg")
        self.refused(2, ["one of them"], "report", "--callers", "a", "--callees", "b")

    def test_options_of_other_views(self):
        """A view takes what it has, and nothing is ignored in silence."""
        for view, option in (("flame", "--csv"), ("flame", "--json"), ("header", "--html"), ("dump", "--html"), ("folded", "--json"),
                             ("bundle", "--csv"), ("export", "--html"), ("report", "--flame"), ("timeline", "--children"),
                             ("annotate", "--icicle"), ("header", "--sort=dso")):
            name = option.partition("=")[0]
            self.refused(2, [f"{view} has no option {name}", f"perfreport {view} --help"], view, "-i", self.events, option)
        self.refused(2, ["diff has no option --sort"], "diff", "--sort", "dso", self.events, self.events)
        self.refused(2, ["one of --json, --csv, --html"], "report", "--csv", "--json", "-i", self.events)
        self.refused(2, ["one of --json, --csv, --flame"], "diff", "--csv", "--flame", self.events, self.events)
        for view, option in (("dump", "--task=x"), ("dump", "--threads=1"), ("header", "--inline"), ("bundle", "--event=x"),
                             ("annotate", "--inline"), ("diff", "-i=x")):
            self.refused(2, [f"{view} has no option"], view, option, *[self.events] * 2 * (view == "diff"))
        for view, options, why in (("report", ["--title", "x"], "--html"), ("timeline", ["--csv", "--title", "x"], "--html"),
                                   ("diff", ["--icicle"], "--flame"), ("diff", ["--flame", "--top", "3"], "all functions"),
                                   ("timeline", ["--html", "--by", "cpu"], "lanes"), ("report", ["--callers", "a", "--sort", "dso"], "tree")):
            self.refused(2, [f"{options[-2] if options[-1][0] != '-' else options[-1]} does nothing here", why], view, *options,
                         *[self.events] * 2 * (view == "diff"))
        self.refused(2, ["--callers and --callees", "not --html"], "report", "--callers", "a", "--html", "-i", self.events)

    def test_help_of_views(self):
        """Each begins with examples, and has the options that the view takes, and no other."""
        overview = self.run_it("--help").stdout
        views = self.run_it("flmae").stderr.split("views: ")[1].split(" (")[0].split(", ")
        for view in views:
            self.assertIn(f"  {view} ", overview)
            text = self.run_it(view, "--help").stdout
            self.assertIn(f"\n  perfreport {view} ", text[:text.index(" --output")])
            for option, *value in (["sort", "dso"], ["children"], ["top", "3"], ["format", "json"], ["by", "cpu"], ["flame"],
                                   ["title", "x"], ["html"], ["csv"], ["json"], ["input", "x"], ["event", "x"], ["wall"], ["task", "x"],
                                   ["thread", "1"], ["dso", "x"], ["symbol", "x"], ["build-id-dir", "x"], ["symfs", "x"], ["inline"],
                                   ["threads", "1"], ["output", "x"]):
                said = self.run_it(view, f"--{option}", *value).stderr
                self.assertEqual(not re.search(f"^ .* --{option} ", text, re.M), f"{view} has no option" in said, (view, option, said))

    def test_man_pages(self):
        """Each view has a page, with the examples of its help and every option that it alone has."""
        views = self.run_it("flmae").stderr.split("views: ")[1].split(" (")[0].split(", ")
        man = pathlib.Path(self.schema_file).parent / "man"
        overview = (man / "perfreport.1").read_text()
        for view in views:
            self.assertIn(f".BR perfreport\\-{view} (1)\n", overview)
            page = (man / f"perfreport-{view}.1").read_text().replace("\\-", "-").replace("\\(aq", "'")
            told = self.run_it(view, "--help").stdout.partition("the same in most views:")[0]
            examples = re.search(r"^\.SH EXAMPLES\n\.EX\n(.*)^\.EE", page, re.M | re.S)[1].splitlines()
            self.assertEqual([re.split("  +", line.strip())[0] for line in re.findall("^  perfreport .*", told, re.M)], examples)
            for option in re.findall("^ +(--[a-z-]+)", told, re.M):
                self.assertRegex(page, rf"(?m)^\.B[RI]* .*{option}\b", (view, option))

    def table(self, *arguments):
        """The rows of a CSV; every line ends with CR LF."""
        done = subprocess.run([self.perfreport, *map(str, arguments)], capture_output=True, check=True,
                              env={**os.environ, "HOME": str(self.dir)})
        self.assertEqual(done.stdout.count(b"\r\n"), done.stdout.count(b"\n"))
        return list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))

    def test_header_csv(self):
        told = json.loads(self.run_it("header", "--json", "-i", self.events).stdout)
        rows = {(row["of"], row["name"]): row["value"] for row in self.table("header", "--csv", "-i", self.events)}
        self.assertEqual(int(rows["recording", "first time"]), told["first_time"])
        for event in told["events"]:
            for name, member in (("samples", "samples"), ("lost", "lost"), ("callchains", "callchains")):
                self.assertEqual(int(rows[event["name"], name]), event[member])
        self.assertIn("twotasks", rows["recording", "command"])

    def test_dump_csv(self):
        """The fields of JSON, one a line; a list has a line for each value."""
        records = [json.loads(line) for line in self.run_it("dump", "--json", "-i", self.events).stdout.splitlines()]
        expected = []
        for record in records:
            for name, value in record.items():
                if name not in ("offset", "type"):
                    for one in value if isinstance(value, list) else [value]:
                        expected.append((record["offset"], record["type"], name, str(one)))
        rows = [tuple(row.values()) for row in self.table("dump", "--csv", "-i", self.events)]
        self.assertEqual(rows, expected)

    def test_diff_csv(self):
        told = json.loads(self.run_it("diff", "--json", self.events, self.events).stdout)
        rows = self.table("diff", "--csv", self.events, self.events)
        expected = [(event["name"], row["symbol"], row["dso"], row["class"], row["base"]["self"], row["new"]["total_events"])
                    for event in told["events"] for row in event["rows"]]
        self.assertGreater(len(expected), 1)
        self.assertEqual([(row["event"], row["symbol"], row["dso"], row["class"], int(row["base_self"]), int(row["new_total_events"]))
                          for row in rows], expected)

    def test_callers_csv(self):
        symbol = next(row["symbol"] for row in self.table("report", "--children", "--csv", "-i", self.events))
        for way in ("--callers", "--callees"):
            expected = []

            def walk(event, nodes, depth):
                for node in nodes:
                    expected.append((event, depth, node["self"], node["total"], node["symbol"], node["dso"]))
                    walk(event, node["children"], depth + 1)

            for event in json.loads(self.run_it("report", way, symbol, "--json", "-i", self.events).stdout)["events"]:
                walk(event["name"], event["tree"], 0)
            rows = [(row["event"], int(row["depth"]), int(row["self"]), int(row["total"]), row["symbol"], row["dso"])
                    for row in self.table("report", way, symbol, "--csv", "-i", self.events)]
            self.assertEqual(rows, expected)
            self.assertGreater(len(rows), 1)

    def test_help(self):
        for option in ("--help", "-h", "--version"):
            result = self.run_it(option)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn("perfreport", result.stdout)
        self.assertIn("flame", self.run_it("--help").stdout)

    def test_unreadable(self):
        self.refused(3, ["nothing.data", "No such file"], "report", "-i", "nothing.data")
        self.refused(3, ["directory"], "flame", "-i", self.dir)
        self.refused(3, ["perf.data"], "report")

    def test_other_files(self):
        for name, content in (("empty", b""), ("text", b"hello\n" * 100), ("elf", b"\x7fELF" + bytes(200)),
                              ("short", b"PERFILE2")):
            (self.dir / name).write_bytes(content)
            self.refused(4, [name], "report", "-i", name)
            self.refused(4, [name], "flame", "-i", name)

    def test_nothing_to_show(self):
        self.refused(5, ["no event", "cycles", "page-faults"], "flame", "-i", self.events, "--event", "cycles")
        self.refused(5, ["no_such_function"], "report", "-i", self.events, "--callers", "no_such_function")

    def test_no_samples(self):
        """Cut behind the sideband records there is not one sample left."""
        whole = self.events.read_bytes()
        offset = int.from_bytes(whole[40:48], "little")
        (self.dir / "cut.data").write_bytes(whole[:offset + 200])
        self.refused(5, ["no samples", "cut"], "flame", "-i", "cut.data")

    def test_unwritable(self):
        self.refused(6, ["nowhere/x.html"], "flame", "-i", self.events, "-o", "nowhere/x.html")
        (self.dir / "folder").mkdir()
        self.refused(6, ["folder"], "flame", "-i", self.events, "-o", "folder")
        self.refused(6, ["No space"], "flame", "-i", self.events, "-o", "/dev/full")

    def test_truncated(self):
        """A recording that was cut is read up to the cut, and every view says so."""
        whole = self.events.read_bytes()
        offset = int.from_bytes(whole[40:48], "little")
        size = int.from_bytes(whole[48:56], "little")
        all_samples = json.loads(self.run_it("report", "-i", self.events, "--json").stdout)["events"][0]["samples"]
        (self.dir / "cut.data").write_bytes(whole[:offset + size * 3 // 4])
        result = self.run_it("report", "-i", "cut.data", "--json")
        self.assertEqual(result.returncode, 1)
        self.assertIn("incomplete", result.stderr)
        report = json.loads(result.stdout)
        self.assertTrue(report["incomplete"])
        self.assertTrue(0 < report["events"][0]["samples"] < all_samples)
        self.assertIn("INCOMPLETE", self.run_it("report", "-i", "cut.data").stdout)
        self.assertEqual(self.run_it("flame", "-i", "cut.data", "-o", "cut.html").returncode, 1)
        self.assertNotIn('"incomplete":null', (self.dir / "cut.html").read_text())

    def test_every_cut(self):
        """No length crashes it or makes it silent."""
        whole = self.events.read_bytes()
        for length in range(0, len(whole), 331):
            (self.dir / "cut.data").write_bytes(whole[:length])
            result = self.run_it("report", "-i", "cut.data")
            self.assertIn(result.returncode, (1, 4, 5), f"{length}: {result.stderr}")
            self.assertTrue(result.stderr)

    def test_standard_input_and_output(self):
        with open(self.events, "rb") as recording:
            piped = self.run_it("report", "-i", "-", stdin=recording)
        self.assertEqual(piped.returncode, 0, piped.stderr)
        self.assertEqual(piped.stdout, self.run_it("report", "-i", self.events).stdout)
        page = self.run_it("flame", "-i", self.events, "-o", "-")
        self.assertTrue(page.stdout.startswith("<!DOCTYPE html>"))

    def test_page_by_default_and_nothing_beside_it(self):
        self.assertEqual(self.run_it("flame", "-i", self.events).returncode, 0)
        self.assertEqual([path.name for path in self.dir.iterdir()], ["flame.html"])
        self.assertEqual((self.dir / "flame.html").stat().st_mode & 0o777, 0o666 & ~self.umask())

    @staticmethod
    def umask():
        mask = os.umask(0)
        os.umask(mask)
        return mask

    def test_json_follows_the_schema(self):
        with open(self.schema_file, encoding="utf-8") as file:
            rules = json.load(file)
        for options in ([], ["--children"], ["--sort", "task"], ["--sort", "thread,cpu"], ["--sort", "dso"],
                        ["--dso", "twotasks"], ["--percent-limit", "100"],
                        ["--sort", "symbol,task,cpu,thread,dso"], ["--sort", "comm,srcline", "--inline"], ["--top", "1"]):
            for recording in sorted(self.golden.glob("*.data")):
                result = self.run_it("report", "-i", recording, "--json", *options)
                if result.returncode == 5 and "filters" in result.stderr:
                    continue
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(list(schema.problems(json.loads(result.stdout), rules)), [])
        self.assertTrue(list(schema.problems({"events": [{"name": 1}]}, rules)))

    def test_rows_add_up(self):
        for keys in ("symbol", "dso", "task", "thread", "cpu", "task,cpu,symbol"):
            for event in json.loads(self.run_it("report", "-i", self.events, "--json", "--sort", keys).stdout)["events"]:
                self.assertEqual(sum(row["self"] for row in event["rows"]), event["samples"], keys)
                self.assertEqual(sum(row["self_events"] for row in event["rows"]), event["events"], keys)

    def test_filters(self):
        """Rows are those of the whole table that the filter names; what is left out is told."""
        def rows(*options):
            return {tuple(sorted(row.items())) for event in json.loads(
                self.run_it("report", "-i", self.events, "--json", "--sort", "task,thread,dso,symbol", *options).stdout)["events"]
                    for row in event["rows"]}
        def own(rows_):
            return {tuple((k, v) for k, v in row if not k.startswith("total")) for row in rows_}
        whole = rows()
        for option, key in (("--task", "task"), ("--thread", "tid"), ("--dso", "dso"), ("--symbol", "symbol")):
            value = dict(sorted(whole)[0])[key]
            expected = {row for row in whole if dict(row)[key] == value}
            self.assertTrue(0 < len(expected))
            self.assertEqual(own(rows(option, f"^{value}$" if key == "symbol" else value)), own(expected))
        text = self.run_it("report", "-i", self.events, "--dso", "twotasks").stdout
        self.assertIn("left out as asked for: 1 samples", text)
        self.refused(5, ["no samples", "filters"], "report", "-i", self.events, "--task", "nobody")
        self.refused(2, ["regular"], "report", "-i", self.events, "--symbol", "((")
        whole = self.run_it("export", "--format", "chrome", "-i", self.events).stdout
        part = self.run_it("export", "--format", "chrome", "-i", self.events, "--task", "parent task").stdout
        self.assertIn("child; \\u003ctask\\u003e/", whole)
        self.assertNotIn("child; \\u003ctask\\u003e/", part)
        self.assertIn("parent task/", part)

    def test_csv(self):
        for keys in ("dso,symbol", "task,thread,cpu"):
            report = json.loads(self.run_it("report", "-i", self.events, "--json", "--sort", keys).stdout)["events"]
            table = list(csv.reader(io.StringIO(self.run_it("report", "-i", self.events, "--csv", "--sort", keys).stdout)))
            self.assertEqual(table[0], ["event", "self", "total", "self_events", "total_events", *keys.split(",")])
            self.assertEqual([row[:5] for row in table[1:]],
                             [[event["name"], *(str(row[k]) for k in ("self", "total", "self_events", "total_events"))]
                              for event in report for row in event["rows"]])

    def test_percent_limit(self):
        self.refused(2, ["--percent-limit"], "report", "--percent-limit", "x")
        limited = self.run_it("report", "-i", self.events, "--csv", "--percent-limit", "20").stdout.splitlines()[1:]
        whole = self.run_it("report", "-i", self.events, "--csv").stdout.splitlines()[1:]
        self.assertTrue(0 < len(limited) < len(whole))
        self.assertLessEqual(set(limited), set(whole))

    def test_relatives(self):
        """Of addresses, as no symbols are found here: a caller's total is that of its callees and its own."""
        def address(row):
            return row["symbol"].startswith("0x")

        def check(node):
            below = sum(child["total"] for child in node["children"])
            self.assertEqual(node["total"], node["self"] + below)
            for child in node["children"]:
                check(child)

        rows = json.loads(self.run_it("report", "-i", self.events, "--json").stdout)["events"][0]["rows"]
        symbol = next(filter(address, rows))["symbol"]
        for option in ("--callers", "--callees"):
            result = self.run_it("report", "-i", self.events, "--json", option, symbol)
            event = json.loads(result.stdout)["events"][0]
            self.assertTrue(event["tree"])
            for root in event["tree"]:
                self.assertEqual(root["symbol"], symbol)
                check(root)
            self.assertIn(symbol, self.run_it("report", "-i", self.events, option, symbol).stdout)

    def test_header(self):
        text = self.run_it("header", "-i", self.events).stdout
        for word in ("command", "kernel", "cpu-clock", "page-faults", "lost 0", "with user frames"):
            self.assertIn(word, text)
        for word in ("broken", "without symbols"):  # nothing was looked up
            self.assertNotIn(word, text)

    def test_unresolved_objects_are_told(self):
        report = json.loads(self.run_it("report", "-i", self.events, "--json").stdout)
        self.assertIn("/usr/local/bin/twotasks", [entry["dso"] for entry in report["unresolved"]])
        self.assertIn("twotasks: not in the build-id cache", self.run_it("report", "-i", self.events).stdout)


if __name__ == "__main__":
    Command.perfreport, Command.golden = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    Command.schema_file = sys.argv[3]
    unittest.main(argv=sys.argv[:1])
