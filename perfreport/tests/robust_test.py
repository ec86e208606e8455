#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""robust_test.py PERFREPORT FOLDER: recordings that are cut, damaged and hostile: one clear line or a report, in bounded time and memory.

The fuzzers (tests/fuzz) call the same code without a process for each; here it is the command that is seen.
"""

import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import time
import unittest

CUT = 4096
SECONDS = 20
FLIPS = 6
LARGE = 16 << 20
SAMPLE, MMAP, COMM = 9, 1, 3
# Written whole; written, but cut or damaged; not a perf.data; nothing in it.
STATUSES = (0, 1, 4, 5)


def records(data):
    """(offset, type, size) of each record, in file mode."""
    at, size = struct.unpack_from("<QQ", data, 40)
    end = at + size
    while at < end:
        kind, _, length = struct.unpack_from("<IHH", data, at)
        yield at, kind, length
        at += length


def with_records(data, new):
    """The recording with these records in place of its own, and without features."""
    at = struct.unpack_from("<Q", data, 40)[0]
    head = bytearray(data[:at])
    struct.pack_into("<Q", head, 48, len(new))
    head[72:104] = bytes(32)
    return bytes(head) + new


class Robust(unittest.TestCase):
    perfreport = folder = None

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.dir = pathlib.Path(place.name)
        self.path = self.dir / "hostile.data"
        self.callchains = (self.folder / "callchains.data").read_bytes()

    def run_it(self, data, *arguments):
        """Status, standard error and MiB at most of a run on these bytes; None: on what lies there.

        MALLOC_PERTURB_, which meson sets, would write to memory that nobody asked for to be there.
        """
        if data is not None:
            self.path.write_bytes(data)
        with open(self.dir / "out", "wb") as out, open(self.dir / "errors", "w+b") as errors:
            child = subprocess.Popen([self.perfreport, *(arguments or ("report", "--json")), "-i", str(self.path)], stdout=out, stderr=errors,
                                     env={**os.environ, "HOME": str(self.dir), "MALLOC_PERTURB_": "0"})
            begin = time.monotonic()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.assertLess(usage.ru_utime, SECONDS, f"{time.monotonic() - begin} s")
            errors.seek(0)
            return child.returncode, errors.read().decode(errors="replace"), usage.ru_maxrss / 1024

    def survives(self, data, *arguments, statuses=STATUSES):
        status, errors, _ = self.run_it(data, *arguments)
        self.assertIn(status, statuses, errors)
        # Nothing is wrong and nothing is said, or one line says what.
        self.assertEqual(errors.count("\n"), status != 0, errors)
        if status:
            self.assertTrue(errors.startswith("perfreport: ") and "hostile.data" in errors, errors)
        if status < 2:
            json.loads((self.dir / "out").read_bytes())
        return errors

    def recordings(self):
        return sorted(self.folder.glob("*.data"))

    def test_cut_everywhere(self):
        for recording in self.recordings():
            whole = recording.read_bytes()
            for length in (*range(0, len(whole), CUT), 15, 16, 103, 104, 200, len(whole) - 1):
                with self.subTest(recording=recording.name, length=length):
                    self.assertTrue(self.survives(whole[:length], statuses=(1, 4, 5)))

    def test_flipped_bits(self):
        for recording in self.recordings():
            whole = recording.read_bytes()
            for seed in range(1, FLIPS + 1):
                with self.subTest(recording=recording.name, seed=seed):
                    chance, flipped = random.Random(seed), bytearray(whole)
                    for _ in range(chance.randrange(1, 9)):
                        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
                    self.survives(bytes(flipped))

    def test_sizes_of_attributes(self):
        for size in (0, 1, 16, 79, 80, 81, 1 << 16, (1 << 64) - 8):
            with self.subTest(size=size):
                self.survives(self.callchains[:16] + struct.pack("<Q", size) + self.callchains[24:], statuses=(4, 5, 0, 1))
        self.assertIn("attributes of 0 bytes", self.survives(self.callchains[:16] + bytes(8) + self.callchains[24:], statuses=(4,)))

    def test_sections_out_of_bounds(self):
        for at in (24, 32, 40, 48):
            for value in (0, 1, len(self.callchains), 1 << 31, 1 << 63, (1 << 64) - 1):
                with self.subTest(at=at, value=value):
                    self.survives(self.callchains[:at] + struct.pack("<Q", value) + self.callchains[at + 8:])

    def test_absurd_counts(self):
        """The callchain's length of every sample, and then whatever stands at any u64 of some records."""
        for value in (1 << 16, 1 << 32, 1 << 60, (1 << 64) - 1):
            damaged, nr = bytearray(self.callchains), 0
            for at, kind, _ in records(self.callchains):
                if kind == SAMPLE:
                    struct.pack_into("<Q", damaged, at + 8 + 8 * 4, value)
                    nr += 1
            with self.subTest(value=value):
                self.assertGreater(nr, 100)
                self.assertIn("no samples", self.survives(bytes(damaged), statuses=(5,)))
        for name in ("dwarf", "several", "zstd", "pipe"):
            whole = (self.folder / f"{name}.data").read_bytes()
            for at in range(0, min(len(whole), 4096) - 8, 184):
                with self.subTest(recording=name, at=at):
                    self.survives(whole[:at] + b"\xff" * 8 + whole[at + 8:])

    def test_empty_strings(self):
        """Names of nothing, and names without an end."""
        for filling in (b"\0", b"x"):
            damaged = bytearray(self.callchains)
            for at, kind, size in records(self.callchains):
                begin, end = {COMM: (at + 16, at + size - 16), 10: (at + 72, at + size - 16), MMAP: (at + 40, at + size - 16)}.get(kind, (0, 0))
                damaged[begin:end] = filling * (end - begin)
            with self.subTest(filling=filling):
                self.survives(bytes(damaged), statuses=(0, 1))

    def test_overlapping_maps(self):
        """Thousands of maps over each other, in every way two ranges can lie."""
        chance, first = random.Random(1), next(at for at, kind, _ in records(self.callchains) if kind == SAMPLE)
        pid = struct.unpack_from("<I", self.callchains, first + 16)[0]
        maps = bytearray()
        for i in range(5000):
            begin, length = 0x400000 + chance.randrange(64) * 4096, chance.choice((0, 1, 4096, 1 << 20, (1 << 64) - 1))
            name = f"/m{i % 7}".encode().ljust(8, b"\0")
            maps += struct.pack("<IHH", MMAP, 0, 8 + 32 + 8 + 16) + struct.pack("<IIQQQ", pid, pid, begin, length, 0) + name
            maps += struct.pack("<IIQ", pid, pid, 0)
        own = b"".join(self.callchains[at:at + size] for at, _, size in records(self.callchains))
        self.survives(with_records(self.callchains, bytes(maps) + own), statuses=(0,))

    def large(self, change):
        """Make a recording of LARGE bytes, with samples each changed; never whole in our memory, which a child begins with."""
        samples = [self.callchains[at:at + size] for at, kind, size in records(self.callchains) if kind == SAMPLE]
        others = b"".join(self.callchains[at:at + size] for at, kind, size in records(self.callchains) if kind != SAMPLE)
        chance, size = random.Random(2), len(others)
        head = bytearray(with_records(self.callchains, b""))
        with open(self.path, "wb") as file:
            file.write(head + others)
            while size < LARGE:
                sample = change(bytearray(chance.choice(samples)), chance)
                file.write(sample)
                size += len(sample)
            file.seek(48)
            file.write(struct.pack("<Q", size))

    @unittest.skipIf("MACHPERF_SANITIZED" in os.environ, "sanitizers take memory of their own")
    def test_memory(self):
        """At most four times the file, and what it takes to show nothing."""
        def same(sample, _):
            return sample

        def other_leaf(sample, chance):
            struct.pack_into("<Q", sample, 8, 0x400000 + chance.randrange(1 << 16))
            return sample

        def other_numbers(sample, chance):
            at = chance.randrange(8, len(sample) - 7)
            sample[at:at + 8] = chance.randbytes(8)
            return sample

        nothing = self.run_it(self.callchains)[2]
        for change in (same, other_leaf, other_numbers):
            self.large(change)
            for view in ("report", "flame"):
                status, errors, most = self.run_it(None, view, "-o", str(self.dir / "page"))
                with self.subTest(change=change.__name__, view=view):
                    self.assertIn(status, (0, 1), errors)
                    print(f"{change.__name__}, {view}: {LARGE >> 20} MiB of file, {most - nothing:.0f} MiB of memory")
                    self.assertLess(most - nothing, 4 * LARGE / (1 << 20))


if __name__ == "__main__":
    Robust.perfreport, Robust.folder = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
