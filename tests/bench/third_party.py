# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's Linux as third party: its driver finds the emulated PMU, and its perf counts what ours does.

The same routine runs in both systems; what starts it differs, so that counts are compared as slopes.
Linux is booted once on each processor, which serves all tests.

usage: MACHPERF_BUILD=BUILD third_party.py QEMU QEMU_DATA SOURCE [unittest's arguments]
"""
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "linux"), os.path.join(HERE, "..", "e2e")]
import guest  # noqa: E402
import machperf  # noqa: E402

EVENTS = ("instructions:u", "branches:u")
LOOPS = (100000, 300000, 700000)
PAGES = (1000, 2000)
PERIOD = 10007

# What Linux's driver calls itself on each processor.
PROCESSORS = {"Nehalem": "Intel PMU driver", "EPYC": "AMD PMU driver", "EPYC-Genoa": "AMD PMU driver"}


def code(program, function):
    """A function's machine code, of the lines of its disassembly."""
    text = machperf.run("objdump", "-d", f"--disassemble={function}", program).stdout
    return re.findall(r"^\s+[0-9a-f]+:\t((?:[0-9a-f]{2} )+)", text, re.M)


class Boot:
    """What Linux said and counted on a processor, each job once."""

    def __init__(self, linux, programs, cpu):
        self.programs = programs
        job = ["dmesg | grep 'Performance Events'"]
        job += [f"echo counts of {name}\nperf stat -x, -e {','.join(EVENTS)} {name}"
                for name in self.programs]
        job += [f"echo samples of {event}\nperf record -N -e {event} -c {PERIOD} "
                f"-o /tmp/data spin{LOOPS[-1]}" for event in EVENTS]
        self.text, _ = linux.run("\n".join(job), self.programs, cpu)

    def counts(self, name):
        """{event: count} of one program."""
        block = self.text.split(f"counts of {name}\n", 1)[1].split(" of ", 1)[0]
        return {event: int(count) for count, event in
                re.findall(r"^(\d+),,([a-z:]+),", block, re.M)}

    def samples(self, event):
        block = self.text.split(f"samples of {event}\n", 1)[1].split(" of ", 1)[0]
        return int(re.search(r"\((\d+) samples\)", block).group(1))


def make_programs(linux, source):
    """{name: path} of what runs in Linux."""
    loop = os.path.join(source, "workloads", "spin-loop.S")
    faults = os.path.join(HERE, "linux", "faults.S")
    programs = {f"spin{n}": linux.program(f"spin{n}", "spin_loop", n, loop) for n in LOOPS}
    for n in PAGES:
        programs[f"fresh{n}"] = linux.program(f"fresh{n}", "faults", n, faults, "-DPOPULATE=0")
        programs[f"there{n}"] = linux.program(f"there{n}", "faults", n, faults, "-DPOPULATE=1")
    return programs


class ThirdParty(machperf.Session):
    boots = None  # {processor: Boot}, set in main
    programs = None

    def ours(self, workload, *arguments):
        """{event: our count} of a workload."""
        self.record(["-g", "no", "-e", ",".join(EVENTS), "-c", str(PERIOD)],
                    [workload, *arguments])
        return machperf.counts(self)

    def test_the_driver_is_found(self):
        for cpu, boot in self.boots.items():
            self.assertIn(PROCESSORS[cpu], boot.text, cpu)

    def test_the_routine_is_the_same(self):
        ours = code(os.path.join(machperf.WORKLOADS, "spin"), "spin_loop")
        self.assertGreater(len(ours), 10)
        self.assertEqual(ours, code(self.programs[f"spin{LOOPS[0]}"], "spin_loop"))

    def test_counts_agree(self):
        ours = {n: self.ours("spin", f"{n:07d}") for n in LOOPS}
        base = LOOPS[0]
        for cpu, boot in self.boots.items():
            with self.subTest(cpu=cpu):
                linux = {n: boot.counts(f"spin{n}") for n in LOOPS}
                for n in LOOPS[1:]:
                    for event in EVENTS:
                        slope = ours[n][event]["count"] - ours[base][event]["count"]
                        self.assertGreater(slope, 0)
                        self.assertEqual(linux[n][event] - linux[base][event], slope, (event, n))

    def test_every_sample_comes(self):
        """One for each period that the count holds, in Linux as in Mach."""
        ours = self.ours("spin", f"{LOOPS[-1]:07d}")
        for event in EVENTS:
            self.assertEqual(ours[event]["samples"], ours[event]["count"] // PERIOD)
        for cpu, boot in self.boots.items():
            with self.subTest(cpu=cpu):
                linux = boot.counts(f"spin{LOOPS[-1]}")
                for event in EVENTS:
                    self.assertEqual(boot.samples(event), linux[event] // PERIOD, event)

    def test_faults_count_nothing_of_the_user(self):
        """A page that has to be found first costs the user no instruction: neither there nor here."""
        few, many = PAGES
        ours = {n: self.ours("faults", str(n)) for n in PAGES}
        loops = (machperf.loop_length(self.programs[f"fresh{few}"], "faults"),
                 machperf.loop_length(os.path.join(machperf.WORKLOADS, "faults"), "faults_loop"))
        event = EVENTS[0]
        self.assertEqual(ours[many][event]["count"] - ours[few][event]["count"],
                         (many - few) * loops[1])
        for cpu, boot in self.boots.items():
            with self.subTest(cpu=cpu):
                for n in PAGES:
                    self.assertEqual(boot.counts(f"fresh{n}"), boot.counts(f"there{n}"))
                linux = {n: boot.counts(f"fresh{n}") for n in PAGES}
                self.assertEqual(linux[many][event] - linux[few][event], (many - few) * loops[0])


def main(qemu, qemu_data, source, *arguments):
    missing = guest.available()
    if missing:
        print(missing)
        return 77
    with tempfile.TemporaryDirectory(prefix="machperf-linux-") as folder:
        linux = guest.Linux(qemu, qemu_data, folder)
        ThirdParty.programs = make_programs(linux, source)
        ThirdParty.boots = {cpu: Boot(linux, ThirdParty.programs, cpu) for cpu in PROCESSORS}
        done = machperf.unittest.main(argv=[sys.argv[0], *arguments], exit=False)
    return 0 if done.result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
