#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""linux_test.py PERFREPORT FOLDER: recordings of stock perf on Debian's Linux (FOLDER/record.py), every number as perf has it.

What perf made of them lies beside them; the perf of this machine, if there is one, must still make the same of them. Then the same
recordings as a machine of the other byte order, of 64 and of 32 bits, would have written them (convert.py).
"""

import json
import pathlib
import shutil
import sys
import tempfile
import unittest
from collections import Counter

import convert
import judge

# The script that converts knows no zstd.
NOT_CONVERTED = {"zstd"}
# perf 6.1 does not swap the rights of a map, and takes memory with code for memory with data.
MISREAD_BY_PERF = {"jit"}


class Linux(unittest.TestCase):
    perfreport = folder = expect = None

    @classmethod
    def setUpClass(cls):
        cls.cache = pathlib.Path(tempfile.mkdtemp(prefix="machperf-golden-"))
        cls.expect.fill_cache(cls.cache)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.cache)

    def ours(self, recording):
        return judge.ours(self.perfreport, self.cache, recording)

    def stacks_by_thread(self, recording):
        return json.loads(judge.run(self.perfreport, "export", "--format", "json", "-i", str(recording), "--build-id-dir",
                                    str(self.cache), "--symfs", str(self.cache / "root"), HOME=str(self.cache)))["events"]

    def recordings(self):
        found = sorted(self.folder.glob("*.data"))
        self.assertGreaterEqual(len(found), 10)
        return found

    def expected(self, recording):
        return json.loads(recording.with_suffix(".json").read_text())

    def test_every_number_is_perfs(self):
        for recording in self.recordings():
            with self.subTest(recording=recording.name):
                self.assertEqual(self.ours(recording), self.expected(recording))

    def test_something_is_in_them(self):
        """Every symbol of the program and some of the kernel, in every kind of recording that can have them."""
        seen = Counter()
        for recording in self.recordings():
            for event in self.expected(recording).values():
                seen.update({frame for stack in event["stacks"] for frame in stack.split(";")})
        self.assertLessEqual({"_start", "start_here", "parent_work", "recurse", "leaf", "ask_kernel", "child_work",
                              "entry_SYSCALL_64_after_hwframe", "do_syscall_64", "inner<int>(a, b)", "LazyCompile:~outer file.js:3"}, set(seen))

    @unittest.skipUnless(shutil.which("perf"), "no perf on this machine")
    def test_perf_still_says_so(self):
        for recording in self.recordings():
            with self.subTest(recording=recording.name):
                self.assertEqual(judge.judged(self.cache, recording), self.expected(recording))

    def test_other_byte_order(self):
        for recording in self.recordings():
            if recording.stem in NOT_CONVERTED:
                continue
            for bits in (64, 32):
                with self.subTest(recording=recording.name, bits=bits):
                    turned = self.cache / "turned.data"
                    turned.write_bytes(convert.other_byte_order(recording.read_bytes(), bits))
                    self.assertEqual(self.ours(turned), self.expected(recording))
                    self.assertEqual(self.stacks_by_thread(turned), self.stacks_by_thread(recording))
                    if shutil.which("perf") and recording.stem not in MISREAD_BY_PERF:
                        turned.write_bytes(convert.other_byte_order(recording.read_bytes(), bits, features=False))
                        self.assertEqual(judge.rows_of(self.cache, turned),
                                         {event: Counter(map(tuple, values["rows"]))
                                          for event, values in self.expected(recording).items()})


if __name__ == "__main__":
    Linux.perfreport, Linux.folder = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    sys.path.insert(0, str(Linux.folder))
    import expect
    Linux.expect = expect
    unittest.main(argv=sys.argv[:1])
