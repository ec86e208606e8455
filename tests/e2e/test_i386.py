# SPDX-License-Identifier: GPL-2.0-or-later
"""The 32-bit kernel and its tasks: stock perf reads what is recorded there, and says what perfreport says; the same
again is the same bytes; nothing is lost silently."""
import os
import re
import sys

import machperf

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "perfreport", "tests"))
import judge  # noqa: E402

KERNEL = os.path.join(machperf.BUILD, "kern", "gnumach-i386-up")
KERNEL_BASE = 0xc0000000
TABLE = ("report", "--stdio", "--no-children", "-g", "none", "--sort", "dso,sym", "-F", "sample,dso,sym")

if not os.path.exists(KERNEL):
    print("skipped: no kernel i386-up")
    sys.exit(77)


class I386(machperf.Session):
    def record(self, options, workload, **more):
        return super().record(["--arch", "i386", *options], workload, **more)

    def count(self, event, workload):
        self.record(["-B", "-e", event, "-c", "1000003"], workload)
        return machperf.counts(self)[event]["count"]

    def test_table(self):
        self.record(["-e", "cycles,cache-misses", "-c", "5003"], ["zlib", "6", "1"])
        theirs = machperf.perf_table(self.perf(*TABLE))
        self.assertTrue(len(theirs) == 2 and all(theirs.values()), "perf found no sample")
        self.assertEqual(theirs, machperf.our_table(self.report("--sort", "dso,symbol")))

    def test_every_row_and_stack(self):
        self.record(["-g", "fp", "-e", "cycles:u,instructions", "-c", "5003"], ["pingpong", "300"])
        theirs = judge.judged(self.buildids, self.path("perf.data"))
        self.assertEqual(judge.ours(machperf.PERFREPORT, self.buildids, self.path("perf.data")), theirs)
        self.assertGreater(max(stack.count(";") for stack in theirs["instructions"]["stacks"]), 5)

    def test_header(self):
        self.record(["-e", "cycles"], ["spin", "1000"])
        header = self.perf("report", "--header-only")
        self.assertIn("# arch : i386\n", header)
        self.assertIn("# cmdline : perfrec record --arch=i386 -e cycles ", header)

    def test_kernel_tells_the_arch(self):
        """--kernel alone gives the same bytes as --arch."""
        found = []
        for options in (["--arch", "i386"], ["--kernel", KERNEL]):
            super().record(["-B", "-e", "cycles", "-c", "5003", *options], ["chase", "64", "10000"])
            with open(self.path("perf.data"), "rb") as f:
                found.append(f.read())
        self.assertEqual(*found)

    def test_same_again(self):
        found = set()
        for _ in range(3):
            self.record(["-B", "-a", "-e", "cycles/period=20011/,cache-misses/period=211/"], ["threads", "3", "20000"])
            with open(self.path("perf.data"), "rb") as f:
                found.add(f.read())
        self.assertEqual(len(found), 1)
        for event, of in machperf.counts(self).items():
            self.assertGreater(of["samples"], 10, event)

    def test_conservation(self):
        for options in ([], ["--ring-size", "4096"]):
            self.record(["-e", "instructions", "-c", "499", *options], ["spin", "300000"])
            dump = self.perf("script", "-D", losses=True)
            samples = len(re.findall(r"PERF_RECORD_SAMPLE", dump))
            lost = sum(int(n) for n in re.findall(r"PERF_RECORD_LOST.*?lost:? ?(\d+)", dump))
            other = sum(v["coalesced"] + v["throttled"] for v in machperf.counts(self).values())
            self.assertEqual(machperf.overflows(self), samples + lost + other)
            self.assertGreater(samples, 10)
            self.assertEqual(lost > 0, bool(options))

    def test_to_the_instruction(self):
        program = os.path.join(machperf.WORKLOADS, "i386", "spin")
        length = machperf.loop_length(program, "spin_loop")
        counts = [self.count("instructions:u", ["spin", str(n)]) for n in (7, 123456)]
        self.assertEqual(counts[1] - counts[0], length * (123456 - 7))

    def test_chains(self):
        """Into the kernel from both tasks: each stack's user part lies in the program, none begins in the flags."""
        self.record(["-e", "instructions", "-c", "1009"], ["pingpong", "1000"])
        script = self.perf("script", "-F", "ip,sym,dso")
        stacks = [re.findall(r"^\s+([0-9a-f]+) (.+?) \((.+)\)$", text, re.M) for text in script.split("\n\n")]
        stacks = [stack for stack in stacks if stack]
        firsts = [next((frame for frame in stack if int(frame[0], 16) < KERNEL_BASE), None) for stack in stacks]
        self.assertGreater(sum(first is not None for first in firsts), 1000)
        self.assertEqual({first[2] for first in firsts if first}, {"pingpong"})
        names = {name for stack in stacks for _, name, _ in stack}
        self.assertTrue({"mach_msg_trap", "_start", "pong"} <= names, names)
        self.assertTrue(any(dso.endswith(".graft") for stack in stacks for _, _, dso in stack))

    def test_dwarf(self):
        """Registers and stacks of 32 bits: perf reads them, but says that it was not built to unwind them; perfreport does."""
        self.record(["-g", "dwarf", "-e", "cycles", "-c", "20011", "--ring-size", "2097152"], ["zlib", "6", "1"])
        done = machperf.run("perf", "--buildid-dir", self.buildids, "script", "-D", "-i", self.path("perf.data"),
                            env=self.environment, cwd=self.folder)
        self.assertLessEqual(set(done.stderr.split("\n")), {"unwind: target platform=x86 is not supported", ""})
        dump = done.stdout
        registers = re.findall(r"user regs: mask 0x(\w+) ABI (\S+)", dump)
        self.assertGreater(len(registers), 1000)
        self.assertEqual(set(registers), {("fff", "32-bit")})
        said = machperf.run(machperf.PERFREPORT, "report", "-i", self.path("perf.data"), "--buildid-dir", self.buildids,
                            env=self.environment).stdout
        whole, = map(int, re.findall(r"stack dumps unwound to where the thread began (\d+)", said))
        self.assertGreaterEqual(whole, 0.995 * len(registers))


if __name__ == "__main__":
    machperf.main()
