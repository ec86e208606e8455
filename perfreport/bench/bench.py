#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bench.py PERFREPORT RECORDING [SAMPLES]: how fast a flame graph is, against perf script on the same file.

The file is RECORDING with its samples replayed, later each time, until there are SAMPLES (300 000) of them. perf script
alone is the first stage of the usual pipeline to a flame graph. Both run in turn; medians of 5 are printed.
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

SAMPLE, FINISHED_ROUND = 9, 68
IP, TID, TIME, IDENTIFIER = 1 << 0, 1 << 1, 1 << 2, 1 << 16
FEATURE_BITS_AT, FEATURE_WORDS = 72, 4


def replay(whole, wanted):
    """The recording with that many samples."""
    attrs_offset, attrs_size, data_offset, data_size = struct.unpack_from("<4Q", whole, 24)
    sample_type = struct.unpack_from("<Q", whole, attrs_offset + 24)[0]
    assert sample_type & IP and sample_type & TID and sample_type & TIME and attrs_size
    time_at = 8 + 8 * bool(sample_type & IDENTIFIER) + 8 + 8
    records, at = [], data_offset
    while at < data_offset + data_size:
        kind, _, size = struct.unpack_from("<IHH", whole, at)
        records.append((kind, whole[at:at + size]))
        at += size
    samples = [bytes(record) for kind, record in records if kind == SAMPLE]
    last = max(struct.unpack_from("<Q", sample, time_at)[0] for sample in samples)
    first = min(struct.unpack_from("<Q", sample, time_at)[0] for sample in samples)
    # All others first; then rounds of samples, each a recording's length later.
    data = bytearray(b"".join(record for kind, record in records if kind not in (SAMPLE, FINISHED_ROUND)))
    for turn in range(-(-wanted // len(samples))):
        for sample in samples:
            shifted = bytearray(sample)
            when = struct.unpack_from("<Q", sample, time_at)[0]
            struct.pack_into("<Q", shifted, time_at, when + (turn + 1) * (last - first + 1000))
            data += shifted
        data += struct.pack("<IHH", FINISHED_ROUND, 0, 8)
    grown = len(data) - data_size
    tail = bytearray(whole[data_offset + data_size:])
    words = struct.unpack_from(f"<{FEATURE_WORDS}Q", whole, FEATURE_BITS_AT)
    for index in range(sum(word.bit_count() for word in words)):
        offset = struct.unpack_from("<Q", tail, 16 * index)[0]
        struct.pack_into("<Q", tail, 16 * index, offset + grown)
    head = bytearray(whole[:data_offset])
    struct.pack_into("<Q", head, 48, len(data))
    return bytes(head + data + tail)


def seconds(command):
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - begin


def main():
    if not shutil.which("perf"):
        print("no perf on this machine: nothing to compare with")
        return 77
    perfreport, recording = sys.argv[1], pathlib.Path(sys.argv[2])
    wanted = int(sys.argv[3]) if len(sys.argv) > 3 else 300_000
    with tempfile.TemporaryDirectory(prefix="machperf-bench-") as place:
        big = os.path.join(place, "big.data")
        pathlib.Path(big).write_bytes(replay(recording.read_bytes(), wanted))
        commands = {
            "perfreport flame": [perfreport, "flame", "-i", big, "-o", os.path.join(place, "flame.html")],
            "perfreport report": [perfreport, "report", "-i", big],
            "perf script --no-inline": ["perf", "script", "-f", "--no-inline", "-i", big],
        }
        times = {name: [] for name in commands}
        for _ in range(5):
            for name, command in commands.items():
                times[name].append(seconds(command))
        size = os.path.getsize(big) / 1e6
        medians = {name: statistics.median(runs) for name, runs in times.items()}
    print(f"{wanted} samples, {size:.0f} MB; medians of 5")
    for name, median in medians.items():
        print(f"{name:24} {median:7.3f} s {size / median:8.1f} MB/s")
    ratio = medians["perf script --no-inline"] / medians["perfreport flame"]
    print(f"perfreport flame is {ratio:.1f} times as fast as perf script alone")
    return 0 if ratio > 1 else 1


if __name__ == "__main__":
    sys.exit(main())
