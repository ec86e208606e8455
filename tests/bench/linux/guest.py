# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot Debian's own Linux kernel on the emulated PMU and run its own perf there.

The peer of tests/bench/sample_cost.py: the same emulator, the same counters, Linux' driver.
"""
import os
import re
import shutil
import subprocess
import tempfile

INIT = """#!/bin/sh
export PATH=/bin HOME=/ PERF_PAGER=cat
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /tmp
echo 0 > /proc/sys/kernel/nmi_watchdog
echo -1 > /proc/sys/kernel/perf_event_paranoid
echo 0 > /proc/sys/kernel/perf_cpu_time_max_percent
echo 10000000 > /proc/sys/kernel/perf_event_max_sample_rate
sh /job > /tmp/out 2>&1
cat /tmp/out
echo machperf-linux-done
reboot -f
"""


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


def initramfs(path, busybox, perf, job, programs):
    """Write an initramfs that runs the shell text JOB; programs: name -> file."""
    entries = [(d, 0o040755, b"") for d in
               ("bin", "proc", "sys", "tmp", "lib", "lib64", "usr", "usr/lib", "dev")]
    made = {e[0] for e in entries}

    def add(name, source):
        parts = name.split("/")[:-1]
        for i in range(1, len(parts) + 1):
            folder = "/".join(parts[:i])
            if folder not in made:
                made.add(folder)
                entries.append((folder, 0o040755, b""))
        with open(source, "rb") as f:
            entries.append((name, 0o100755, f.read()))

    add("bin/busybox", busybox)
    for tool in ("sh", "mount", "cat", "echo", "reboot", "wc", "grep", "sleep"):
        entries.append(("bin/" + tool, 0o120777, b"busybox"))
    add("bin/perf", perf)
    for lib in _libraries(perf):
        add(lib.lstrip("/"), lib)
    for name, source in programs.items():
        add("bin/" + name, source)
    entries.append(("init", 0o100755, INIT.encode()))
    entries.append(("job", 0o100755, job.encode()))
    with open(path, "wb") as f:
        f.write(_cpio(entries))


def spin(folder, loops):
    """Build spin.S for LOOPS iterations; its path."""
    here = os.path.dirname(os.path.abspath(__file__))
    out = os.path.join(folder, "spin")
    subprocess.run(["gcc", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id", f"-DLOOPS={loops}",
                    "-o", out, os.path.join(here, "spin.S")], check=True)
    return out


def run(qemu, qemu_data, vmlinuz, busybox, job, programs, shift=3, timeout=900):
    """Boot, run JOB; (console text, lines of the emulator's statistics)."""
    folder = tempfile.mkdtemp(prefix="machperf-linux-")
    try:
        initrd = os.path.join(folder, "initrd")
        stats = os.path.join(folder, "stats")
        initramfs(initrd, busybox, shutil.which("perf"), job, programs)
        command = [
            qemu, "-L", qemu_data, "-machine", "pc", "-m", "512", "-accel", "tcg",
            "-icount", f"shift={shift},sleep=off", "-rtc", "base=2026-01-01T00:00:00,clock=vm",
            "-seed", "1", "-nodefaults", "-display", "none", "-no-reboot", "-cpu", "Nehalem,pmu=on",
            "-serial", "stdio", "-kernel", vmlinuz, "-initrd", initrd,
            "-device", f"machperf-port,path={os.path.join(folder, 'port')},stats={stats}",
            "-append", "console=ttyS0 quiet panic=-1 nokaslr mitigations=off tsc=reliable "
                       "nowatchdog rdinit=/init"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout, errors="replace")
        if "machperf-linux-done" not in done.stdout:
            raise RuntimeError("the Linux guest did not finish:\n" + done.stdout[-2000:] + done.stderr)
        with open(stats) as f:
            return done.stdout, f.read().splitlines()
    finally:
        shutil.rmtree(folder)
