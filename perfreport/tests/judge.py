# SPDX-License-Identifier: GPL-2.0-or-later
"""The perf of this machine as a judge: its tables and stacks as counters."""

import contextlib
import fcntl
import json
import os
import pathlib
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


def perf(cache, *arguments):
    return run("perf", "--buildid-dir", str(cache), *map(str, arguments))


def rows_of(cache, recording):
    """{event: Counter of (samples, events, task, object, symbol)}: every row of perf report.

    With a separator and a width: perf 6.1 cuts a task's name to the length of its first one (thread__comm_len), and cells to columns.
    """
    text = perf(cache, "report", "-f", "-i", recording, "--stdio", "--no-children", "--no-inline", "-g", "none", "--sort", "comm,dso,sym",
                "-F", "sample,period,comm,dso,sym", "-t", "\x1f", "-w", "0,0,40,0,0")
    found, rows = {}, None
    for line in text.splitlines():
        event = re.match(r"# Samples: .* of event '(.*)'", line)
        if event:
            rows = found[event[1]] = Counter()
        elif line.count("\x1f") == 4 and not line.startswith("#"):
            samples, events, comm, dso, symbol = (field.strip() for field in line.split("\x1f"))
            rows[(int(samples), int(events), comm, dso, symbol.split(None, 1)[1])] += 1
    return found


def stacks_of(cache, recording):
    """{event: Counter of folded stacks}: every sample of perf script."""
    text = perf(cache, "script", "-f", "--no-inline", "-i", recording, "-F", "comm,event,ip,sym")
    found = {}
    for event, counted in stacks(text).items():
        found[event] = Counter()
        for (comm, symbols), times in counted.items():
            found[event][";".join([comm.replace(";", ":"), *reversed(symbols)])] += times
    return found


def borrowed(place):
    """A new file at a place that tests beside this one want, too: open, locked, empty."""
    while True:
        file = open(place, "a+b")
        fcntl.flock(file, fcntl.LOCK_EX)
        status = os.fstat(file.fileno())
        if status.st_nlink and status.st_size == 0:
            return file
        file.close()
        if status.st_nlink:
            raise FileExistsError(place)


@contextlib.contextmanager
def maps_of_code(recording):
    """The maps of code made at run time that lie beside a recording, where perf looks for them, for so long."""
    with contextlib.ExitStack() as placed:
        for symbols in recording.parent.glob(f"{recording.stem}.perf-*.map"):
            file = placed.enter_context(borrowed(os.path.join("/tmp", symbols.name.partition(".")[2])))
            placed.callback(os.unlink, file.name)
            file.write(symbols.read_bytes())
            file.flush()
        yield


def judged(cache, recording):
    """All of it, in the form of the JSON files."""
    with maps_of_code(pathlib.Path(recording)):
        return judged_as_is(cache, recording)


def judged_as_is(cache, recording):
    by_row, by_stack = rows_of(cache, recording), stacks_of(cache, recording)
    return {event: {"samples": sum(row[0] * n for row, n in by_row[event].items()),
                    "events": sum(row[1] * n for row, n in by_row[event].items()),
                    "rows": sorted([*row] for row in by_row[event].elements()),
                    "stacks": dict(sorted(by_stack.get(event, {}).items()))}
            for event in sorted(by_row) if by_row[event]}


def ours(perfreport, cache, recording):
    """What perfreport makes of a recording, in the form of judged()."""
    def report(*arguments):
        root = ["--symfs", os.path.join(cache, "root")] if os.path.isdir(os.path.join(cache, "root")) else []
        return run(perfreport, *arguments, "-i", str(recording), "--build-id-dir", str(cache), *root, HOME=str(cache))

    result = {}
    for event in json.loads(report("report", "--json", "--sort", "task,dso,symbol"))["events"]:
        if not event["samples"]:
            continue
        rows = {}
        for row in event["rows"]:  # perf's tasks are names: of several tasks of one name it makes one row
            at = rows.setdefault((row["task"], row["dso"], row["symbol"]), [0, 0])
            at[0] += row["self"]
            at[1] += row["self_events"]
        result[event["name"]] = {"samples": event["samples"], "events": event["events"],
                                 "rows": sorted([*numbers, *names] for names, numbers in rows.items() if numbers[0]),
                                 "stacks": dict(sorted(folded(report("folded", "--event", event["name"])).items()))}
    return result
