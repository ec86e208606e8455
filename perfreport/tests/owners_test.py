#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""owners_test.py PERFREPORT GOLDEN_FOLDER CHROMIUM NPM FOLDER: the exports, opened by the code they are made for.

speedscope, as its owner publishes it, opens its own format, and as a third party pprof, Chrome's trace and folded
stacks; the Firefox profiler's command line, which has the profiler's own importer, opens its. What they say of each
function must be what report says. They are fetched into FOLDER once, and checked against owners/package-lock.json.
pprof's owner publishes a schema; protoc must find every field in it. SARIF's is published with its owner's tool, and ajv
holds the gate's to it.
"""

import base64
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest
from collections import Counter

from browser import Browser
from reported import Reported

SKIP = 77
SCHEMA = pathlib.Path("/usr/share/gocode/src/github.com/google/pprof/proto/profile.proto")
SARIF = """const Ajv = require("ajv/dist/2020");
const schema = require("@microsoft/sarif-multitool-linux/sarif-2.1.0.json");
const check = new Ajv({strict: false, validateFormats: false, allErrors: true}).compile(schema);
check(JSON.parse(require("fs").readFileSync(0)));
console.log(JSON.stringify(check.errors || []));"""
TABLE = """[...document.querySelectorAll("table tr")].map(row =>
    [...row.querySelectorAll("td")].map(cell => cell.innerText.trim()))"""
SECONDS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1}


def fetch(npm, folder):
    """The packages below folder, or None where they can't be had."""
    here = pathlib.Path(__file__).resolve().parent / "owners"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (here / "package-lock.json").read_bytes()
    done = folder / "package-lock.json"
    if done.exists() and done.read_bytes() == lock:
        return folder / "node_modules"
    for name in ("package.json", "package-lock.json"):
        shutil.copy(here / name, folder / name)
    run = subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True,
                         text=True, check=False, timeout=120)
    if run.returncode == 0:
        return folder / "node_modules"
    done.unlink()
    if "EINTEGRITY" in run.stderr:
        sys.exit(run.stderr)
    print(f"npm cannot fetch the viewers: {run.stderr.strip()[-300:]}")
    return None


def amount(text):
    """'749.29ms (59%)' in seconds, '1,204 (3%)' as a number."""
    number, unit = re.match(r"([\d,.]+)\s*([nµm]?s)?", text).groups()
    return float(number.replace(",", "")) * SECONDS.get(unit, 1)


class Owners(Reported):
    chromium = packages = None

    def told(self, event, column):
        rows = Counter()
        for row in event["rows"]:
            rows[row["symbol"]] += row[column]
        return +rows

    def viewed(self, data, name):
        """What speedscope shows of a file: its title and {function: its own}."""
        load = self.dir / "load.js"
        load.write_text(f"speedscope.loadFileFromBase64({json.dumps(name)}, {json.dumps(base64.b64encode(data).decode())})")
        with Browser(self.chromium) as browser:
            page = browser.open(f"{(self.packages / 'speedscope/dist/release/index.html').as_uri()}#localProfilePath={load}", 1400, 4000)
            page.wait("document.title !== 'speedscope' && document.body.innerText.includes('Sandwich')")
            page.key("3")
            page.wait("document.body.innerText.includes('Symbol Name') && document.querySelector('table td') !== null")
            own = Counter()
            for cells in page.value(TABLE):
                # Beside functions there is the table of profiles: number, name, length.
                if len(cells) == 3 and re.search(r"%\)$", cells[1]):
                    own[cells[2]] += amount(cells[1])
            self.assertEqual(page.problems(), [])
            self.assertTrue(all(url.startswith("file:") for url in page.requests()))
            return page.value("document.body.innerText"), +own

    def test_speedscope(self):
        for event in self.events:
            data = self.run_it("export", "--format", "speedscope", "--event", event["name"])
            with self.subTest(event["name"]):
                title, own = self.viewed(data, "profile.speedscope.json")
                self.assertIn(event["name"], title)
                self.assertEqual(own, self.told(event, "self_events"))

    def test_pprof_in_speedscope(self):
        """It shows the last kind of values: samples."""
        for event in self.events:
            data = self.run_it("export", "--format", "pprof", "--event", event["name"])
            with self.subTest(event["name"]):
                self.assertEqual(self.viewed(data, "profile.pb.gz")[1], self.told(event, "self"))

    def test_folded_in_speedscope(self):
        for event in self.events:
            data = self.run_it("export", "--format", "folded", "--event", event["name"])
            with self.subTest(event["name"]):
                self.assertEqual(self.viewed(data, "profile.txt")[1], self.told(event, "self"))

    def test_chrome_in_speedscope(self):
        """The tracks are there, and what it adds up of one is what its slices leave each other."""
        data = self.run_it("export", "--format", "chrome")
        slices = json.loads(data)["traceEvents"]
        tracks = {s["tid"]: s["args"]["name"] for s in slices if s["name"] == "thread_name"}
        title, own = self.viewed(data, "trace.json")
        number = int(re.search(r"\(tid (\d+)\) \(\d+/(\d+)\)", title)[1])
        self.assertEqual(int(re.search(r"\(\d+/(\d+)\)", title)[1]), len(tracks))
        self.assertIn(tracks[number], title)
        expected, stack, before = Counter(), [], 0
        for edge in (s for s in slices if s["ph"] in "BE" and s["tid"] == number):
            if stack:
                expected[stack[-1]] += edge["ts"] - before
            before = edge["ts"]
            if edge["ph"] == "B":
                stack.append(edge["name"])
            else:
                stack.pop()
        for name in set(own) | {name for name, time in expected.items() if time > 1}:
            self.assertAlmostEqual(own[name], expected[name] / 1e6, delta=0.001 * sum(own.values()), msg=name)

    def firefox(self, *arguments):
        """An answer of the Firefox profiler's command line."""
        return subprocess.run(["node", self.packages / "@firefox-devtools/profiler-cli/dist/profiler-cli.js", *arguments],
                              env=os.environ | {"PROFILER_CLI_SESSION_DIR": str(self.dir)}, check=False, timeout=60,
                              capture_output=True, text=True)

    def firefox_json(self, *arguments):
        run = self.firefox(*arguments, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def test_firefox(self):
        profile = self.dir / "firefox.json"
        profile.write_bytes(self.run_it("export", "--format", "firefox"))
        self.addCleanup(self.firefox, "stop", "--all")
        self.firefox("load", profile)
        end = time.monotonic() + 30  # it says that it isn't ready when a slow machine needs more than its half second
        while self.firefox("thread", "list").returncode and time.monotonic() < end:
            time.sleep(0.2)
        own = {event["name"]: Counter() for event in self.events}
        totals = {event["name"]: 0 for event in self.events}
        for thread in self.firefox_json("thread", "list")["threads"]:
            event = next(name for name in own if thread["name"].endswith(" " + name))
            for function in self.firefox_json("thread", "functions", "--include-idle", "--thread",
                                              thread["threadHandle"])["functions"]:
                own[event][function["name"]] += function["selfSamples"]
                totals[event] += function["selfSamples"]
        for event in self.events:
            self.assertEqual(+own[event["name"]], self.told(event, "self"))
            self.assertEqual(totals[event["name"]], event["samples"])

    def sarif_errors(self, text):
        run = subprocess.run(["node", "-e", SARIF], cwd=self.packages.parent, input=text, capture_output=True, text=True, check=True,
                             timeout=60)
        return json.loads(run.stdout)

    def test_sarif(self):
        """What the gate's golden test holds to the byte is SARIF; and something else is not."""
        for path in sorted((self.golden / "gate").glob("*.sarif")):
            text = path.read_text()
            self.assertEqual(self.sarif_errors(text), [], path.name)
            self.assertNotEqual(self.sarif_errors(text.replace('"version": "2.1.0"', '"version": "3"')), [])
        self.assertNotEqual(self.sarif_errors(text.replace('"level": ', '"levels": ')), [])

    @unittest.skipUnless(shutil.which("protoc") and SCHEMA.exists(), "no protoc or no golang-github-google-pprof-dev")
    def test_pprof_schema(self):
        data = gzip.decompress(self.run_it("export", "--format", "pprof"))
        text = subprocess.run(["protoc", f"--proto_path={SCHEMA.parent}", "--decode=perftools.profiles.Profile", SCHEMA.name],
                              input=data, check=True, capture_output=True).stdout.decode()
        self.assertEqual(re.findall(r"^\s*\d+[:\s].*", text, re.M), [], "fields that the schema does not have")
        for message in ("sample_type", "sample", "mapping", "location", "function"):
            self.assertRegex(text, rf"(?m)^{message} {{")
        strings = re.findall(r'^string_table: "(.*)"$', text, re.M)
        kinds = [strings[int(number)] for number in re.findall(r"^sample_type {\n  type: (\d+)", text, re.M)]
        self.assertEqual(kinds, [kind for event in self.events for kind in (event["name"], event["name"] + " samples")])
        sums = [0] * len(kinds)
        for body in re.findall(r"^sample {\n(.*?)^}", text, re.M | re.S):
            for index, value in enumerate(re.findall(r"^  value: (\d+)", body, re.M)):
                sums[index] += int(value)
        self.assertEqual(sums, [event[column] for event in self.events for column in ("events", "samples")])


if __name__ == "__main__":
    Owners.perfreport, Owners.golden = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    Owners.chromium = sys.argv[3]
    Owners.packages = fetch(sys.argv[4], pathlib.Path(sys.argv[5]).resolve())
    if Owners.packages is None:
        sys.exit(SKIP)
    unittest.main(argv=sys.argv[:1])
