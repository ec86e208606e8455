#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bench.py PERFREPORT [RECORDING]: perfreport against perf on the same files, without inlines.

Two files: a real one of about 20 MB, made here by perf record (RECORDING where that is not allowed), and one of
MACHPERF_BENCH_MB (1024) MB, which is the real one with its samples replayed, later each time. All commands run in turn,
MACHPERF_BENCH_RUNS (5) times; medians are printed, of the time that passed and of processor time, which says more while others
use the machine. perf script alone is the first stage of the usual pipeline to a flame graph; on the large file perf runs once.
"""

import os
import pathlib
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

SKIP = 77
SAMPLE, FINISHED_ROUND = 9, 68
IP, TID, TIME, IDENTIFIER = 1 << 0, 1 << 1, 1 << 2, 1 << 16
FEATURE_BITS_AT, FEATURE_WORDS = 72, 4
REAL_MB = 20
RUNS = int(os.environ.get("MACHPERF_BENCH_RUNS", "5"))
LARGE_MB = int(os.environ.get("MACHPERF_BENCH_MB", "1024"))
# Forks, reads files, compresses: many stacks in the kernel and in libraries.
WORK = ["sh", "-c", "while :; do ls -lR /usr/share/doc /usr/lib | gzip -1 >/dev/null; grep -r main /usr/share/doc | sort "
        "| sha256sum >/dev/null; done"]


def record(path):
    """A real recording of about REAL_MB; False: perf is not allowed to."""
    with tempfile.TemporaryFile() as errors:
        for seconds in (4, 8, 16, 32):
            done = subprocess.run(["perf", "record", "-q", "-a", "-g", "-F", "10000", "-e", "cpu-clock", "-o", path, "--", "timeout",
                                   str(seconds), *WORK], stdout=errors, stderr=errors, check=False)
            if done.returncode not in (0, 124) or not os.path.exists(path):
                return False
            if os.path.getsize(path) >= REAL_MB * 1000000 * 0.8:
                break
    return True


def replay(real, path, megabytes, least=0):
    """Write the recording real again and again into path, until it is that large and has at least so many samples."""
    whole = pathlib.Path(real).read_bytes()
    attrs_offset, attrs_size, data_offset, data_size = struct.unpack_from("<4Q", whole, 24)
    sample_type = struct.unpack_from("<Q", whole, attrs_offset + 24)[0]
    assert sample_type & IP and sample_type & TID and sample_type & TIME and attrs_size
    time_at = 8 + 8 * bool(sample_type & IDENTIFIER) + 8 + 8
    others, samples, places, at = bytearray(), bytearray(), [], data_offset
    while at < data_offset + data_size:
        kind, _, size = struct.unpack_from("<IHH", whole, at)
        if kind == SAMPLE:
            places.append(len(samples) + time_at)
            samples += whole[at:at + size]
        elif kind != FINISHED_ROUND:
            others += whole[at:at + size]
        at += size
    times = [struct.unpack_from("<Q", samples, place)[0] for place in places]
    last, first = max(times), min(times)
    pack = struct.Struct("<Q").pack_into
    # All others first; then rounds of samples, each a recording's length later.
    with open(path, "wb") as file:
        file.write(whole[:data_offset])
        file.write(others)
        size, turn = len(others), 0
        while size < megabytes * 1000000 or turn * len(places) < least:
            turn += 1
            shift = turn * (last - first + 1000)
            for place, when in zip(places, times):
                pack(samples, place, when + shift)
            file.write(samples)
            file.write(struct.pack("<IHH", FINISHED_ROUND, 0, 8))
            size += len(samples) + 8
        grown = size - data_size
        tail = bytearray(whole[data_offset + data_size:])
        words = struct.unpack_from(f"<{FEATURE_WORDS}Q", whole, FEATURE_BITS_AT)
        for index in range(sum(word.bit_count() for word in words)):
            offset = struct.unpack_from("<Q", tail, 16 * index)[0]
            struct.pack_into("<Q", tail, 16 * index, offset + grown)
        file.write(tail)
        file.seek(48)
        file.write(struct.pack("<Q", size))
    return turn * len(places)


def measure(command):
    """Seconds, seconds of processors, and MiB at most, that it took."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, command
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compare(name, path, commands, fewer=None):
    """Run all in turn, those of fewer that often; {name: (median of seconds, of processor seconds, most MiB)}."""
    fewer = fewer or {}
    size = os.path.getsize(path) / 1e6
    runs = {key: [] for key in commands}
    for turn in range(RUNS):
        for key, command in commands.items():
            if turn < fewer.get(key, RUNS):
                runs[key].append(measure(command))
    result = {key: (*(statistics.median(run[i] for run in times) for i in (0, 1)), max(run[2] for run in times))
              for key, times in runs.items()}
    print(f"{name}: {size:.0f} MB; medians of {RUNS}" + "".join(f", {key} {times}" for key, times in fewer.items()))
    for key, (seconds, cpu, memory) in result.items():
        print(f"  {key:34} {seconds:8.3f} s {cpu:8.3f} s of processors {size / cpu:8.1f} MB/s {memory:7.0f} MiB")
    return result


def ratio(result, ours, theirs, goal):
    """Print how many times faster ours is."""
    times, cpu = (result[theirs][i] / result[ours][i] for i in (0, 1))
    print(f"  {ours} is {times:.1f} times as fast as {theirs} (goal {goal}), by processor time {cpu:.1f}")
    return times


def main():
    """Run the comparison; fails only where perf is faster."""
    perfreport = sys.argv[1]
    if not shutil.which("perf"):
        print("no perf on this machine: nothing to compare with")
        return SKIP
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        real, large = os.path.join(folder, "real.data"), os.path.join(folder, "large.data")
        if not record(real):
            print("perf record is not allowed here" + "; with the recording given" * (len(sys.argv) > 2))
            if len(sys.argv) < 3:
                return SKIP
            real = sys.argv[2]

        def commands(path):
            return {
                "flame": [perfreport, "flame", "-i", path, "-o", os.path.join(folder, "out.html")],
                "report": [perfreport, "report", "-i", path],
                "perf report --stdio --no-inline": ["perf", "report", "-f", "--stdio", "--no-inline", "-i", path],
                "perf script --no-inline": ["perf", "script", "-f", "--no-inline", "-i", path],
            }

        result = small = compare("real", real, {**commands(real), "flame, 1 thread": [*commands(real)["flame"], "--threads", "1"]})
        good = ratio(result, "flame", "perf script --no-inline", 50) > 1
        good &= ratio(result, "report", "perf report --stdio --no-inline", 5) > 1
        samples = replay(real, large, LARGE_MB)
        two = {f"flame, {n} thread{'s' * (n > 1)}": [*commands(large)["flame"], "--threads", str(n)] for n in (1, 2)}
        theirs = {key: command for key, command in commands(large).items() if key.startswith("perf ")}
        result = compare("replayed", large, {**two, "report": commands(large)["report"], **theirs}, dict.fromkeys(theirs, 1))
        # Symbols and the page are the same in both: what is left is the reading.
        one = result["flame, 1 thread"][1] - small["flame, 1 thread"][1]
        more = os.path.getsize(large) - os.path.getsize(real)
        print(f"  {samples} samples; with warm symbols one processor reads {more / one / 1e9:.2f} GB/s (goal 1), "
              f"{samples / one / 1e6:.1f} million samples a second")
        good &= ratio(result, "flame, 2 threads", "perf script --no-inline", 50) > 1
        good &= ratio(result, "report", "perf report --stdio --no-inline", 5) > 1
        ratio(result, "flame, 2 threads", "flame, 1 thread", 1.7)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
