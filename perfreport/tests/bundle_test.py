#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bundle_test.py PERFREPORT SOURCE GOLDEN_FOLDER PERFREC: a bundle says what the recording says, on a machine without the files.

That machine is this one, with the program and its source moved away and another home; and what is cut out of a bundle is not
found though it is here. Archives that were cut, damaged or made with malice are refused with one line.
"""

import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

import judge

SKIP = 77
VIEWS = (["report"], ["report", "--json", "--children"], ["report", "--inline", "--sort", "srcline,symbol", "--json"], ["folded"],
         ["flame", "-o", "-"], ["flame", "--inline", "-o", "-"], ["annotate", "--top", "1000"], ["annotate", "--top", "1000", "--json"],
         ["annotate", "--top", "20", "--html", "-o", "-"], ["header", "--json"], ["header"], ["dump"],
         ["timeline", "--json"], ["export", "--format", "speedscope"], ["export", "--format", "firefox"],
         ["export", "--format", "chrome"], ["export", "--format", "json"], ["export", "--format", "pprof"], ["report", "--callers", "leaf"])


class Bundle(unittest.TestCase):
    perfreport = source = golden = perfrec = None

    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="machperf-bundle-")
        self.addCleanup(place.cleanup)
        self.dir = pathlib.Path(place.name)
        self.home = self.dir / "home"
        self.home.mkdir()
        self.recording, self.bundle = self.dir / "perf.data", self.dir / "all.bundle"

    def run_it(self, *arguments, status=(0,), home=None, binary=True):
        done = subprocess.run([self.perfreport, *map(str, arguments)], capture_output=True, text=not binary, timeout=100,
                              env={**os.environ, "HOME": str(home or self.home), "TMPDIR": str(self.dir)})
        self.assertIn(done.returncode, status, done.stderr)
        return done

    def views(self, path, home=None):
        shown = []
        for view in VIEWS:
            done = self.run_it(view[0], "-i", path, *view[1:], home=home, status=(0, 5))
            shown.append((view, done.returncode, done.stdout))
        return shown

    def compare(self, one, other):
        for (view, status, text), (_, other_status, other_text) in zip(one, other):
            self.assertEqual(status, other_status, view)
            self.assertTrue(text == other_text, f"{view} differs:\n{text[:2000]}\n---\n{other_text[:2000]}")

    def record(self, program, *options):
        subprocess.run(["perf", "record", "-q", "-e", "cpu-clock:u", "-F", "997", "--call-graph", "dwarf,2048", *options, "-o", self.recording,
                        "--", program, "0.2"], check=True, capture_output=True, env={**os.environ, "HOME": str(self.home)})

    def members(self, bundle):
        packed = subprocess.run(["zstd", "-dcq", bundle], capture_output=True, check=True).stdout
        return tarfile.open(fileobj=io.BytesIO(packed))

    def make(self, members, path=None, count=None):
        """A bundle of our making: [(name, bytes or TarInfo)]."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
            manifest = f"machperf bundle 1\nmembers {len(members) + 1 if count is None else count}\nrecording perf.data\n".encode()
            for name, content in [("MANIFEST", manifest), *members]:
                info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
                content = b"" if content is info else content
                if info.isreg() and not info.size:
                    info.size = len(content)
                archive.addfile(info, io.BytesIO(content) if content else None)
        (path or self.bundle).write_bytes(self.press(packed.getvalue()))

    @staticmethod
    def press(raw):
        return subprocess.run(["zstd", "-qc"], input=raw, capture_output=True, check=True).stdout

    def refused(self, words, status=4):
        before = sorted(os.listdir(self.dir))
        for view in (["report"], ["dump"]):
            done = self.run_it(*view, "-i", self.bundle, status=(status,), binary=False)
            self.assertEqual((done.stdout, done.stderr.count("\n")), ("", 1))
            self.assertIn(words, done.stderr)
        self.assertEqual(sorted(os.listdir(self.dir)), before)

    def elsewhere(self, program, *record_options):
        """All views before and after the files are gone."""
        self.record(program, *record_options)
        before = self.views(self.recording)
        self.run_it("bundle", "-i", self.recording, "-o", self.bundle)
        source = os.path.join(os.path.dirname(program), "walk.c")
        self.assertIn(b"x = x * 636", dict((view[0], text) for view, _, text in before if view == ["annotate", "--top", "1000"])["annotate"])
        os.rename(os.path.dirname(program), self.dir / "hidden")
        with self.members(self.bundle) as archive:
            names = archive.getnames()
            self.assertEqual(names, sorted(names))
            self.assertIn(f"files{source}", names)
            for member in archive.getmembers():
                self.assertEqual((member.mtime, member.uid, member.gid, member.uname, member.gname, member.mode), (0, 0, 0, "", "", 0o644))
                self.assertTrue(member.isreg())
        away = self.dir / "away"
        away.mkdir()
        self.compare(before, self.views(self.bundle, home=away))

    def program_copy(self):
        """The program, built beside its source."""
        folder = self.dir / "bin"
        folder.mkdir()
        source = shutil.copy(self.source, folder / "walk.c")
        program = folder / "program"
        subprocess.run(["cc", "-g", "-O2", "-fomit-frame-pointer", "-Wl,--build-id", "-o", program, source], check=True)
        return str(program)

    def test_nothing_else_is_opened(self):
        """What a bundle lacks is not taken from this machine, though it is here."""
        self.record(self.program_copy(), "--no-buildid-cache")
        self.run_it("bundle", "-i", self.recording, "-o", self.bundle)
        self.assertNotIn(b"bin/program: ", self.run_it("report", "-i", self.bundle).stdout)
        with self.members(self.bundle) as archive:
            kept = [(member.name, archive.extractfile(member).read()) for member in archive.getmembers()
                    if member.name != "MANIFEST" and not member.name.endswith("/bin/program")]
        self.make(kept)
        self.assertRegex(self.run_it("report", "-i", self.bundle, binary=False).stdout, r"#   /.*/bin/program: not in the build-id cache")
        self.make([member for member in kept if not member[0].endswith("walk.c")])
        self.assertNotIn(b"x = x * 636", self.run_it("annotate", "-i", self.bundle, "--top", "1000").stdout)

    def test_without_files(self):
        self.elsewhere(self.program_copy(), "--no-buildid-cache")

    def test_from_cache(self):
        self.elsewhere(self.program_copy())

    def test_no_build_ids(self):
        self.elsewhere(self.program_copy(), "--no-buildid", "--no-buildid-cache")

    def test_wrong_file(self):
        """Why an object has no symbols is the same too."""
        program = self.program_copy()
        self.record(program, "--no-buildid-cache", "--buildid-mmap")
        shutil.copy("/bin/true", program)
        before = self.views(self.recording)
        self.assertIn(b"another build-id", before[0][2])
        self.run_it("bundle", "-i", self.recording, "-o", self.bundle)
        os.unlink(program)
        self.compare(before, self.views(self.bundle))

    def test_separate_debug_files(self):
        """By .gnu_debuglink: with the build-id, and by the checksum alone."""
        for strip_id in (False, True):
            with self.subTest(strip_id=strip_id):
                program = str(self.program_copy())
                if strip_id:
                    subprocess.run(["objcopy", "--remove-section=.note.gnu.build-id", program], check=True)
                subprocess.run(["objcopy", "--only-keep-debug", program, program + ".debug"], check=True, capture_output=True)
                subprocess.run(["objcopy", "--strip-all", "--add-gnu-debuglink=" + program + ".debug", program], check=True)
                self.elsewhere(program, "--no-buildid-cache")
                shutil.rmtree(self.dir / "hidden")
                shutil.rmtree(self.dir / "away")

    @unittest.skipUnless(shutil.which("dwz"), "no dwz")
    def test_shared_debug_information(self):
        """What dwz moved into a file that several share, named by a path and relative to its own: the same views as before."""
        for options in ([], ["-M", "common.debug"]):
            with self.subTest(options):
                program = self.program_copy()
                folder = os.path.dirname(program)
                shutil.copy(program, program + ".twin")
                self.record(program, "--no-buildid-cache")
                lines = ("report", "-i", self.recording, "--sort", "srcline,symbol", "--inline", "--json")
                whole = self.run_it(*lines).stdout
                self.assertIn(b"walk.c:", whole)
                subprocess.run(["dwz", "-m", folder + "/common.debug", *options, program, program + ".twin"], check=True)
                self.assertIn(".gnu_debugaltlink", subprocess.run(["readelf", "-SW", program], capture_output=True, text=True).stdout)
                self.assertEqual(self.run_it(*lines).stdout, whole)
                self.elsewhere(program, "--no-buildid-cache")
                with self.members(self.bundle) as archive:
                    self.assertIn(f"files{folder}/common.debug", archive.getnames())
                for place in ("hidden", "away"):
                    shutil.rmtree(self.dir / place)

    @unittest.skipUnless(shutil.which("dwz"), "no dwz")
    def test_shared_debug_information_that_is_missing(self):
        """Not taken from this machine for a bundle; told; and found by its build-id if not by its name."""
        program = self.program_copy()
        folder = os.path.dirname(program)
        shutil.copy(program, program + ".twin")
        self.record(program, "--no-buildid-cache")
        lines = ("--sort", "srcline,symbol", "--inline")
        subprocess.run(["dwz", "-m", folder + "/common.debug", program, program + ".twin"], check=True)
        whole = self.run_it("report", "-i", self.recording, *lines).stdout
        self.run_it("bundle", "-i", self.recording, "-o", self.bundle)
        with self.members(self.bundle) as archive:
            kept = [(member.name, archive.extractfile(member).read()) for member in archive.getmembers()
                    if member.name != "MANIFEST" and not member.name.endswith("common.debug")]
        self.make(kept)
        told = self.run_it("report", "-i", self.bundle, *lines, binary=False).stdout
        self.assertRegex(told, r"#   /.*/bin/program: the file that its .gnu_debugaltlink names is not here")
        self.assertRegex(told, r"walk\.c:\d+ +\[unnamed\] \(inlined\)")
        self.assertNotRegex(told, r"walk\.c:\d+ +\w+ \(inlined\)")
        self.assertRegex(whole, rb"walk\.c:\d+ +\w+ \(inlined\)")
        note = subprocess.run(["readelf", "-n", folder + "/common.debug"], check=True, capture_output=True, text=True).stdout
        build_id = note.split("Build ID: ")[1].split()[0]
        place = self.home / ".debug" / ".build-id" / build_id[:2] / build_id[2:]
        place.mkdir(parents=True)
        os.rename(folder + "/common.debug", place / "debug")
        self.assertEqual(self.run_it("report", "-i", self.recording, *lines).stdout, whole)
        self.run_it("bundle", "-i", self.recording, "-o", self.bundle)
        shutil.rmtree(place)
        self.assertEqual(self.run_it("report", "-i", self.bundle, *lines).stdout, whole)

    @unittest.skipUnless(shutil.which("dwz"), "no dwz")
    def test_shared_debug_information_below_the_cache(self):
        """Where --build-id-dir holds --symfs, the place in the bundle is that of the file that refers to it."""
        program = self.program_copy()
        shutil.copy(program, program + ".twin")
        self.record(program, "--no-buildid-cache")
        root = self.dir / "cache" / "root"
        folder = root / os.path.dirname(program)[1:]
        shutil.copytree(os.path.dirname(program), folder)
        shutil.rmtree(os.path.dirname(program))
        subprocess.run(["dwz", "-m", folder / "common.debug", "-M", "common.debug", folder / "program", folder / "program.twin"], check=True)
        places = ("--symfs", root, "--build-id-dir", self.dir / "cache")
        lines = ("--sort", "srcline,symbol", "--inline")
        whole = self.run_it("report", "-i", self.recording, *places, *lines).stdout
        self.assertIn(b"(inlined)", whole)
        self.run_it("bundle", "-i", self.recording, "-o", self.bundle, *places)
        self.assertEqual(self.run_it("report", "-i", self.bundle, *lines).stdout, whole)

    def test_same_bytes(self):
        self.record(self.program_copy())
        other = self.dir / "other.bundle"
        self.run_it("bundle", "-i", self.recording, "-o", self.bundle)
        self.run_it("bundle", "-i", self.recording, "-o", other, "--threads", "1")
        self.assertEqual(self.bundle.read_bytes(), other.read_bytes())
        standard = subprocess.run([self.perfreport, "report", "-i", "-"], input=other.read_bytes(), capture_output=True)
        self.assertEqual(standard.stdout, self.run_it("report", "-i", other).stdout)

    def test_diff_and_gate_read_them(self):
        golden = self.golden / "events.data"
        self.run_it("bundle", "-i", golden, "-o", self.bundle)
        told = json.loads(self.run_it("diff", self.bundle, self.bundle, "--json").stdout)
        self.assertGreater(len(told["events"]), 0)
        self.assertEqual(self.run_it("report", "-i", self.bundle).stdout, self.run_it("report", "-i", golden).stdout)

    def test_incomplete(self):
        whole = (self.golden / "events.data").read_bytes()
        self.recording.write_bytes(whole[:len(whole) // 2])
        done = self.run_it("bundle", "-i", self.recording, "-o", self.bundle, status=(1,), binary=False)
        self.assertIn("incomplete", done.stderr)
        self.assertEqual(self.run_it("report", "-i", self.bundle, status=(1,)).stdout,
                         self.run_it("report", "-i", self.recording, status=(1,)).stdout)

    def test_cut_and_damaged(self):
        self.run_it("bundle", "-i", self.golden / "events.data", "-o", self.bundle)
        whole = self.bundle.read_bytes()
        for size in [5, 30, *range(100, len(whole), max(1, len(whole) // 12)), len(whole) - 1]:
            self.bundle.write_bytes(whole[:size])
            self.refused("not a bundle that can be read")
        self.bundle.write_bytes(whole[:len(whole) // 2] + bytes(64) + whole[len(whole) // 2 + 64:])
        done = self.run_it("report", "-i", self.bundle, status=(0, 1, 4, 5), binary=False)
        self.assertLessEqual(done.stderr.count("\n"), 1)

    def test_malice(self):
        good = (self.golden / "events.data").read_bytes()
        self.make([("perf.data", good)])
        self.run_it("report", "-i", self.bundle)
        for name in ("../escaped", "/etc/passwd", "files/../../escaped", "files//x", "./perf.data"):
            self.make([(name, b"x"), ("perf.data", good)])
            self.refused("leads out of it")
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("files/special")
            info.type, info.linkname = kind, "perf.data"
            self.make([("files/special", info), ("perf.data", good)])
            self.refused("" if kind == tarfile.DIRTYPE else "not a file")
        huge = tarfile.TarInfo("files/huge")
        huge.size = 1 << 50
        self.make_raw(huge)
        self.refused("16 GiB")
        huge.size = 1 << 33
        self.make_raw(huge)
        self.refused("not a bundle that can be read")
        self.make([("perf.data", good), ("perf.data", good)])
        self.refused("one name")
        self.make([("files/a", b"x")])
        self.refused("no recording")
        self.make([("perf.data", good)], count=7)
        self.refused("members are missing")
        self.make([("perf.data", b"nonsense" * 10)])
        self.refused("perf.data")
        self.bundle.write_bytes(self.press(b"no archive at all"))
        self.refused("not a bundle")
        self.bundle.write_bytes(self.press(b""))
        self.refused("not a bundle")

    def make_raw(self, info):
        """An archive that ends behind the head of this member."""
        manifest = b"machperf bundle 1\nmembers 3\nrecording perf.data\n"
        head = tarfile.TarInfo("MANIFEST")
        head.size = len(manifest)
        raw = head.tobuf(tarfile.GNU_FORMAT) + manifest.ljust(512, b"\0") + info.tobuf(tarfile.GNU_FORMAT) + b"x" * 512
        self.bundle.write_bytes(self.press(raw))

    def test_perfrec(self):
        golden = self.golden / "events.data"
        self.run_it("bundle", "-i", golden, "-o", self.bundle)
        other = self.dir / "other.bundle"
        subprocess.run([self.perfrec, "bundle", golden, "-o", other], check=True, env={**os.environ, "HOME": str(self.home)})
        self.assertEqual(other.read_bytes(), self.bundle.read_bytes())
        for arguments, status in (([], 64), (["-o", other], 64), ([self.dir / "none"], 3), (["--help"], 0)):
            done = subprocess.run([self.perfrec, "bundle", *arguments], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr.count("\n")), (status, int(status != 0)))

    def test_errors(self):
        self.run_it("bundle", "-i", self.dir / "none", status=(3,))
        self.run_it("bundle", "-i", self.golden / "events.data", "-o", self.dir / "none" / "out", status=(6,))
        self.run_it("bundle", "-i", self.golden / "events.data", "-o", self.bundle)
        self.assertIn("already", self.run_it("bundle", "-i", self.bundle, "-o", self.dir / "b", status=(2,), binary=False).stderr)
        done = subprocess.run([self.perfreport, "bundle", "-i", "-", "-o", self.dir / "b"], capture_output=True, text=True,
                              input=(self.golden / "frequency.data").read_text(encoding="latin-1"), encoding="latin-1")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))
        self.assertEqual(sorted(os.listdir(self.dir)), ["all.bundle", "home"])


if __name__ == "__main__":
    Bundle.perfreport, Bundle.source = (os.path.abspath(argument) for argument in sys.argv[1:3])
    Bundle.golden, Bundle.perfrec = pathlib.Path(sys.argv[3]), os.path.abspath(sys.argv[4])
    if not judge.can_record() or not shutil.which("zstd"):
        print("perf cannot record on this machine, or there is no zstd")
        sys.exit(SKIP)
    unittest.main(argv=sys.argv[:1])
