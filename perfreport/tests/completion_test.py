#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""completion_test.py PERFREC PERFREPORT SCRIPT: what bash offers is what the commands take."""

import pathlib
import re
import subprocess
import sys
import unittest

ASK = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ' \
      '_machperf "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf "%s\\n" "${COMPREPLY[@]}"'


class Completion(unittest.TestCase):
    perfrec = perfreport = script = None

    def offered(self, *words):
        run = subprocess.run(["bash", "-c", ASK, "bash", self.script, *words], check=True, capture_output=True, text=True)
        self.assertEqual(run.stderr, "")
        return run.stdout.split()

    def says(self, *words):
        return subprocess.run(words, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20).stderr

    def test_subcommands(self):
        views = re.search(r"views: (.*) \(", self.says(self.perfreport))[1].split(", ")
        self.assertEqual(set(self.offered(self.perfreport, "")), {*views, "gate", "history", "--help", "--version"})
        self.assertEqual(self.offered(self.perfreport, "fl"), ["flame"])
        for command in self.offered(self.perfrec, "")[:4]:
            self.assertIn(command, subprocess.run([self.perfrec, "--help"], check=True, capture_output=True, text=True).stdout)

    def test_options(self):
        """Every option offered is one that the command knows, and one it doesn't is called so."""
        for command, *sub in ((self.perfreport, "report"), (self.perfreport, "gate"), (self.perfreport, "history", "add"),
                              (self.perfrec, "record"), (self.perfrec, "stat")):
            options = [option for option in self.offered(command, *sub, "-") if option not in ("--help", "-h", "--version")]
            self.assertGreater(len(options), 7, sub)
            unknown = self.says(command, *sub, "--bogus").replace("--bogus", "")
            for option in options:
                # An unknown option ends the reading of the line before another one does.
                said = self.says(command, *sub, option, "--bogus", "--bogus")
                self.assertNotEqual(said.replace(option, ""), unknown, option)
        self.assertIn("--percent-limit", self.offered(self.perfreport, "report", "--per"))
        self.assertIn("--call-graph", self.offered(self.perfrec, "record", "--call"))

    def test_values(self):
        for words, option in ((("export",), "--format"), (("report",), "--sort"), (("timeline",), "--by")):
            values = self.offered(self.perfreport, *words, option, "")
            told = re.search(r"(?:formats|keys): (.*)", self.says(self.perfreport, *words, option, "bogus"))[1].split(", ")
            self.assertEqual(set(values), set(told))
        self.assertEqual(self.offered(self.perfreport, "export", "--format", "pp"), ["pprof"])
        self.assertEqual(self.offered(self.perfreport, "report", "-i", ""), [])


if __name__ == "__main__":
    Completion.perfrec, Completion.perfreport = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:3])
    Completion.script = sys.argv[3]
    unittest.main(argv=sys.argv[:1])
