#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hostile_test.py PERFREPORT PROGRAM: objects whose ELF and DWARF were changed at random.

The samples of a recording fall into a program that is then damaged, keeping its build-id so that it is used: in its headers,
its symbols, its unwind information, its debug information. Whatever the damage, every view ends in time, with a status that the
man page has, and all samples are counted. MACHPERF_HOSTILE_ROUNDS (40) different damages, the same in every run.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import judge

SKIP = 77
ROUNDS = int(os.environ.get("MACHPERF_HOSTILE_ROUNDS", "40"))
FIRST = int(os.environ.get("MACHPERF_HOSTILE_FIRST", "0"))
SECONDS = 60
SECTIONS = (".debug_info", ".debug_abbrev", ".debug_line", ".debug_line_str", ".debug_str", ".debug_rnglists", ".debug_aranges",
            ".eh_frame", ".eh_frame_hdr", ".symtab", ".strtab", ".dynsym", ".text", "headers", "all")
VIEWS = (["report", "--inline", "--sort", "srcline,symbol", "--json"], ["annotate", "--top", "3", "--json"])
NUMBERS = (b"\0", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff\xff\xff\xff\xff", b"\x80\x80\x80\x80\x80\x80\x80\x7f")


class Hostile(unittest.TestCase):
    perfreport = program = None

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.mkdtemp(prefix="machperf-hostile-")
        cls.object = os.path.join(cls.place, "program")
        cls.recording = os.path.join(cls.place, "perf.data")
        shutil.copy(cls.program, cls.object)
        subprocess.run(["perf", "record", "-q", "--no-buildid-cache", "-e", "cpu-clock:u", "-F", "997", "--call-graph", "dwarf,4096", "-o",
                        cls.recording, "--", cls.object, "0.3"], check=True, capture_output=True)
        with open(cls.object, "rb") as file:
            cls.whole = file.read()
        cls.sections = {match[1]: (int(match[2], 16), int(match[3], 16)) for match in re.finditer(
            r"\] (\S+)\s+\S+\s+[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+) ", judge.run("readelf", "-SW", cls.object))}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.place)

    def places(self, name):
        """Offsets in the file that may be changed."""
        note, length = self.sections[".note.gnu.build-id"]
        headers = int.from_bytes(self.whole[40:48], "little")
        if name == "headers":  # of ELF, segments and sections
            chosen = [*range(16, 64), *range(64, 64 + 13 * 56), *range(headers, len(self.whole))]
        elif name == "all":
            chosen = range(4, len(self.whole))
        else:
            chosen = range(self.sections[name][0], sum(self.sections[name]))
        return [place for place in chosen if not note <= place < note + length]

    def damaged(self, seed):
        chance = random.Random(seed)
        bytes_ = bytearray(self.whole)
        name = SECTIONS[seed % len(SECTIONS)]
        places = self.places(name)
        for _ in range(chance.choice((1, 3, 10, 50))):
            place = chance.choice(places)
            change = chance.choice(NUMBERS) if chance.random() < 0.5 else bytes([chance.randrange(256)])
            for at, byte in enumerate(change):
                if place + at < len(bytes_) and (name in ("headers", "all") or place + at <= places[-1]):
                    bytes_[place + at] = byte
        if chance.random() < 0.1:
            del bytes_[chance.randrange(len(bytes_)):]
        return bytes_

    def test_damage(self):
        samples = json.loads(self.view("report", "--json").stdout)["events"][0]["samples"]
        self.assertGreater(samples, 50)
        for seed in range(FIRST, FIRST + ROUNDS):
            with open(self.object, "wb") as file:
                file.write(self.damaged(seed))
            for options in VIEWS:
                with self.subTest(seed=seed, view=options[0]):
                    done = self.view(*options)
                    self.assertIn(done.returncode, (0, 5) if options[0] == "annotate" else (0,), done.stderr[-2000:])
                    if done.returncode == 0:
                        self.assertEqual(json.loads(done.stdout)["events"][0]["samples"], samples)

    def view(self, name, *options):
        return subprocess.run([self.perfreport, name, "-i", self.recording, *options], capture_output=True, text=True, check=False,
                              timeout=SECONDS, env={**os.environ, "HOME": self.place})


if __name__ == "__main__":
    Hostile.perfreport, Hostile.program = sys.argv[1:3]
    if not judge.can_record():
        print("perf cannot record on this machine: nothing to damage")
        sys.exit(SKIP)
    unittest.main(argv=sys.argv[:1])
