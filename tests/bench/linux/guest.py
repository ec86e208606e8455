# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own Linux on the emulated PMU, with the machine's own perf.

The same emulator and the same counters as ours, another system's driver. MACHPERF_LINUX is the folder
of kernel and busybox that ./check makes (setup/linux.sh).
"""
import lzma
import os
import re
import shutil
import struct
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 300

# The first process. The sampling rate can only be set before the throttle by processor time is turned
# off; nobody asks for the kernel's symbols, and reading their list takes perf longer than the measurement.
INIT = """#!/bin/sh
export PATH=/bin HOME=/ PERF_PAGER=cat
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /tmp
mount -o bind /empty /proc/kallsyms
echo 0 > /proc/sys/kernel/nmi_watchdog
echo -1 > /proc/sys/kernel/perf_event_paranoid
echo 1000000 > /proc/sys/kernel/perf_event_max_sample_rate
echo 0 > /proc/sys/kernel/perf_cpu_time_max_percent
sh /job > /tmp/out 2>&1
cat /tmp/out
echo machperf-linux-done
reboot -f
"""

TOOLS = ("sh", "mount", "cat", "echo", "reboot", "wc", "grep", "dmesg")


def _cpio(entries):
    """A newc archive of (name, mode, bytes)."""
    out = bytearray()
    for ino, (name, mode, data) in enumerate(entries + [("TRAILER!!!", 0, b"")], 1):
        raw = name.encode() + b"\0"
        out += b"070701" + b"".join(
            b"%08X" % v for v in (ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0))
        out += raw
        out += b"\0" * (-len(out) % 4)
        out += data
        out += b"\0" * (-len(out) % 4)
    return bytes(out)


def _libraries(program):
    text = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return sorted(set(re.findall(r"(/\S+) \(0x", text)))


def _folders(names):
    """Every folder on the way to these files, outermost first."""
    found = {"proc", "sys", "tmp", "dev"}
    for name in names:
        parts = name.split("/")[:-1]
        found.update("/".join(parts[:i]) for i in range(1, len(parts) + 1))
    return sorted(found)


def _initramfs(busybox, perf, job, programs):
    """An initramfs that runs the shell text JOB; programs: name -> file."""
    files = {"bin/busybox": busybox, "bin/perf": perf}
    files.update({lib.lstrip("/"): lib for lib in _libraries(perf)})
    files.update({"bin/" + name: source for name, source in programs.items()})
    entries = [(folder, 0o040755, b"") for folder in _folders(files)]
    for name, source in files.items():
        with open(source, "rb") as f:
            entries.append((name, 0o100755, f.read()))
    entries += [("bin/" + tool, 0o120777, b"busybox") for tool in TOOLS]
    entries += [("empty", 0o100644, b""), ("init", 0o100755, INIT.encode()),
                ("job", 0o100755, job.encode())]
    return _cpio(entries)


def _unpacked(vmlinuz):
    """The kernel proper inside a bzImage (the kernel's Documentation/arch/x86/boot.rst), or None.

    The emulator can enter it directly, which saves two thirds of the boot.
    """
    with open(vmlinuz, "rb") as f:
        image = f.read()
    setup_sectors = image[0x1f1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = image[start:start + length]
    if not payload.startswith(b"\xfd7zXZ\0"):
        return None
    return lzma.LZMADecompressor().decompress(payload)


def available():
    """Why it cannot run here, or None."""
    folder = os.environ.get("MACHPERF_LINUX")
    if not folder or not os.path.exists(os.path.join(folder, "vmlinuz")):
        return "no Linux kernel: './check bench' fetches it, MACHPERF_LINUX names its folder"
    if not shutil.which("perf"):
        return "no perf: install linux-perf"
    return None


class Linux:
    """One kernel, unpacked into a folder of the caller's, to be booted any number of times."""

    def __init__(self, qemu, qemu_data, folder):
        source = os.environ["MACHPERF_LINUX"]
        self.folder = folder
        self.qemu = qemu
        self.qemu_data = qemu_data
        self.busybox = os.path.join(source, "busybox")
        self.kernel = os.path.join(source, "vmlinuz")
        kernel = None
        if os.path.exists(os.path.join(qemu_data, "pvh.bin")):
            kernel = _unpacked(self.kernel)
        if kernel:
            self.kernel = os.path.join(folder, "vmlinux")
            with open(self.kernel, "wb") as f:
                f.write(kernel)

    def program(self, name, routine, n, source, *options):
        """Build a program that calls ROUTINE(n) of the assembly file SOURCE; its path."""
        out = os.path.join(self.folder, name)
        subprocess.run(["gcc", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id", f"-DN={n}",
                        f"-DROUTINE={routine}", *options, "-o", out, os.path.join(HERE, "program.S"), source],
                       check=True)
        return out

    def run(self, job, programs, cpu="Nehalem"):
        """Boot on a CPU and run JOB; (its output, the emulator's statistics)."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            initrd, stats = os.path.join(folder, "initrd"), os.path.join(folder, "stats")
            with open(initrd, "wb") as f:
                f.write(_initramfs(self.busybox, shutil.which("perf"), job, programs))
            done = subprocess.run(
                [self.qemu, "-L", self.qemu_data, "-machine", "pc", "-m", "512", "-accel", "tcg",
                 "-icount", "shift=3,sleep=off", "-rtc", "base=2026-01-01T00:00:00,clock=vm",
                 "-seed", "1", "-nodefaults", "-display", "none", "-no-reboot",
                 "-cpu", cpu + ",pmu=on", "-serial", "stdio",
                 "-device", f"machperf-port,stats={stats}",
                 "-kernel", self.kernel, "-initrd", initrd,
                 "-append", "console=ttyS0 quiet panic=-1 nokaslr mitigations=off tsc=reliable "
                            "nowatchdog cryptomgr.notests rdinit=/init"],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                timeout=TIMEOUT, check=False)
            if "machperf-linux-done" not in done.stdout:
                raise RuntimeError("the Linux guest did not finish:\n" + done.stdout[-2000:] +
                                   done.stderr)
            with open(stats, encoding="ascii") as f:
                return done.stdout, numbers(f.read())


def numbers(text):
    """The emulator's statistics, summed over its CPUs."""
    found = {}
    for key, value in re.findall(r"^cpu \d+ (\S+) (\d+)$", text, re.M):
        found[key] = found.get(key, 0) + int(value)
    return found
