#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions of the agent on the grafted kernel: programs good and bad.

session-test.py QEMU FIRMWARE KERNEL AGENT DEEDS WORKLOAD...
"""
import os
import re
import struct
import sys
import tempfile
import unittest

import session

INSTRUCTIONS = 1
EXCLUDE_KERNEL = 1 << 5
RECORD_LOST, RECORD_COMM, RECORD_EXIT, RECORD_FORK, RECORD_SAMPLE, RECORD_MMAP2 = 2, 3, 4, 7, 9, 10
EXC_BAD_ACCESS, EXC_BAD_INSTRUCTION, EXC_ARITHMETIC = 1, 2, 3
NORMAL, EXCEPTION = 0, 1


def contents(path):
    with open(path, "rb") as f:
        return f.read()


def text_segment(path):
    """(address, size, offset) of a program's code."""
    data = contents(path)
    if data[4] == 1:
        at, step, count = *struct.unpack_from("<I", data, 28), 32, *struct.unpack_from("<H", data, 44)
        headers = [struct.unpack_from("<8I", data, at + step * i) for i in range(count)]
        found = [(h[2], h[5], h[1]) for h in headers if h[0] == 1 and h[6] & 1]
    else:
        at, step, count = *struct.unpack_from("<Q", data, 32), 56, *struct.unpack_from("<H", data, 56)
        headers = [struct.unpack_from("<IIQQQQQQ", data, at + step * i) for i in range(count)]
        found = [(h[3], h[6], h[2]) for h in headers if h[0] == 1 and h[1] & 1]
    assert len(found) == 1, path
    return found[0]


class Sessions(unittest.TestCase):
    def record(self, program, *args, attrs=None, stats=None, files=None, name=None, **settings):
        """A session that records PROGRAM by user instructions."""
        name = name or os.path.basename(program).removesuffix("-i386")
        archive = {"config": session.config(name, args, **settings),
                   "attrs": attrs or session.attr(INSTRUCTIONS, 100003,
                                                  flags=session.FLAGS | EXCLUDE_KERNEL),
                   "workload": contents(program)}
        archive.update(files or {})
        result = machine.run(files=archive, stats=stats)
        self.assertIsNone(result.broken)
        self.assertNotIn("db>", result.console)
        self.assertIsNotNone(result.status, "the session did not end")
        return result

    def good(self, *args, **settings):
        result = self.record(*args, **settings)
        self.assertEqual(result.error(), None)
        self.assertEqual(result.status, 0)
        kinds = result.kinds()
        self.assertEqual((kinds[0], kinds[-1]), ("HELLO", "END"))
        self.assertEqual(kinds.count("EXIT"), 1)
        return result

    def fails(self, code, text, *args, **settings):
        result = self.record(*args, **settings)
        self.assertEqual(result.kinds()[-1], "ERROR")
        self.assertEqual((result.error()[0], result.status), (code, code))
        self.assertRegex(result.error()[3], text)
        return result

    def test_exit_status(self):
        for status in (0, 3, 255):
            how, code = self.good(deeds, "exit", status).exit()[:2]
            self.assertEqual((how, code), (NORMAL, status))

    def test_output(self):
        result = self.good(deeds, "print", 20000)
        expected = "".join("\n" if i % 64 == 63 else chr(ord("a") + i % 26) for i in range(20000))
        self.assertEqual(result.output(), expected)

    def test_arguments(self):
        arguments = ["arguments", "", "two words", "x" * 3000, "${host-port}"]
        result = self.good(deeds, *arguments)
        self.assertEqual(result.output(), "".join(
            f"{i} '{text}'\n" for i, text in enumerate(["deeds"] + arguments)))

    def test_exceptions(self):
        start, size, _ = text_segment(deeds)
        for deed, exception in (("fault", EXC_BAD_ACCESS), ("undefined", EXC_BAD_INSTRUCTION),
                                ("divide", EXC_ARITHMETIC)):
            how, _, kind, _, subcode, ip = self.good(deeds, deed, 0x1234).exit()
            self.assertEqual((how, kind), (EXCEPTION, exception), deed)
            self.assertTrue(start < ip < start + size, hex(ip))
            if deed == "fault":
                self.assertEqual(subcode, 0x1234)

    def test_death_without_a_word(self):
        self.assertEqual(self.good(deeds, "vanish").exit()[:2], (NORMAL, -1))

    def test_second_thread(self):
        result = self.good(deeds, "thread", 300000)
        self.assertEqual(result.output(), "thread done\n")
        ids = {struct.unpack_from("<II", body, 16) for kind, _, body in result.records()
               if kind == RECORD_SAMPLE}
        self.assertEqual(len({pid for pid, _ in ids}), 1)
        self.assertTrue(any(pid != tid for pid, tid in ids), ids)

    def test_messages_that_are_none(self):
        self.assertIn("still here 7", self.good(deeds, "babble", 7).output())

    def test_thread_local_block(self):
        self.assertEqual(self.good(deeds, "tls").output(), "tls 1\n")

    def test_sideband(self):
        result = self.good(deeds, "exit", 0)
        records = result.records()
        names = [body[8:].split(b"\0")[0] for kind, _, body in records if kind == RECORD_COMM]
        self.assertIn(b"deeds", names)
        maps = [body for kind, _, body in records if kind == RECORD_MMAP2
                and body[64:].startswith(b"deeds\0")]
        text = [m for m in maps if struct.unpack_from("<I", m, 56)[0] & 4]
        self.assertEqual(len(text), 1)
        address, length, offset = struct.unpack_from("<QQQ", text[0], 8)
        self.assertEqual((address, offset), text_segment(deeds)[::2])
        self.assertEqual(length % session.PAGE, 0)
        note = re.search(b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0(.{20})", contents(deeds), re.S)
        self.assertEqual(text[0][36:56], note.group(1))

    def test_malformed_programs(self):
        whole = contents(deeds)
        foreign = whole.replace(b"machperf\0", b"somebody\0")
        for data, text in ((b"", "not an ELF file"), (whole[:4000], "beyond the end"),
                           (foreign, "lacks the machperf note"), (b"#!/bin/sh\n", "not an ELF")):
            self.fails(session.ERROR_WORKLOAD, "deeds: .*" + text, deeds,
                       files={"workload": data})

    def test_refused_event(self):
        result = self.fails(session.ERROR_EVENT, "event 1 .* was refused", deeds,
                            attrs=session.attr(INSTRUCTIONS, 100003) + session.attr(6, 1))
        self.assertEqual(result.error()[1], 1)

    def test_conservation_in_a_small_ring(self):
        with tempfile.TemporaryDirectory() as where:
            stats = os.path.join(where, "stats")
            result = self.good(programs["spin"], 500000, ring_size=4096, watermark=2048,
                               attrs=session.attr(INSTRUCTIONS, 1009), stats=stats)
            emulator = dict(line.rsplit(" ", 1) for line in
                            contents(stats).decode().splitlines())
        overflows = int(emulator["cpu 0 overflows.instructions"])
        values = result.stats()[0]
        samples = sum(kind == RECORD_SAMPLE for kind, _, _ in result.records())
        self.assertEqual(values["samples"], samples)
        self.assertEqual(overflows, samples + values["lost"] + values["coalesced"] +
                         values["throttled"])
        lost = sum(struct.unpack_from("<QQ", body)[1] for kind, _, body in result.records()
                   if kind == RECORD_LOST)
        self.assertEqual(lost, values["lost"])
        self.assertGreater(lost, 0)
        self.assertGreater(result.kinds().count("DATA"), 1)

    def test_system_scope(self):
        result = self.good(programs["pingpong"], 500, scope="system",
                           attrs=session.attr(INSTRUCTIONS, 10007))
        self.assertEqual(result.output(), "pingpong: 500 calls\n")
        tasks = {struct.unpack_from("<I", body, 16)[0] for kind, _, body in result.records()
                 if kind == RECORD_SAMPLE}
        self.assertGreaterEqual(len(tasks), 2)

    def test_same_bytes_every_time(self):
        first = self.good(programs["chase"], 64, 100000)
        second = self.good(programs["chase"], 64, 100000)
        self.assertEqual(first.frames, second.frames)

    def test_spin_to_the_instruction(self):
        counts = {n: self.good(programs["spin"], n,
                               attrs=session.attr(INSTRUCTIONS, 0, flags=session.FLAGS |
                                                  EXCLUDE_KERNEL)).stats()[0]["value"]
                  for n in (7, 14, 123456, 246912)}
        beside = {count - 10 * n for n, count in counts.items()}
        self.assertEqual(len(beside), 1, counts)
        self.assertLess(beside.pop(), 200)

    def test_workloads(self):
        lines = {
            "branchy": (["10000"], r"branchy: 10000 branches, sum [0-9a-f]+\n"),
            "chase": (["64", "5000"], r"chase: 5000 loads in 1024 lines, at line \d+\n"),
            "faults": (["100"], r"faults: 100 pages touched\n"),
            "pingpong": (["100"], r"pingpong: 100 calls\n"),
            "spin": (["10"], ""),
            "sqlite": (["100"], r"sqlite 3\.\d+\.\d+: 100 purchases, 121 rows, checksum \w{16}\n"),
            "threads": (["3", "1000"], r"threads: 3 done, 1000 turns each\n"),
            "stride": (["8", "1000"], r"stride: 1000 reads of 8 pages, sum 3500\n"),
            "zlib": (["1", "1"], r"zlib 1\.\S+: level 1, \d+ bytes to \d+ and back, .*\n"),
        }
        for name, program in programs.items():
            arguments, expected = lines[name]
            result = self.good(program, *arguments)
            self.assertRegex(result.output(), "^" + expected + "$", name)
            self.assertEqual(result.exit()[:2], (NORMAL, 0), name)

    def test_workload_help_and_errors(self):
        for name, program in programs.items():
            result = self.good(program, "--help")
            self.assertTrue(result.output().startswith(f"usage: {name} ["), name)
            self.assertEqual(result.exit()[:2], (NORMAL, 0), name)
            result = self.good(program, "12monkeys")
            self.assertRegex(result.output(), rf"^{name}: .*'12monkeys' is not a number .*\n$")
            self.assertEqual(result.exit()[:2], (NORMAL, 2), name)


if __name__ == "__main__":
    qemu, firmware, kernel, agent, deeds = sys.argv[1:6]
    programs = {os.path.basename(path): path for path in sys.argv[6:]}
    machine = session.Machine(qemu, firmware, kernel, agent)
    unittest.main(argv=sys.argv[:1], verbosity=2)
