# SPDX-License-Identifier: GPL-2.0-or-later
"""The perf of this machine as a judge: its tables and stacks as counters."""

import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter


def run(*command, **environment):
    return subprocess.run(command, capture_output=True, check=True, env={**os.environ, **environment}).stdout.decode()


def can_record():
    if not shutil.which("perf"):
        return False
    with tempfile.TemporaryDirectory() as place:
        return subprocess.run(["perf", "record", "-q", "-e", "cpu-clock:u", "-o", os.path.join(place, "perf.data"), "true"],
                              capture_output=True).returncode == 0


def table(text):
    """perf report --stdio with columns of fixed width: {event: Counter of rows}."""
    tables = {}
    rows = widths = None
    for line in text.splitlines():
        event = re.match(r"# Samples: .* of event '(.*)'", line)
        if event:
            rows = tables[event[1]] = Counter()
        elif re.match(r"# \.\.\.", line):
            widths = [(field.start(), field.end()) for field in re.finditer(r"\.+", line)]
        elif line.strip() and not line.startswith("#"):
            # The last column may be longer than its dots.
            fields = [line[start:end] for start, end in widths[:-1]] + [line[widths[-1][0]:]]
            rows[tuple(field.strip() for field in fields)] += 1
    return tables


def stacks(text):
    """perf script -F comm,event,ip,sym: {event: Counter of (comm, symbols from the innermost out)}."""
    found, head, frames = {}, None, []
    for line in [*text.splitlines(), ""]:
        if head and line.strip():
            frames.append(line)
            continue
        if head:
            symbols = tuple(frame.split(None, 1)[1] for frame in frames)
            found.setdefault(head[2], Counter())[(head[1], symbols)] += 1
        # A sample with a callchain has a line for each frame, and an empty one behind; one without has its frame beside it.
        head, frames = re.match(r"\s*(.*?)\s+([\w:/=.-]+): *(.*)$", line), []
        if head and head[3]:
            found.setdefault(head[2], Counter())[(head[1], (head[3].split(None, 1)[1],))] += 1
            head = None
    return found


def folded(text):
    """Our folded lines, with what has no name called as perf calls it."""
    lines = Counter()
    for line in text.splitlines():
        stack, times = line.rsplit(" ", 1)
        lines[re.sub(r";0x[0-9a-f]{16}", ";[unknown]", stack)] += int(times)
    return lines
