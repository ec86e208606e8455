# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong, in the real guest: one clear line, an exit code of its own, nothing half-written.

MACHPERF_STOCK names the kernel as Debian made it, without our graft.
"""
import os
import signal
import struct
import subprocess
import time

import machperf

DEEDS = os.path.join(machperf.BUILD, "guest", "tests", "deeds")
KERNEL = os.path.join(machperf.BUILD, "kern", "gnumach-amd64-up")
UD2 = b"\x0f\x0b"
PT_LOAD = 1


def contents(path):
    with open(path, "rb") as f:
        return f.read()


def file_offset(image, address):
    """Where in an ELF64 image the byte at ADDRESS stands."""
    start, = struct.unpack_from("<Q", image, 32)
    size, number = struct.unpack_from("<HH", image, 54)
    for i in range(number):
        kind, _flags, offset, base, _physical, length = struct.unpack_from("<IIQQQQ", image,
                                                                           start + i * size)
        if kind == PT_LOAD and base <= address < base + length:
            return offset + address - base
    raise AssertionError(f"no segment holds {address:#x}")


class Errors(machperf.Session):
    def command(self, options, workload):
        return [machperf.PERFREC, "record", "-q", "--buildid-dir", self.buildids,
                "-e", "cycles:u", "-o", self.path("out/perf.data"), *options, "--", *workload]

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("out"))
        os.mkdir(self.path("tmp"))
        self.environment["TMPDIR"] = self.path("tmp")

    def only_line(self, said):
        lines = [line for line in said.splitlines() if line.startswith("perfrec: ")]
        self.assertEqual(len(lines), 1, said)
        return lines[0]

    def nothing_left(self):
        self.assertEqual(os.listdir(self.path("out")) + os.listdir(self.path("tmp")), [])

    def refused(self, code, text, *workload, options=()):
        """The command fails with CODE and a line like TEXT; answers all it said."""
        done = machperf.run(*self.command(options, workload), check=False, env=self.environment)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertRegex(self.only_line(done.stderr), text)
        self.nothing_left()
        return done.stderr

    def kept(self, code, text, *workload):
        """The workload ends badly with CODE; the recording is whole."""
        done = machperf.run(*self.command([], workload), check=False, env=self.environment)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertRegex(self.only_line(done.stderr), text + ".*; the recording is kept$")
        self.assertEqual(sorted(os.listdir(self.path("out"))), ["perf.data", "perf.data.log"])
        self.perf("script", data="out/perf.data")
        self.assertEqual(os.listdir(self.path("tmp")), [])
        for name in os.listdir(self.path("out")):
            os.unlink(self.path("out/" + name))

    def test_command_lines(self):
        self.refused(65, "cach-misses.*cache-misses", "spin", options=["-e", "cach-misses"])
        self.refused(66, "iTLB-loads", "spin", options=["-e", "iTLB-loads"])
        self.refused(67, "period", "spin", options=["-c", "1"])
        self.refused(68, "no-such-workload", "no-such-workload")
        with open(self.path("text"), "w") as f:
            f.write("no program\n")
        self.refused(69, "text", self.path("text"))
        self.refused(70, "true", "/bin/true")
        self.refused(71, "no-kernel", "spin", options=["--kernel", self.path("no-kernel")])
        self.refused(72, "no-emulator", "spin", options=["--qemu", self.path("no-emulator")])

    def test_stock_kernel(self):
        self.refused(74, "this kernel has no perf interface", "spin",
                     options=["--kernel", os.environ["MACHPERF_STOCK"]])

    def test_panic(self):
        """A kernel that stops in the middle of the workload's end."""
        image = bytearray(contents(KERNEL))
        symbols = machperf.run("nm", KERNEL).stdout.split("\n")
        address, = (int(line.split()[0], 16) for line in symbols
                    if line.endswith(" task_terminate"))
        at = file_offset(image, address)
        image[at:at + len(UD2)] = UD2
        with open(self.path("broken"), "wb") as f:
            f.write(image)
        said = self.refused(75, "the guest's kernel is in trouble: .*[Ii]nvalid opcode", DEEDS,
                            "vanish", options=["--kernel", self.path("broken")])
        self.assertIn("last lines of the guest's console:", said)
        self.assertRegex(said, r"(?m)^  \| .*db>")

    def test_hang(self):
        said = self.refused(76, "the workload did not end after 6 s", DEEDS, "loop",
                            options=["--timeout", "6"])
        self.assertIn("last lines of the guest's console:", said)

    def test_no_memory_left(self):
        """Without a pager Mach lets a task wait for memory, and so the agent."""
        self.refused(76, "the workload did not end after 20 s", DEEDS, "hog",
                     options=["--timeout", "20"])

    def test_interrupted(self):
        """In the guest's boot, and in the midst of the workload."""
        for seconds in (0.3, 4):
            with subprocess.Popen(self.command([], [DEEDS, "loop"]), stderr=subprocess.PIPE,
                                  stdin=subprocess.DEVNULL, env=self.environment,
                                  text=True) as process:
                time.sleep(seconds)
                process.send_signal(signal.SIGINT)
                said = process.communicate(timeout=60)[1]
            self.assertEqual(process.returncode, 128 + signal.SIGINT, said)
            self.assertRegex(self.only_line(said), "stopped by a signal")
            self.nothing_left()

    def test_workloads_that_end_badly(self):
        self.kept(3, "exited with status 3", DEEDS, "exit", "3")
        self.kept(255, "exited with status -1", DEEDS, "vanish")
        for deed, name in (("fault", "EXC_BAD_ACCESS"), ("undefined", "EXC_BAD_INSTRUCTION"),
                           ("divide", "EXC_ARITHMETIC"), ("breakpoint", "EXC_BREAKPOINT"),
                           ("privileged", "EXC_BAD_INSTRUCTION")):
            self.kept(80, "crashed at 0x4.*: " + name, DEEDS, deed, "4096")
        self.kept(80, "crashed at 0x1000: EXC_BAD_ACCESS .*, subcode 0x1000", DEEDS, "jump",
                  "0x1000")
        self.kept(80, "EXC_BAD_ACCESS .*, subcode 0x7ff", DEEDS, "recurse")

    def test_shortest_workload(self):
        done = machperf.run(*self.command([], [DEEDS, "exit", "0"]), env=self.environment)
        self.assertEqual(done.stderr, "")
        self.assertIn("deeds", self.perf("script", "--show-task-events", data="out/perf.data"))


if __name__ == "__main__":
    machperf.main()
