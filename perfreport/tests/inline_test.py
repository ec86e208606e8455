#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""inline_test.py PERFREPORT PROGRAM: inlined functions and source lines, as the perf of this machine has them.

perf calls the function that others were inlined into as DWARF does, and marks it as inlined where the symbol table has another
name for it (f.part.0, an alias of the C library); we call it as the symbol table does, with and without --inline. perf does not
mark a function that was inlined into one of its own name.
"""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

import judge

SKIP = 77
CPP = """
#include <algorithm>
#include <ctime>
#include <vector>
namespace shapes {
struct Square {
	unsigned long side;
	inline __attribute__((always_inline)) unsigned long area() const
	{
		unsigned long sum = side;
		for (int i = 0; i < 400; i++)
			sum = sum * 31 + side;
		return sum;
	}
};
template <typename T> __attribute__((noinline)) unsigned long total(const std::vector<T> &list)
{
	unsigned long sum = 0;
	std::for_each(list.begin(), list.end(), [&](const T &one) { sum += one.area(); });
	return sum;
}
}
int main()
{
	std::vector<shapes::Square> list(200);
	volatile unsigned long sink = 0;
	while (clock() < CLOCKS_PER_SEC / 3)
		sink = sink + shapes::total(list);
	return 0;
}
"""


def blocks(text):
    """perf script -F comm,event,ip,sym: for each sample its [(address, symbol)], from the innermost out."""
    for block in text.split("\n\n"):
        lines = block.strip("\n").splitlines()
        if lines:
            yield lines[0].split()[0], [tuple(line.split(None, 1)) for line in lines[1:] if not re.match(r"\s*f{16} ", line)]


def symbols(program):
    """{name: address} of what it defines."""
    rows = map(str.split, judge.run("nm", "--defined-only", program).splitlines())
    return {name: int(address, 16) for address, _, name in rows}


def merge(plain, inlined):
    """perf's frames with inlined ones, each outermost one called as without."""
    runs = [(address, [symbol for _, symbol in run]) for address, run in itertools.groupby(plain, key=lambda frame: frame[0])]
    with_inlined = [[symbol for _, symbol in run] for _, run in itertools.groupby(inlined, key=lambda frame: frame[0])]
    assert len(runs) == len(with_inlined), (plain, inlined)
    frames = []
    for (_, symbols), names in zip(runs, with_inlined):
        each = len(names) // len(symbols)  # recursion: one address several times
        assert each * len(symbols) == len(names), (plain, inlined)
        for at, symbol in enumerate(symbols):
            inner = names[at * each:(at + 1) * each - 1]
            frames += [name if name.endswith(" (inlined)") else f"{name} (inlined)" for name in inner] + [symbol]
    return frames


class Inline(unittest.TestCase):
    perfreport = program = None

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.mkdtemp(prefix="machperf-inline-")
        cls.recording = os.path.join(cls.place, "perf.data")
        cls.record(cls.recording, cls.program, "0.8")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.place)

    @staticmethod
    def record(path, *command, graph="dwarf,8192"):
        subprocess.run(["perf", "record", "-q", "--no-buildid-cache", "-e", "cpu-clock:u", "-F", "997", "--call-graph", graph, "-o",
                        path, "--", *command], check=True, capture_output=True)

    def ours(self, view, recording, *options):
        return judge.run(self.perfreport, view, "-i", recording, *options, HOME=self.place)

    def script(self, recording, option):
        return list(blocks(judge.run("perf", "--buildid-dir", self.place, "script", "-f", option, "-i", recording, "-F",
                                     "comm,event,ip,sym")))

    def compare(self, recording, is_own):
        """All callchains of main that end in a function that is the program's own, with inlined frames; returns ours. What the C library
        inlined comes and goes with its debug information, and perf's versions disagree about it.
        """
        def wanted(stack):
            return ";main;" in stack and is_own([frame for frame in stack.split(";") if not frame.endswith(" (inlined)")][-1])

        expected = Counter()
        for (comm, plain), (_, inlined) in zip(self.script(recording, "--no-inline"), self.script(recording, "--inline")):
            frames = merge(plain, inlined)
            stack = ";".join([comm, *reversed(frames)])
            expected[stack.replace("[unknown];on_alarm", "__restore_rt;on_alarm")] += 1
        expected = Counter({stack: times for stack, times in expected.items() if wanted(stack)})
        found = judge.folded(self.ours("folded", recording, "--inline"))
        found = Counter({stack: times for stack, times in found.items() if wanted(stack)})
        self.assertEqual(found, expected)
        self.assertGreater(sum(found.values()), 100)
        return found

    def test_frames_are_those_of_perf(self):
        found = self.compare(self.recording, symbols(self.program).__contains__)
        self.assertTrue(any("leaf;mix_four (inlined);mix (inlined)" in stack for stack in found))

    def test_without_inlined_frames_it_is_what_it_was(self):
        without = Counter()
        for stack, times in judge.folded(self.ours("folded", self.recording, "--inline")).items():
            without[";".join(frame for frame in stack.split(";") if not frame.endswith(" (inlined)"))] += times
        self.assertEqual(without, judge.folded(self.ours("folded", self.recording)))

    def test_lines_are_those_of_perf(self):
        text = judge.run("perf", "--buildid-dir", self.place, "report", "-f", "--stdio", "--no-inline", "--no-children", "-g", "none",
                         "-n", "--sort", "srcline,sym", "-i", self.recording)
        expected = {}
        for line in text.splitlines():
            row = re.match(r"\s*[0-9.]+%\s+(\d+)\s+(\S+)\s+\[\.\] (\S+)", line)
            # Of libraries' debug information, if it is there, versions of perf read more or less.
            if row and row[2].startswith("walk.c:"):
                expected[(row[2], row[3])] = int(row[1])
        rows = json.loads(self.ours("report", self.recording, "--sort", "srcline,symbol", "--json"))["events"][0]["rows"]
        found = {(os.path.basename(row["srcline"]), row["symbol"]): row["self"] for row in rows
                 if row["srcline"] and os.path.basename(row["srcline"]).startswith("walk.c:")}
        self.assertEqual(found, expected)
        self.assertGreater(sum(found.values()), 300)

    def test_cpp(self):
        """Templates, lambdas and functions of namespaces, demangled as perf does."""
        if not shutil.which("g++"):
            self.skipTest("no g++")
        source, program = os.path.join(self.place, "shapes.cc"), os.path.join(self.place, "shapes")
        with open(source, "w", encoding="utf-8") as file:
            file.write(CPP)
        recording = os.path.join(self.place, "shapes.data")
        for flags in (["-gdwarf-5"], ["-gdwarf-4"]):
            subprocess.run(["g++", "-O2", *flags, "-o", program, source], check=True, stderr=subprocess.DEVNULL)
            self.record(recording, program)
            found = self.compare(recording, lambda name: "shapes::" in name)
            self.assertTrue(any("shapes::total" in stack and "shapes::Square::area() const (inlined)" in stack
                                or "shapes::Square::area (inlined)" in stack for stack in found), list(found)[:3])

    def test_frame_pointers(self):
        """A return address is looked up where the call is: at the innermost frame and at every caller the lines are addr2line's."""
        program, recording = os.path.join(self.place, "fp"), os.path.join(self.place, "fp.data")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "walk.c")
        subprocess.run(["gcc", "-g", "-O2", "-fno-omit-frame-pointer", "-o", program, source], check=True)
        self.record(recording, program, "0.4", graph="fp")
        text = judge.run("perf", "--buildid-dir", self.place, "script", "-f", "--no-inline", "-i", recording, "-F",
                         "comm,ip,sym,symoff,dso")
        # What perf prints as an address differs between its versions; symbol and offset do not.
        starts = symbols(program)
        expected = set()
        for block in text.split("\n\n"):
            frames = re.findall(r"^\s+[0-9a-f]+ (.*)\+0x([0-9a-f]+) \((.*)\)$", block, re.M)
            for at, (name, offset, dso) in enumerate(frames):
                if dso == program:
                    expected.add(starts[name] + int(offset, 16) - (at > 0))
        places = judge.run("addr2line", "-e", program, *map(hex, expected)).splitlines()
        theirs = {os.path.basename(re.sub(r" \(discriminator \d+\)", "", place)) for place in places}
        rows = json.loads(self.ours("report", recording, "--sort", "srcline,dso", "--children", "--json"))["events"][0]["rows"]
        lines = {os.path.basename(row["srcline"]) for row in rows if row["srcline"] and row["dso"] == "fp"}
        self.assertEqual(lines, {line for line in theirs if not line.startswith("?")})

    def test_lineless_objects_are_named(self):
        program, recording = os.path.join(self.place, "stripped"), os.path.join(self.place, "stripped.data")
        subprocess.run(["objcopy", "--strip-debug", self.program, program], check=True)
        self.record(recording, program, "0.2")
        report = json.loads(self.ours("report", recording, "--sort", "srcline", "--json"))
        self.assertIn(program, report["without_lines"])
        self.assertIn("without debug information", self.ours("report", recording, "--inline"))
        self.assertNotIn("without_lines", json.loads(self.ours("report", recording, "--json")))

    def test_without_a_table_of_units(self):
        """Some compilers write no .debug_aranges."""
        program, recording = os.path.join(self.place, "bare"), os.path.join(self.place, "bare.data")
        subprocess.run(["objcopy", "--remove-section", ".debug_aranges", self.program, program], check=True)
        self.record(recording, program, "0.3")
        self.assertIn("leaf;mix_four (inlined);mix (inlined)", self.ours("folded", recording, "--inline"))


if __name__ == "__main__":
    Inline.perfreport, Inline.program = sys.argv[1:3]
    if not judge.can_record():
        print("perf cannot record on this machine: nothing to compare")
        sys.exit(SKIP)
    unittest.main(argv=sys.argv[:1])
