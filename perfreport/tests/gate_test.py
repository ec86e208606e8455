#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""gate_test.py PERFREPORT RECORDINGS NOISE DOCS: the gate and the history, on results made here, on recordings of stock
perf, and on a table of the noise of one host."""

import copy
import json
import os
import random
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import schema

PERFREPORT, RECORDINGS, NOISE, DOCS = (os.path.abspath(argument) for argument in sys.argv[1:5])
SANITIZED = "MACHPERF_SANITIZED" in os.environ
LAYOUTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "perturbed", "zlib.json")


def result(functions, events=("instructions:u",), perturbed=(), **more):
    """A result of perfrec stat. functions: {name: [values]}; perturbed: one {name: [values]} for each layout."""
    def values(table, name):
        return table.get(name, [0] * len(events))

    def total(table, n):
        return sum(row[n] for row in table.values())

    names = sorted(set(functions).union(*perturbed))
    made = {
        "format": 1, "recorder": "machperf test", "command": ["work"], "scope": "task",
        "machine": {"emulator": "E", "kernel": "K", "cpu": "C", "pmu": "P", "pmu_version": 3, "model": 1,
                    "icount_shift": 3, "tsc_khz": 1, "cpus": 1, "deterministic": True},
        "regime": "deterministic", "runs": 1, "same": True, "exit": {"status": 0},
        "events": [{"name": event, "value": total(functions, n), "deviation": 0, "values": [total(functions, n)],
                    "enabled_ns": 1, "running_ns": 1, "share": 1} for n, event in enumerate(events)],
        "ratios": [],
        "functions": [{"function": name.partition("@")[0], "object": name.partition("@")[2] or "work", "address": "0x1000",
                       "values": values(functions, name)} for name in names],
    }
    if perturbed:
        made["perturbed"] = len(perturbed)
        for n, event in enumerate(made["events"]):
            event["perturbed"] = [total(image, n) for image in perturbed]
        for name, row in zip(names, made["functions"]):
            row["perturbed"] = [values(image, name) for image in perturbed]
    made.update(more)
    return made


class Gate(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="machperf-gate-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, contents):
        with open(self.path(name), "w") as f:
            f.write(contents if isinstance(contents, str) else json.dumps(contents))
        return name

    def run_tool(self, *arguments):
        return subprocess.run([PERFREPORT, *arguments], capture_output=True, text=True, cwd=self.folder,
                              env=dict(os.environ, HOME=self.folder, TZ="UTC"))

    def gate(self, base, new, *options, expect):
        """The verdict as JSON, checked against its schema."""
        done = self.run_tool("gate", "--base", self.file("base.json", base), "--new", self.file("new.json", new),
                             "--format", "json", *options)
        self.assertEqual((done.returncode, done.stderr), (expect, ""), done.stdout)
        verdict = json.loads(done.stdout)
        with open(os.path.join(DOCS, "gate.schema.json")) as f:
            self.assertEqual(list(schema.problems(verdict, json.load(f))), [])
        self.assertEqual(verdict["exit"], expect)
        return verdict

    def rows(self, verdict, status="regression"):
        return [(row["event"], row["function"]) for row in verdict["rows"] if row["status"] == status]

    def refused(self, *arguments, says):
        """One clear line, exit status 2."""
        done = self.run_tool(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(says, done.stderr)


class Deterministic(Gate):
    BASE = {"hot": [1000], "cold": [10], "enter@[kernel.kallsyms]": [0]}

    def test_same(self):
        verdict = self.gate(result(self.BASE), result(self.BASE), expect=0)
        self.assertEqual((verdict["verdict"], verdict["rows"]), ("pass", []))

    def test_one_instruction(self):
        new = dict(self.BASE, cold=[11])
        verdict = self.gate(result(self.BASE), result(new), expect=1)
        self.assertEqual(self.rows(verdict), [("instructions:u", "cold"), ("instructions:u", None)])
        row = verdict["rows"][0]
        self.assertEqual((row["new"], row["base"], row["change"], row["why"], row["class"]), (11, 10, 1, "exact", "grown"))

    def test_direction(self):
        """Less is no regression, and with --strict asks for a new base."""
        new = dict(self.BASE, hot=[999])
        verdict = self.gate(result(self.BASE), result(new), expect=0)
        self.assertEqual(self.rows(verdict, "improvement")[0], ("instructions:u", "hot"))
        self.gate(result(self.BASE), result(new), "--strict", expect=4)
        self.gate(result(self.BASE), result(dict(new, cold=[11])), "--strict", expect=1)

    def test_addresses_and_file_name_mean_nothing(self):
        new = result(self.BASE)
        new["command"] = ["work-2"]
        for row in new["functions"]:
            row["address"] = "0x9999"
            row["object"] = "work-2" if row["object"] == "work" else row["object"]
        self.gate(result(self.BASE), new, expect=0)

    def test_renamed_new_removed(self):
        base = {"a": [500], "split.constprop.0": [300], "old": [200]}
        verdict = self.gate(result(base), result({"a": [500], "split.isra.0": [300], "fresh": [200]}), "--all", expect=0)
        was = {row["function"]: (row["was"], row["class"]) for row in verdict["rows"]}
        self.assertEqual(was["split.isra.0"], ("split.constprop.0", "renamed"))
        self.assertEqual(was["fresh"], ("old", "renamed"))
        # Moved, not grown: one function became two.
        verdict = self.gate(result(base), result({"a": [500], "split.isra.0": [300], "x": [150], "y": [50]}), expect=0)
        self.assertEqual(self.rows(verdict), [])
        # New work is a regression.
        verdict = self.gate(result(base), result(dict(base, extra=[7])), expect=1)
        self.assertEqual(self.rows(verdict)[0], ("instructions:u", "extra"))
        self.assertEqual(verdict["rows"][0]["class"], "new")

    def test_layout_events(self):
        """Without a measured spread a change of cache misses is no verdict; with one it counts outside of it."""
        event = ("cache-misses:u",)
        base, within, outside = {"hot": [1000], "cold": [9000]}, {"hot": [1030], "cold": [9000]}, {"hot": [1200], "cold": [9000]}
        verdict = self.gate(result(base, event), result(within, event), expect=3)
        self.assertEqual(self.rows(verdict, "inconclusive")[0], ("cache-misses:u", "hot"))
        around = [{"hot": [985 + 5 * n], "cold": [9001 - n]} for n in range(8)]
        shifted = [{"hot": [row["hot"][0] + 200], "cold": row["cold"]} for row in around]
        self.gate(result(base, event, around), result(within, event, around), expect=0)
        verdict = self.gate(result(base, event, around), result(outside, event, shifted), expect=1)
        self.assertEqual(self.rows(verdict)[0], ("cache-misses:u", "hot"))
        # Layout deals counts out by chance: few images may lie apart by it.
        verdict = self.gate(result(base, event, around[:3]), result(outside, event, shifted[:3]), expect=3)
        self.assertEqual({row["why"] for row in verdict["rows"]}, {"may be chance"})
        self.assertIn("with 4 and 4 images layout may do that to one of 3 functions by chance: count both sides with --perturb 5",
                      verdict["notes"][0]["text"])
        # The kernel's instructions are not exact, either.
        kernel = {"hot": [1000], "clock@[kernel.kallsyms]": [100]}
        self.gate(result(kernel, ("instructions",)), result({"hot": [1000], "clock@[kernel.kallsyms]": [120]},
                                                           ("instructions",)), expect=3)

    def test_budgets(self):
        new = dict(self.BASE, hot=[1015])
        rules = self.file("rules", "# budgets\nbudget * hot 2%\ntotal instructions:u 20\n")
        verdict = self.gate(result(self.BASE), result(new), "--rules", rules, "--all", expect=0)
        row = [row for row in verdict["rows"] if row["function"] == "hot"][0]
        self.assertEqual((row["status"], row["why"], row["allowed"], row["rule"]), ("within", "within budget", 20, 2))
        self.file("rules", "budget * hot 14\ntotal * 1%\n")
        verdict = self.gate(result(self.BASE), result(new), "--rules", rules, expect=1)
        self.assertEqual(self.rows(verdict)[0], ("instructions:u", "hot"))
        event = ("cache-misses:u",)
        self.file("rules", "tolerance cache-misses:u h*@work 5%\nbudget cache-misses:u c* 1\ntotal * 100\n")
        self.gate(result(self.BASE, event), result(dict(self.BASE, hot=[1040]), event), "--rules", rules, expect=0)
        self.gate(result(self.BASE, event), result(dict(self.BASE, hot=[1060]), event), "--rules", rules, expect=1)

    def test_suppressions(self):
        new = dict(self.BASE, hot=[1100])
        rules = self.file("rules", "suppress instructions:u hot owner=ann expires=2030-01-31 rewritten soon\n")
        verdict = self.gate(result(self.BASE), result(new), "--rules", rules, "--today", "2030-01-31", expect=0)
        self.assertEqual(self.rows(verdict, "suppressed")[0], ("instructions:u", "hot"))
        verdict = self.gate(result(self.BASE), result(new), "--rules", rules, "--today", "2030-02-01", expect=1)
        self.assertIn("rules:1: the suppression of hot expired on 2030-01-31 (ann)", verdict["notes"][0]["text"])

    def test_rules_are_pointed_at(self):
        base = self.file("base.json", result(self.BASE))
        for text, says in (("budget instructions:u\n", "rules:1: it is"), ("\nbugdet * f 1\n", "rules:2: no rule"),
                           ("budget * f many\n", 'rules:1: no number of events or percentage: "many"'),
                           ("# x\n\nbudget cache-mises:u f 1\n", 'rules:3: unknown event "cache-mises:u"; there are: instructions:u'),
                           ("suppress * f owner=a\n", "rules:1: it is"),
                           ("suppress * f owner=a now x\n", "rules:1: a suppression needs an end"),
                           ("suppress * f expires=2030-01-01 x\n", "rules:1: a suppression needs an owner"),
                           ("suppress * f owner=a expires=2030-13-01\n", "rules:1: no date"),
                           ('budget * "f 1\n', "rules:1: a quote is not closed")):
            with self.subTest(text):
                self.file("rules", text)
                self.refused("gate", "--base", base, "--new", base, "--rules", "rules", says=says)

    def test_validity(self):
        """Never a pass: each difference is a reason."""
        base = result(self.BASE)
        for place, value, says in ((("machine", "kernel"), "K2", "the kernel is K2, but K"),
                                   (("machine", "icount_shift"), 4, "icount-shift"), (("machine", "cpu"), "D", "processor"),
                                   (("machine", "model"), 2, "model"), (("scope",), "system", "scope"),
                                   (("exit", "status"), 1, "the workload failed"),
                                   (("events", 0, "share"), 0.5, "on a counter for 50.0 %")):
            new = copy.deepcopy(base)
            at = new
            for step in place[:-1]:
                at = at[step]
            at[place[-1]] = value
            with self.subTest(place):
                verdict = self.gate(base, new, expect=3)
                self.assertIn(says, verdict["notes"][0]["text"])
                self.assertTrue(verdict["notes"][0]["fatal"])
        self.gate(base, result(self.BASE, machine=dict(base["machine"], kernel="K2")), "--allow", "kernel", expect=0)
        other = result(self.BASE, ("branches:u",))
        self.assertIn("it has no event", self.gate(base, other, expect=3)["notes"][0]["text"])

    def test_input_errors(self):
        good = self.file("base.json", result(self.BASE))
        self.refused("gate", "--base", good, "--new", "missing.json", says="missing.json: cannot read: No such file")
        self.refused("gate", "--base", good, "--new", self.file("e", ""), says="the file is empty")
        self.refused("gate", "--base", good, "--new", self.file("j", "{"), says="j: not JSON")
        self.refused("gate", "--base", good, "--new", self.file("j", dict(result(self.BASE), format=2)), says='"format" is not 1')
        old = result(self.BASE)
        del old["regime"]
        self.refused("gate", "--base", good, "--new", self.file("j", old), says='"regime" is missing')
        self.refused("gate", "--base", good, "--new", NOISE, says="it is of the statistical regime")
        self.refused("gate", "--base", good, says="--new is missing")
        self.refused("gate", "--base", good, "--new", good, "--format", "yaml", says='no format "yaml"')
        self.refused("gate", good, says="is it --base or --new?")

    def test_a_recording_without_samples(self):
        with open(os.path.join(RECORDINGS, "frequency.data"), "rb") as f:
            data = bytearray(f.read())
        at, size = struct.unpack_from("<QQ", data, 40)
        end = at + size
        while at < end:
            kind, _, length = struct.unpack_from("<IHH", data, at)
            if kind == 9: # PERF_RECORD_SAMPLE becomes PERF_RECORD_FINISHED_ROUND
                struct.pack_into("<I", data, at, 68)
            at += length
        with open(self.path("none.data"), "wb") as f:
            f.write(data)
        self.refused("gate", "--base", "none.data", "--new", "none.data", says="none.data: no samples in it")
        self.refused("history", "add", "--db", "h.db", "--label", "x", "none.data", says="none.data: no samples in it")
        self.assertFalse(os.path.exists(self.path("h.db")))

    def test_selftest(self):
        done = self.run_tool("gate", "--selftest", "--base", self.file("base.json", result(self.BASE)))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("2 of 2 caught", done.stdout)
        # A gate that cannot see one instruction more says so.
        done = self.run_tool("gate", "--selftest", "--base",
                             self.file("base.json", result(self.BASE, ("cache-misses:u",))))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)


class Formats(Gate):
    """Byte-stable, and what the readers of each format ask for."""

    BASE = {"hot": [1000], "operator<< [a|b]": [200], "muted": [50], "good": [70]}
    NEW = {"hot": [1001], "operator<< [a|b]": [203], "muted": [60], "good": [69]}
    RULES = "suppress * muted owner=ann expires=2030-01-31 known & wanted\n"

    def make(self, form, new=None, **more):
        base, new = self.file("base.json", result(self.BASE)), self.file("new.json", result(new or self.NEW, **more))
        done = [self.run_tool("gate", "--base", base, "--new", new, "--format", form, "--today", "2030-01-01",
                              "--rules", self.file("rules", self.RULES)) for _ in range(2)]
        self.assertEqual(done[0].stdout, done[1].stdout)
        return done[0].stdout

    def test_text(self):
        self.assertEqual(self.make("text"), """\
regression: exit status 1; deterministic, new 1 vs base 1 run
REGRESSION instructions:u operator<< [a|b] [work]: new 203 vs base 200 (+3, +1.50 %): exact; grown
REGRESSION instructions:u hot [work]: new 1001 vs base 1000 (+1, +0.10 %): exact; grown
REGRESSION instructions:u (total): new 1333 vs base 1320 (+13, +0.98 %): exact; grown
IMPROVEMENT instructions:u good [work]: new 69 vs base 70 (-1, -1.43 %): exact; shrunk
SUPPRESSED instructions:u muted [work]: new 60 vs base 50 (+10, +20.00 %): suppressed until 2030-01-31 by ann: known & wanted, rules:1; grown
3 regression, 0 inconclusive, 1 improvement, 1 suppressed, 0 within, 0 unchanged
""")

    def test_markdown(self):
        text = self.make("markdown")
        self.assertTrue(text.startswith("### perfreport gate: regression\n"))
        self.assertIn(r"| regression | instructions:u | operator&lt;&lt; \[a\|b\] \[work\] | new 203 vs base 200 (+3, +1.50 %) | exact |", text)
        for line in text.splitlines():
            if line.startswith("| ") and line != "| | event | function | new vs base | why |":
                self.assertRegex(line, r"new \d+ vs base \d+")

    def test_junit(self):
        for more in ({}, {"scope": "system"}):
            path = self.path(self.file("gate.xml", self.make("junit", **more)))
            done = subprocess.run(["xmllint", "--noout", "--schema", os.path.join(DOCS, "junit.xsd"), path],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('failures="3" errors="0" skipped="1"', self.make("junit"))
        self.assertIn('<error type="inconclusive"', self.make("junit", scope="system"))

    def test_sarif(self):
        log = json.loads(self.make("sarif"))
        self.assertEqual((log["version"], len(log["runs"])), ("2.1.0", 1))
        run = log["runs"][0]
        rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
        self.assertEqual([r["level"] for r in run["results"]], ["error", "error", "error", "note", "note"])
        for entry in run["results"]:
            self.assertIn(entry["ruleId"], rules)
            self.assertRegex(entry["message"]["text"], r"new \d+ vs base \d+")
        self.assertEqual(run["results"][0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "work!operator<< [a|b]")
        self.assertEqual(run["results"][-1]["suppressions"][0]["justification"], "known & wanted")
        self.assertEqual(run["invocations"][0]["exitCode"], 1)
        notes = json.loads(self.make("sarif", scope="system"))["runs"][0]["invocations"][0]
        self.assertEqual(notes["toolExecutionNotifications"][0]["level"], "error")

    def test_golden(self):
        """To the byte. MACHPERF_BLESS=1 writes them anew; SARIF and JUnit go to a schema that others made before they are
        committed: OASIS' sarif-schema-2.1.0.json, and JUnit.xsd of Apache Ant's JUnit task."""
        for name, more in (("regression", {}), ("inconclusive", {"scope": "system"})):
            for form, ending in (("json", "json"), ("junit", "xml"), ("markdown", "md"), ("sarif", "sarif")):
                path, text = os.path.join(RECORDINGS, "gate", f"{name}.{ending}"), self.make(form, **more)
                if os.environ.get("MACHPERF_BLESS"):
                    with open(path, "w") as f:
                        f.write(text)
                with self.subTest(path), open(path) as f:
                    self.assertEqual(text, f.read())

    def test_output_file(self):
        done = self.run_tool("gate", "--base", self.file("b", result(self.BASE)), "--new", self.file("n", result(self.NEW)),
                             "-o", "out.txt")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        with open(self.path("out.txt")) as f:
            self.assertTrue(f.read().startswith("regression: exit status 1"))
        done = self.run_tool("gate", "--base", "b", "--new", "n", "-o", "no/such/place")
        self.assertEqual(done.returncode, 2)


class Statistical(Gate):
    """On the noise of one host: perfreport/tests/noise/record.sh made the table."""

    def table(self):
        with open(NOISE) as f:
            table = json.load(f)
        with open(os.path.join(DOCS, "runs.schema.json")) as f:
            self.assertEqual(list(schema.problems(table, json.load(f))), [])
        return table

    def split(self, factor, function="find_primes", runs=44):
        """Two halves of the first recordings, in turns; in the second a function is slower. Their moments are not known."""
        table = self.table()
        table["runs"] = table["runs"][:runs]
        for run in table["runs"]:
            del run["start"]
        base, new = copy.deepcopy(table), copy.deepcopy(table)
        base["runs"] = [run for n, run in enumerate(table["runs"]) if n % 4 in (0, 3)]
        new["runs"] = copy.deepcopy([run for n, run in enumerate(table["runs"]) if n % 4 in (1, 2)])
        place = [row["function"] for row in table["functions"]].index(function)
        for run in new["runs"]:
            more = run["values"][0][place] * (factor - 1)
            run["values"][0][place] += more
            run["quality"][0]["total"] += more
        return base, new

    def test_same_program(self):
        self.assertEqual(self.rows(self.gate(*self.split(1), expect=0)), [])

    def test_slower(self):
        verdict = self.gate(*self.split(1.5), expect=1)
        self.assertEqual(self.rows(verdict)[0], ("cpu-clock:u", "find_primes"))
        self.assertTrue(all(function in ("find_primes", None) for _, function in self.rows(verdict)))
        row = verdict["rows"][0]
        self.assertLess(row["p"], 0.005)
        self.assertLess(row["low"], 0.5)
        self.assertGreater(row["high"], 0.4)

    def test_faster_fails_no_other(self):
        """A large function that became faster makes no other slower."""
        base, new = self.split(0.5, "mix_hash")
        self.assertEqual(self.rows(self.gate(base, new, expect=0)), [])

    def pair(self, base, new, order="abba"):
        """Give the runs the moments at which they began; order: whose turn it is."""
        turns = {"a": iter(base["runs"]), "b": iter(new["runs"])}
        for n in range(2 * len(base["runs"])):
            next(turns[order[n % len(order)]])["start"] = 1e12 + n * 3e9
        return base, new

    def test_pairs(self):
        """Runs in turns are compared in pairs; a host that is slow for a while is no regression, nor hides one."""
        for factor, expect in ((1, 0), (1.3, 1)):
            base, new = self.pair(*self.split(factor))
            for n in range(len(base["runs"])):
                for run in (base["runs"][n], new["runs"][n]):
                    slow = 1 + n % 5
                    run["values"][0] = [value * slow for value in run["values"][0]]
                    run["quality"][0]["total"] *= slow
            verdict = self.gate(base, new, expect=expect)
            self.assertEqual((verdict["paired"], verdict["scaled"]), (True, False))
            self.assertEqual([row for row in self.rows(verdict) if row[1]], [("cpu-clock:u", "find_primes")] * expect)
        # In any order of the files; and what may go unseen is said.
        random.Random(1).shuffle(new["runs"])
        shuffled = self.gate(base, new, expect=1)
        self.assertEqual(shuffled["rows"], verdict["rows"])
        self.assertRegex(verdict["notes"][-1]["text"], r"a slowdown of \w+ of less than .* % may stay unseen; about \d+ such runs")

    def test_recorded_pairs(self):
        """The two of a pair ran at the same time: what the clock says of them in the recordings makes them pairs."""
        table = self.table()
        base, new = (dict(table, runs=[run for run in table["runs"] if run["source"].endswith(f"-{side}.data")]) for side in "ab")
        verdict = self.gate(base, new, expect=0)
        self.assertTrue(verdict["paired"])
        self.assertEqual(verdict["runs"], {"new": 180, "base": 180})

    def test_no_pairs(self):
        for made in (self.split(1), self.pair(*self.split(1), order="a" * 22 + "b" * 22),
                     self.pair(*self.split(1), order="aabb")):
            self.assertFalse(self.gate(*made, expect=0)["paired"])
        # One moment for all, as of recordings of the emulator, is no order.
        base, new = self.split(1)
        for run in base["runs"] + new["runs"]:
            run["start"] = 1e9
        self.assertFalse(self.gate(base, new, expect=0)["paired"])

    def test_too_few_runs(self):
        base, new = self.split(1.5)
        base["runs"], new["runs"] = base["runs"][:3], new["runs"][:3]
        verdict = self.gate(base, new, expect=3)
        self.assertRegex(verdict["notes"][0]["text"], r"3 and 3 runs cannot reach the level .* record \d+ runs of each side")

    def test_validity(self):
        for member, value, says in (("lost", 1e6, "samples were lost"), ("throttled", 1e6, "throttled"),
                                    ("running", 0.5, "on a counter")):
            base, new = self.split(1)
            new["runs"][0]["quality"][0][member] = value
            with self.subTest(member):
                self.assertIn(says, self.gate(base, new, expect=3)["notes"][0]["text"])
        base, new = self.split(1)
        new["runs"][0]["incomplete"] = True
        self.gate(base, new, expect=3)
        base, new = self.split(1)
        new["facts"]["frequency of cpu-clock:u"] = "99"
        self.assertIn("frequency of cpu-clock:u", self.gate(base, new, expect=3)["notes"][0]["text"])

    @unittest.skipIf(SANITIZED, "the model's self-test takes the same paths")
    def test_null(self):
        done = self.run_tool("gate", "--null", "1000", "--base", NOISE)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("Clopper-Pearson", done.stdout)
        self.assertIn("1000 comparisons of 160 runs with 160 others", done.stdout)
        bound = float(done.stdout.split("at most ")[1].split(" ")[0])
        self.assertLessEqual(bound, 1)

    @unittest.skipIf(SANITIZED, "the model's self-test takes the same paths")
    def test_null_of_layouts(self):
        """zlib in 20 layouts, counted by perfrec stat --per-function --perturb 19: no false failure, however few are compared."""
        for runs, code in ((10, 0), (9, 0), (5, 3), (3, 3)):
            done = self.run_tool("gate", "--null", "1000", "--base", LAYOUTS, "--runs", str(runs))
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            self.assertIn(f"1000 comparisons of {runs} runs with {runs} others of the same 20 (deterministic): 0 false failures", done.stdout)
        self.assertIn("comparisons had no verdict: so few images may lie apart by chance", done.stdout)
        done = self.run_tool("gate", "--selftest", "--base", LAYOUTS)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @unittest.skipIf(SANITIZED, "the model's self-test takes the same paths")
    def test_selftest_on_noise(self):
        """2 % in each function of at least 5 %, at the default number of runs, in real noise."""
        done = self.run_tool("gate", "--selftest", "--base", NOISE)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        found = re.search(r"2 % slower, (\d+) functions of at least 5 %: (\d+) of (\d+) caught .* first in (\d+)", done.stdout)
        functions, caught, trials, first = (int(number) for number in found.groups())
        self.assertGreaterEqual(functions, 6)
        self.assertGreaterEqual(caught, 0.99 * trials)
        self.assertGreaterEqual(first, 0.95 * trials)
        self.assertEqual(len(re.findall("functions of .* to", done.stdout)), 5)
        # Runs that are too few to see it are no success.
        done = self.run_tool("gate", "--selftest", "--base", NOISE, "--runs", "30")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)

    def test_null_fails_when_it_cries_wolf(self):
        done = self.run_tool("gate", "--null", "100", "--alpha", "0.9", "--min-effect", "0", "--min-impact", "0",
                             "--base", NOISE)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)

    def test_selftest_on_the_model(self):
        done = self.run_tool("gate", "--selftest")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("self-test: passed", done.stdout)
        # Effects that are asked to be larger than those put in are not seen: it says so.
        done = self.run_tool("gate", "--selftest", "--min-effect", "30")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("self-test: FAILED", done.stdout)

    def test_recordings(self):
        """Stock perf's recordings are runs; one of each side is too few, and no pass."""
        recording = os.path.join(RECORDINGS, "frequency.data")
        done = self.run_tool("gate", "--base", recording, "--new", recording)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        done = self.run_tool("gate", "--base", recording, recording, "--write-runs", "runs.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path("runs.json")) as f, open(os.path.join(DOCS, "runs.schema.json")) as g:
            table = json.load(f)
            self.assertEqual(list(schema.problems(table, json.load(g))), [])
        self.assertEqual(len(table["runs"]), 2)
        for run in table["runs"]:
            for values, quality in zip(run["values"], run["quality"]):
                self.assertEqual(sum(values), quality["total"])
        report = self.run_tool("report", "-i", recording, "--json")
        totals = [event["events"] for event in json.loads(report.stdout)["events"]]
        self.assertEqual([quality["total"] for quality in table["runs"][0]["quality"]], totals)


class History(Gate):
    def history(self, *arguments, expect=0):
        done = self.run_tool("history", *arguments)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout if expect == 0 else done.stderr

    def fill(self, counts, db="h.db"):
        for n, count in enumerate(counts):
            self.history("add", "--db", db, "--label", f"v{n}", "--date", "2030-01-01",
                         self.file("r.json", result({"hot": [count], "cold": [10]})))

    def test_baseline(self):
        self.fill([1000, 1000])
        self.assertIn("accepted: main v1", self.history("accept", "--db", "h.db", "--label", "v1", "--reason", "fine"))
        self.assertEqual(self.history("list", "--db", "h.db"),
                         "     1  2030-01-01  main  v0  deterministic, 1 run\n"
                         "*    2  2030-01-01  main  v1  deterministic, 1 run; accepted: fine\n")
        for count, status in ((1000, 0), (1001, 1)):
            done = self.run_tool("gate", "--history", "h.db", "--new", self.file("n", result({"hot": [count], "cold": [10]})))
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)

    def test_changes_and_charts(self):
        self.fill([1000, 1000, 1007, 1007, 1007])
        self.assertEqual(self.history("changes", "--db", "h.db", "--function", "hot"),
                         "v2  instructions:u  hot: new 1007 vs base 1000 (+0.70 %)\n")
        chart = self.history("chart", "--db", "h.db", "--event", "instructions:u", "--function", "hot")
        self.assertIn("|**\n", chart)
        self.assertIn("+--^--\n", chart)
        if shutil.which("gnuplot"):
            for name, begin in (("c.svg", b"<?xml"), ("c.png", b"\x89PNG")):
                self.history("chart", "--db", "h.db", "--event", "instructions:u", "-o", name)
                with open(self.path(name), "rb") as f:
                    self.assertTrue(f.read().startswith(begin))
        self.assertIn("has no nothing of event", self.history(
            "chart", "--db", "h.db", "--event", "instructions:u", "--function", "nothing", expect=2))

    def test_change_points_of_noise(self):
        """E-divisive finds the one step in a noisy series, and none where there is none."""
        with open(NOISE) as f:
            table = json.load(f)
        place = [row["function"] for row in table["functions"]].index("checksum")
        for series, step in (("flat", 1), ("step", 1.3)):
            for n in range(24):
                one = dict(table, runs=[copy.deepcopy(table["runs"][2 * n])])
                if n >= 12:
                    one["runs"][0]["values"][0][place] *= step
                self.history("add", "--db", "n.db", "--series", series, "--label", str(n), self.file("r.json", one))
        options = ("--db", "n.db", "--function", "checksum")
        found = self.history("changes", *options, "--series", "step", "--level", "0.006")
        self.assertEqual([line.split()[0] for line in found.splitlines()], ["12"], found)
        self.assertEqual(self.history("changes", *options, "--series", "flat", "--level", "0.006"), "")

    def test_errors_leave_it_untouched(self):
        self.fill([1000])
        with open(self.path("h.db"), "rb") as f:
            before = f.read()
        good = self.file("good.json", result({"hot": [1], "cold": [1]}))
        for arguments, says in (
                (("add", "--db", "h.db", "--label", "x", "missing.json"), "cannot read"),
                (("add", "--db", "h.db", "--label", "x", self.file("bad", "{}")), "bad: "),
                (("add", "--db", "h.db", "--label", "x", good, self.file("e", "")), "the file is empty"),
                (("add", "--db", "h.db", "--label", "v0", good), "already has an entry v0"),
                (("accept", "--db", "h.db", "--label", "x"), "has no entry x"),
                (("add", "--db", "h.db", good), "--label and files are needed"),
                (("frob", "--db", "h.db"), "the commands are"),
                (("list",), "--db is missing")):
            with self.subTest(arguments):
                self.refused("history", *arguments, says=says)
        with open(self.path("h.db"), "rb") as f:
            self.assertEqual(f.read(), before)
        self.refused("gate", "--history", "h.db", "--new", good, says="no entry of series main is accepted")
        self.refused("gate", "--history", "none.db", "--new", good, says="none.db: cannot read")
        self.assertFalse(os.path.exists(self.path("none.db")))

    def test_files_that_are_none(self):
        good = self.file("good.json", result({"hot": [1]}))
        self.file("text.db", "no database, but long enough to be looked at\n" * 40)
        self.refused("history", "list", "--db", "text.db", says="not an SQLite file")
        with sqlite3.connect(self.path("other.db")) as other:
            other.execute("CREATE TABLE t (x)")
        self.refused("history", "add", "--db", "other.db", "--label", "x", good, says="no history of perfreport")
        self.fill([1000] * 3)
        with sqlite3.connect(self.path("h.db")) as newer:
            newer.execute("PRAGMA user_version = 9")
        self.refused("history", "list", "--db", "h.db", says="another version")

    def test_damaged(self):
        self.fill([1000] * 3)
        with open(self.path("h.db"), "r+b") as f:
            f.seek(4096)
            f.write(b"\xff" * 8192)
        good = self.file("good.json", result({"hot": [1]}))
        with open(self.path("h.db"), "rb") as f:
            before = f.read()
        self.refused("history", "add", "--db", "h.db", "--label", "x", good, says="damaged")
        with open(self.path("h.db"), "rb") as f:
            self.assertEqual(f.read(), before)

    def test_locked(self):
        self.fill([1000])
        good = self.file("good.json", result({"hot": [1]}))
        with open(self.path("h.db"), "rb") as f:
            before = f.read()
        other = sqlite3.connect(self.path("h.db"), isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        self.refused("history", "add", "--db", "h.db", "--label", "x", good, says="locked")
        other.execute("ROLLBACK")
        other.close()
        with open(self.path("h.db"), "rb") as f:
            self.assertEqual(f.read(), before)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
