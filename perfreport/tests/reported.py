# SPDX-License-Identifier: GPL-2.0-or-later
"""A test beside what perfreport report says of the golden events.data."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from golden_test import build_id


class Reported(unittest.TestCase):
    """events: of report --json; dir: a build-id cache for run_it()."""

    perfreport = golden = None

    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="machperf-export-"))
        name = build_id(cls.golden / "twotasks.elf")
        place = cls.dir / ".build-id" / name[:2] / name[2:]
        place.mkdir(parents=True)
        shutil.copy(cls.golden / "twotasks.elf", place / "elf")
        cls.events = json.loads(cls.run_it("report", "--json"))["events"]

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    @classmethod
    def run_it(cls, *arguments):
        return subprocess.run([cls.perfreport, *arguments, "-i", cls.golden / "events.data", "--build-id-dir", cls.dir],
                              check=True, capture_output=True).stdout
