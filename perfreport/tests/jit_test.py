#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""jit_test.py PERFREPORT: code made at run time, named by the map that its program writes, as the perf of this machine names it."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

import judge

SKIP = 77
# A program that writes three loops into memory without a file, or of memfd_create with -DNAMED, and a map of the first two.
PROGRAM = r"""
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
static const unsigned char loop[] = {0x55, 0x48, 0x89, 0xe5, 0xb9, 0, 0, 0x10, 0, 0xff, 0xc9, 0x75, 0xfc, 0x5d, 0xc3};
int main(void)
{
	unsigned char *code;
	char path[64];
	int fd = -1, flags = MAP_PRIVATE | MAP_ANONYMOUS;
	FILE *map;

#ifdef NAMED
	fd = memfd_create("double", 0);
	flags = MAP_SHARED;
	if (ftruncate(fd, 8192) != 0)
		return 1;
#endif
	code = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, flags, fd, 0);
	code += 4096;
	for (int i = 0; i < 3; i++)
		memcpy(code + 64 * i, loop, sizeof loop);
	snprintf(path, sizeof path, "/tmp/perf-%d.map", getpid());
	map = fopen(path, "w");
	fprintf(map, "%lx %zx first<int>(a, b)\nnonsense\n%lx 0 nothing\n", (long)code, sizeof loop, (long)code);
	fprintf(map, "%lx %zx LazyCompile:~second file.js:3\n%lx %x\n", (long)code + 64, sizeof loop, (long)code + 128, 1);
	fclose(map);
	puts(path);
	while (clock() < CLOCKS_PER_SEC / 2)
		for (int i = 0; i < 3; i++)
			((void (*)(void))(code + 64 * i))();
}
"""


class Jit(unittest.TestCase):
    perfreport = None

    def setUp(self):
        self.record()

    def record(self, *options):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.dir = pathlib.Path(place.name)
        source = self.dir / "maker.c"
        source.write_text(PROGRAM)
        subprocess.run(["cc", "-O1", "-fno-omit-frame-pointer", *options, source, "-o", self.dir / "maker"], check=True)
        self.data = self.dir / "perf.data"
        self.home = {**os.environ, "HOME": str(self.dir)}  # one cache of files by build-id for both: the vdso comes from there
        done = subprocess.run(["perf", "record", "-q", "-g", "-e", "cpu-clock:u", "-F", "2000", "-o", self.data, "--", self.dir / "maker"],
                              check=True, capture_output=True, text=True, env=self.home)
        self.map = pathlib.Path(done.stdout.strip())
        self.addCleanup(self.map.unlink, missing_ok=True)
        self.name = f"[JIT] tid {self.map.stem.split('-')[1]}"  # as perf calls it

    def table(self, *options, data=None):
        done = subprocess.run([self.perfreport, "report", "-i", data or self.data, "--json", *options],
                              check=True, capture_output=True, text=True, env=self.home)
        told = json.loads(done.stdout)
        return {(row["dso"], row["symbol"]): row["self"] for row in told["events"][0]["rows"] if row["self"]}, told

    def as_perf(self):
        text = subprocess.run(["perf", "report", "--stdio", "--no-children", "-g", "none", "-i", self.data, "--sort", "dso,sym",
                               "-F", "sample,dso,sym"], check=True, capture_output=True, text=True, env=self.home).stdout
        theirs = Counter()
        for line in text.splitlines():
            if line.strip() and not line.startswith("#"):
                samples, dso, symbol = re.match(r"\s*(\d+)\s+(.*?)\s+\[.\] (.*)$", line).groups()
                theirs[dso, symbol.strip()] += int(samples)
        return dict(theirs)

    def test_as_perf(self):
        ours, _ = self.table()
        for symbol in ("first<int>(a, b)", "LazyCompile:~second file.js:3"):
            self.assertGreater(ours[self.name, symbol], 100)
        self.assertEqual(ours, self.as_perf())
        nameless = sum(samples for (dso, symbol), samples in ours.items() if dso == self.name and symbol.startswith("0x"))
        self.assertGreater(nameless, 100)

    def test_named_memory(self):
        """perf takes memory of memfd_create for a file that is gone; its map names it all the same, and without one we are as perf."""
        self.record("-DNAMED")
        named, _ = self.table()
        for symbol in ("first<int>(a, b)", "LazyCompile:~second file.js:3"):
            self.assertGreater(named[self.name, symbol], 100)
        self.map.unlink()
        nameless, told = self.table()
        self.assertEqual(nameless, self.as_perf())
        self.assertEqual(sum(number for (dso, _), number in nameless.items() if dso.startswith("memfd:double")),
                         sum(number for (dso, _), number in named.items() if dso == self.name))
        self.assertIn("/memfd:double (deleted)", [entry["dso"] for entry in told["unresolved"]])

    def test_bundle(self):
        """It goes along: the same where there is no such file."""
        before, _ = self.table()
        subprocess.run([self.perfreport, "bundle", "-i", self.data, "-o", self.dir / "b"], check=True, env=self.home)
        self.map.unlink()
        self.assertEqual(self.table(data=self.dir / "b")[0], before)

    def test_not_there(self):
        root = self.dir / "root"
        (root / "tmp").mkdir(parents=True)
        shutil.copy(self.map, root / "tmp" / self.map.name)
        there, _ = self.table()
        self.map.unlink()
        ours, told = self.table()
        self.assertNotIn((self.name, "first<int>(a, b)"), ours)
        why = {entry["dso"]: entry["why"] for entry in told["unresolved"]}
        self.assertIn("no map of its symbols", why[str(self.map)])
        # Below another root it is found.
        elsewhere, _ = self.table("--symfs", str(root))
        self.assertEqual(elsewhere[self.name, "first<int>(a, b)"], there[self.name, "first<int>(a, b)"])

    @unittest.skipUnless(os.geteuid() == 0, "another user's file takes root to make")
    def test_another_users(self):
        os.chown(self.map, 12345, 12345)
        with open(self.data, "rb") as data:
            run = subprocess.run(["setpriv", "--reuid", "23456", "--regid", "23456", "--clear-groups", self.perfreport, "report", "-i", "-",
                                  "--json"], check=True, capture_output=True, stdin=data)
        told = json.loads(run.stdout)
        why = {entry["dso"]: entry["why"] for entry in told["unresolved"]}
        self.assertIn("another user's", why[str(self.map)])


if __name__ == "__main__":
    if not judge.can_record():
        print("perf cannot record here")
        sys.exit(SKIP)
    Jit.perfreport = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=sys.argv[:1])
