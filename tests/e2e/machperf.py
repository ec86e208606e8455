# SPDX-License-Identifier: GPL-2.0-or-later
"""What the end-to-end tests share: running our commands and stock perf.

MACHPERF_BUILD names the build directory (meson passes it).
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = os.environ["MACHPERF_BUILD"]
PERFREC = os.path.join(BUILD, "perfrec", "perfrec")
PERFREPORT = os.path.join(BUILD, "perfreport", "perfreport")
WORKLOADS = os.path.join(BUILD, "workloads")
TIMEOUT = 240

if shutil.which("perf") is None:
    print("skipped: no perf, the judge (package linux-perf)")
    sys.exit(77)


def run(*command, check=True, **options):
    options.setdefault("timeout", TIMEOUT)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n"
                             f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done


class Session(unittest.TestCase):
    """A test with a folder of its own, a build-id cache in it, and the commands."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="machperf-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.buildids = os.path.join(self.folder, "debug")
        self.said = {}
        self.environment = dict(os.environ, HOME=self.folder, PERF_PAGER="cat", PAGER="cat",
                                TZ="UTC", LC_ALL="C")

    def path(self, name):
        return os.path.join(self.folder, name)

    def record(self, options, workload, out="perf.data", check=True, **more):
        more.setdefault("env", self.environment)
        done = run(PERFREC, "record", "--buildid-dir", self.buildids, *options,
                   "-o", self.path(out), "--", *workload, check=check, **more)
        self.said[out] = done.stderr
        return done

    def report(self, *options, data="perf.data"):
        done = run(PERFREPORT, "report", "-i", self.path(data), "--buildid-dir", self.buildids,
                   "--json", *options, env=self.environment)
        return json.loads(done.stdout)

    def perf(self, *arguments, data="perf.data", losses=False):
        """Stock perf; a word of warning on stderr fails the test, but for that of losses."""
        done = run("perf", "--buildid-dir", self.buildids, arguments[0], "-i", self.path(data),
                   *arguments[1:], env=self.environment, cwd=self.folder)
        said = done.stderr.strip()
        if losses:
            said = re.sub(r"Warning:\nProcessed \d+ events and lost \d+ chunks!\s+"
                          r"Check IO/CPU overload!", "", said).strip()
        self.assertEqual(said, "", "stock perf complains")
        return done.stdout

    def log(self, data="perf.data"):
        with open(self.path(data) + ".log") as f:
            return f.read()


def perf_table(text):
    """{event: {(dso, symbol): samples}} of perf report --sort dso,sym -F sample,dso,sym."""
    events, rows = {}, None
    for line in text.splitlines():
        head = re.match(r"# Samples: .* of events? '(.+)'", line)
        if head:
            rows = events.setdefault(head.group(1), {})
        elif line.strip() and not line.startswith("#"):
            samples, dso, _mode, symbol = re.match(
                r"\s*(\d+)\s+(\S+)\s+\[(.)\]\s+(.*\S)\s*$", line).groups()
            rows[(dso, symbol)] = rows.get((dso, symbol), 0) + int(samples)
    return events


def our_table(report):
    """The same from our JSON."""
    return {event["name"]: {(row["dso"], row["symbol"]): row["self"] for row in event["rows"]
                            if row["self"]}
            for event in report["events"]}


def counts(session, data="perf.data"):
    """{event: its line of the recorder's closing words, as numbers}."""
    found = {}
    for line in session.said[data].splitlines():
        word = re.match(r"perfrec: (\S+): (\d+) events, (\d+) samples, (\d+) lost, "
                        r"(\d+) throttled, (\d+) coalesced", line)
        if word:
            name, *numbers = word.groups()
            found[name] = dict(zip(("count", "samples", "lost", "throttled", "coalesced"),
                                   map(int, numbers)))
    return found


def statistics(session, data="perf.data"):
    """The emulator's own figures, summed over its CPUs."""
    found = {}
    for cpu, key, value in re.findall(r"^cpu (\d+) (\S+) (\d+)$", session.log(data), re.M):
        found[key] = found.get(key, 0) + int(value)
    return found


def overflows(session, data="perf.data"):
    """Overflows of all counters since the session was armed, by the emulator."""
    return sum(value for key, value in statistics(session, data).items()
               if key.endswith(".overflows"))


def kernel_symbols():
    """Names of the grafted kernel's functions."""
    text = run("nm", os.path.join(BUILD, "kern", "gnumach-amd64-up")).stdout
    return {line.split()[-1] for line in text.splitlines()}


def disassembly(program, function):
    """[(address, instruction)] of FUNCTION."""
    text = run("objdump", "-d", "--no-show-raw-insn", f"--disassemble={function}", program).stdout
    return [(int(address, 16), words) for address, words in
            re.findall(r"^\s+([0-9a-f]+):\s+(\S.*)$", text, re.M)]


def instructions(program, function):
    """How many instructions stand in FUNCTION."""
    return len(disassembly(program, function))


def loop_length(program, function):
    """Instructions of the innermost backward loop of FUNCTION, from the disassembly."""
    text = run("objdump", "-d", "--no-show-raw-insn", f"--disassemble={function}", program).stdout
    lines = re.findall(r"^\s+([0-9a-f]+):\s+(\S+)[ \t]*([0-9a-f]*)", text, re.M)
    addresses = [int(address, 16) for address, _name, _operand in lines]
    loops = [(addresses.index(int(operand, 16)), i)
             for i, (_address, name, operand) in enumerate(lines)
             if name.startswith("j") and operand and int(operand, 16) in addresses[:i + 1]]
    assert len(loops) == 1, f"{function} has {len(loops)} loops"
    first, last = loops[0]
    return last - first + 1


main = unittest.main
