#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""report_page_test.py PERFREPORT GOLDEN_FOLDER CHROMIUM: the page of report in a real browser, held to report --json."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from browser import Browser
from golden_test import build_id

ROWS = """[...document.querySelectorAll("section")[%d].querySelectorAll("tbody tr")].filter(row => row.checkVisibility())
    .map(row => [...row.cells].map(cell => cell.dataset.value ?? cell.textContent))"""
SORTS = "[...document.querySelectorAll('section')[0].querySelectorAll('th')].map(head => head.ariaSort)"


class ReportPage(unittest.TestCase):
    perfreport = golden = chromium = None

    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="machperf-report-"))
        name = build_id(cls.golden / "twotasks.elf")
        place = cls.dir / ".build-id" / name[:2] / name[2:]
        place.mkdir(parents=True)
        shutil.copy(cls.golden / "twotasks.elf", place / "elf")
        cls.browser = Browser(cls.chromium)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        shutil.rmtree(cls.dir)

    def run_it(self, *options):
        return subprocess.run([self.perfreport, "report", "-i", self.golden / "events.data", "--build-id-dir", self.dir,
                               *options], check=True, capture_output=True).stdout

    def open(self, *options):
        page = self.dir / "report.html"
        self.run_it("--html", "-o", page, *options)
        self.page = self.browser.open(page.as_uri(), 1200, 900)
        heading = options.index("--title") if "--title" in options else len(options)  # of the page alone
        return json.loads(self.run_it("--json", *options[:heading], *options[heading + 2:]))["events"]

    def tearDown(self):
        self.assertEqual(self.page.problems(), [])
        self.assertTrue(all(url.startswith("file:///") for url in self.page.requests()), self.page.requests())
        self.assertLessEqual(len(self.page.requests()), 2)

    def rows(self, section=0):
        return self.page.value(ROWS % section)

    def test_rows(self):
        """Row for row what the JSON says, in its order; names of tasks are text."""
        for options in ((), ("--children",), ("--top", "2")):
            for section, event in enumerate(self.open(*options, "--title", "A <b>title</b>")):
                self.assertEqual(self.rows(section), [
                    [str(row[key]) for key in ("self_events", "total_events", "self", "self_events", "dso", "symbol")]
                    for row in event["rows"]])
            self.assertEqual(self.page.value("document.title"), "A <b>title</b>")
            self.assertEqual(self.page.value("document.querySelector('h1').textContent"), "A <b>title</b>")
        self.open("--sort", "comm")
        self.assertIn("child; <task>", [row[4] for row in self.rows()])

    def test_says_what_is_missing(self):
        self.open()
        text = self.page.value("document.body.textContent")
        for line in self.run_it().decode().splitlines():
            if line.startswith("# ") and "self    total" not in line and "more rows" not in line:
                self.assertIn(line, text)

    def test_sort(self):
        self.open("--children")
        before = self.rows()
        self.assertEqual(self.page.value(SORTS), [None, "descending", None, None, None, None])
        for column, selector in ((0, 1), (2, 3), (1, 2)):
            self.page.click_on(f"th:nth-child({selector}) button")
            values = [int(row[column]) for row in self.rows()]
            self.assertEqual(values, sorted(values, reverse=True))
            self.page.key("Enter")  # the button has the focus
            self.assertEqual([int(row[column]) for row in self.rows()], sorted(values))
            self.assertEqual(self.page.value(SORTS)[column], "ascending")
        self.page.click_on("th:nth-child(6) button")
        names = [row[5] for row in self.rows()]
        self.assertEqual(names, sorted(names, key=lambda name: (name.lower(), name)))
        self.assertEqual(sorted(self.rows()), sorted(before))
        self.assertEqual(self.page.value(SORTS).count(None), 5)

    def test_find(self):
        self.open("--children")
        before = self.rows()
        self.page.click_on("#find")
        self.page.type("LEAF")
        self.assertEqual(self.rows(), [row for row in before if "leaf" in row[5]])
        self.assertNotEqual(self.rows(), [])
        self.page.type("!")
        self.assertEqual(self.rows(), [])

    def test_trees_have_no_page(self):
        self.open()
        run = subprocess.run([self.perfreport, "report", "-i", self.golden / "events.data", "--callers", "leaf", "--html"],
                             check=False, capture_output=True, text=True)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("--json", run.stderr)


if __name__ == "__main__":
    ReportPage.perfreport, ReportPage.golden = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    ReportPage.chromium = sys.argv[3]
    unittest.main(argv=sys.argv[:1])
