#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""unwind.py PERFREPORT [RECORDING]: stack dumps unwound, inlined functions and lines found, against perf on the same file.

The file is a real recording with --call-graph dwarf, made here unless RECORDING is given, replayed until it has
MACHPERF_BENCH_DUMPS (70000) dumps. All commands run in turn, MACHPERF_BENCH_RUNS (5) times, perf's MACHPERF_BENCH_PERF_RUNS (3)
times; medians are printed.
"""

import os
import shutil
import subprocess
import sys
import tempfile

import bench

DUMPS = int(os.environ.get("MACHPERF_BENCH_DUMPS", "70000"))
PERF_RUNS = int(os.environ.get("MACHPERF_BENCH_PERF_RUNS", "3"))
DUMP_BYTES = 4096


def record(path):
    """A real recording of some thousand dumps; False: perf is not allowed to."""
    done = subprocess.run(["perf", "record", "-q", "-a", "--call-graph", f"dwarf,{DUMP_BYTES}", "-F", "999", "-e", "cpu-clock", "-o",
                           path, "--", "timeout", "6", *bench.WORK], capture_output=True, check=False)
    return done.returncode in (0, 124) and os.path.exists(path)


def main():
    """Run the comparison; fails only where perf is faster."""
    perfreport = sys.argv[1]
    if not shutil.which("perf"):
        print("no perf on this machine: nothing to compare with")
        return bench.SKIP
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        real, large = os.path.join(folder, "real.data"), os.path.join(folder, "large.data")
        if len(sys.argv) > 2:
            real = sys.argv[2]
        elif not record(real):
            print("perf record is not allowed here")
            return bench.SKIP
        samples = bench.replay(real, large, 0, DUMPS)
        print(f"{samples} samples")
        result = bench.compare("dumps", large, {
            "report": [perfreport, "report", "-i", large],
            "report --inline by line": [perfreport, "report", "-i", large, "--inline", "--sort", "srcline,symbol"],
            "perf report --stdio --no-inline": ["perf", "report", "-f", "--stdio", "--no-inline", "-i", large],
        }, {"perf report --stdio --no-inline": PERF_RUNS})
        good = bench.ratio(result, "report", "perf report --stdio --no-inline", 10) > 1
        good &= bench.ratio(result, "report --inline by line", "perf report --stdio --no-inline", 1) > 1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
