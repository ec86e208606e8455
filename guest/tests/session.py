# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the agent in the emulator and read the frames it sends (for tests)."""
import os
import struct
import subprocess
import tempfile
import time

PAGE = 4096
FRAMES = {1: "HELLO", 2: "EVENT", 3: "DATA", 4: "OUTPUT", 5: "EXIT", 6: "STATS", 7: "ERROR",
          8: "LOG", 9: "END", 10: "INTERVAL", 11: "OVERHEAD"}
(ERROR_AGENT, ERROR_NO_INTERFACE, ERROR_CONFIG, ERROR_WORKLOAD, ERROR_EVENT,
 ERROR_OUTPUT) = range(1, 7)
MAGIC = 0x524d504d

SAMPLE_TYPE = (1 << 16) | (1 << 0) | (1 << 1) | (1 << 2) | (1 << 7) | (1 << 8)
SAMPLE_CALLCHAIN = 1 << 5
# disabled, inherit, mmap, comm, task, sample_id_all, mmap2, build_id
FLAGS = (1 << 0) | (1 << 1) | (1 << 8) | (1 << 9) | (1 << 13) | (1 << 18) | (1 << 23) | (1 << 34)


def attr(config=1, period=0, type_=0, sample_type=SAMPLE_TYPE, flags=FLAGS):
    """One struct perf_event_attr, PERF_ATTR_SIZE_VER7."""
    head = struct.pack("<IIQQQQQ", type_, 128, config, period, sample_type, 0, flags)
    return head + bytes(128 - len(head))


def cpio(files):
    """A cpio archive of the new format."""
    out = bytearray()
    for name, data in list(files.items()) + [("TRAILER!!!", b"")]:
        name = name.encode() + b"\0"
        fields = [0, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0]
        out += b"070701" + b"".join(b"%08X" % f for f in fields) + name
        out += bytes(-len(out) % 4)
        out += data
        out += bytes(-len(out) % 4)
    return bytes(out)


def config(workload, args=(), scope="task", ring_size=1 << 20, watermark=0):
    lines = ["version 1", f"scope {scope}", f"ring-size {ring_size}", f"watermark {watermark}"]
    if workload is not None:
        lines.append(f"workload {workload}")
    lines += [f"arg {a}" for a in args]
    return "".join(line + "\n" for line in lines).encode()


class Result:
    """What a run left behind."""

    def __init__(self, status, console, stream):
        self.status = status          # of the emulator, or None if it was stopped
        self.console = console
        self.frames = []              # (type name, cpu, payload)
        self.broken = None            # what is wrong with the stream
        self._split(stream)

    def _split(self, stream):
        at = 0
        while at < len(stream):
            if len(stream) - at < 16:
                self.broken = "a cut frame header"
                return
            magic, kind, cpu, length = struct.unpack_from("<IHHQ", stream, at)
            if magic != MAGIC or kind not in FRAMES:
                self.broken = f"no frame at {at}"
                return
            if length > len(stream) - at - 16:
                self.broken = "a cut frame"
                return
            self.frames.append((FRAMES[kind], cpu, stream[at + 16:at + 16 + length]))
            at += 16 + length

    def kinds(self):
        return [f[0] for f in self.frames]

    def payloads(self, kind):
        return [f[2] for f in self.frames if f[0] == kind]

    def output(self):
        return b"".join(self.payloads("OUTPUT")).decode()

    def error(self):
        """(code, index, kern_return, text) of the ERROR frame, or None."""
        payloads = self.payloads("ERROR")
        if not payloads:
            return None
        code, index, kr, _ = struct.unpack_from("<IIiI", payloads[0])
        return code, index, kr, payloads[0][16:].decode()

    def exit(self):
        """(how, status, exception, code, subcode, ip) of the EXIT frame, or None."""
        payloads = self.payloads("EXIT")
        return struct.unpack("<IiiiqQ", payloads[0]) if payloads else None

    def stats(self):
        """A dictionary for each event."""
        names = ("index", "reserved", "id", "value", "time_enabled", "time_running", "samples",
                 "lost", "throttled", "coalesced")
        return [dict(zip(names, struct.unpack("<IIQQQQQQQQQ", p))) for p in self.payloads("STATS")]

    def records(self):
        """(type, misc, body) of every record, ring by ring."""
        out = []
        for _, _, payload in [f for f in self.frames if f[0] == "DATA"]:
            at = 0
            while at < len(payload):
                kind, misc, size = struct.unpack_from("<IHH", payload, at)
                if size < 8 or size % 8 or size > len(payload) - at:
                    raise ValueError(f"a malformed record of {size} bytes")
                out.append((kind, misc, payload[at + 8:at + size]))
                at += size
        return out


def contents(path):
    """The bytes of a file, none if it is not one."""
    if not os.path.isfile(path):
        return b""
    with open(path, "rb") as f:
        return f.read()


def as_elf32(kernel, where):
    """The kernel in an ELF32 container, for an emulator that loads no other; one that is in such already as it is."""
    data = contents(kernel)
    if data[4] == 1:
        return kernel
    entry, phoff = struct.unpack_from("<QQ", data, 24)
    count, = struct.unpack_from("<H", data, 56)
    loads = []
    for i in range(count):
        kind, flags, offset, _, physical, size, memory, _ = struct.unpack_from(
            "<IIQQQQQQ", data, phoff + 56 * i)
        if kind == 1:
            loads.append((physical, offset, size, memory, flags))
    headers, body = b"", b""
    for physical, offset, size, memory, flags in sorted(loads):
        body += bytes((physical - len(body)) % PAGE)
        headers += struct.pack("<IIIIIIII", 1, PAGE + len(body), physical, physical, size, memory,
                               flags, PAGE)
        body += data[offset:offset + size]
    out = b"\x7fELF\x01\x01\x01" + bytes(9) + struct.pack(
        "<HHIIIIIHHHHHH", 2, 3, 1, entry & 0xffffffff, 52, 0, 0, 52, 32, len(loads), 40, 0, 0)
    out += headers
    path = os.path.join(where, "kernel32")
    with open(path, "wb") as f:
        f.write(out + bytes(PAGE - len(out)) + body)
    return path


class Machine:
    """An emulator, a kernel and an agent."""

    def __init__(self, qemu, data, kernel, agent):
        self.qemu, self.data, self.kernel, self.agent = qemu, data, kernel, agent

    def run(self, files=None, archive=None, timeout=120, port=True, sink=None, stats=None, last=None):
        """Boot with the agent and an archive of FILES (or the bytes ARCHIVE)."""
        with tempfile.TemporaryDirectory() as where:
            disk = os.path.join(where, "session.cpio")
            with open(disk, "wb") as f:
                f.write(archive if archive is not None else cpio(files))
            modules = [f"{self.agent} ${{host-port}} ${{device-port}} $(task-create) $(task-resume)",
                       f"{disk} $(ramdisk-create)"]
            return self.boot(modules, where, timeout, port, sink, stats, last)

    def boot(self, modules, where, timeout=120, port=True, sink=None, stats=None, last=None):
        """Run until the machine ends; status is None if it has not when the time is up, or a second
        after its console has the bytes LAST."""
        console = os.path.join(where, "console")
        stream = sink or os.path.join(where, "stream")
        kernel = self.kernel if port else as_elf32(self.kernel, where)
        command = [self.qemu, "-L", self.data, "-cpu", "Nehalem,pmu=on", "-machine", "pc",
                   "-m", "128", "-accel", "tcg", "-icount", "shift=3,sleep=off",
                   "-rtc", "base=2026-01-01T00:00:00,clock=vm", "-seed", "1", "-nodefaults",
                   "-display", "none", "-no-reboot", "-serial", "file:" + console,
                   "-kernel", kernel, "-append", "console=com0", "-initrd", ",".join(modules)]
        if port:
            command += ["-device", f"machperf-port,path={stream}" +
                        (f",stats={stats}" if stats else "")]
        end = time.monotonic() + timeout
        with subprocess.Popen(command, stdin=subprocess.DEVNULL) as machine:
            while machine.poll() is None and time.monotonic() < end:
                try:
                    machine.wait(0.1)
                except subprocess.TimeoutExpired:
                    if last and last in contents(console):
                        last, end = None, time.monotonic() + 1
            status = machine.poll()
            machine.kill()
        return Result(status, contents(console).decode("latin-1"), contents(stream))
