# SPDX-License-Identifier: GPL-2.0-or-later
"""The model's caches against cachegrind: judge.py REPLAY WALK [COMMAND...].

valgrind's lackey writes the addresses that a program uses; REPLAY gives them to the model, and cachegrind
runs the same program with the same geometry. All misses must be equal. WALK is free of accesses that reach
into a second line, so that the model's core itself is comparable, last-level cache and all; of COMMAND, a
program as it comes, the level-1 caches are, and all caches by cachegrind's rule (replay.c).
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

# (size, ways) of L1I, L1D, LLC; bytes of a line.
GEOMETRIES = (
    ((32768, 8), (32768, 8), (1048576, 16), 64),
    ((2048, 1), (4096, 2), (32768, 4), 64),
    ((8192, 4), (4096, 64), (65536, 8), 32),
)
# No list of programs to preload, and what the linker does lazily is done at once.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "LD_BIND_NOW": "1"}


def valgrind(tool, *options, command):
    """valgrind's words, the program's own output apart."""
    with tempfile.TemporaryFile("w+") as log:
        done = subprocess.run(["valgrind", f"--tool={tool}", f"--log-fd={log.fileno()}", *options, *command],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              pass_fds=[log.fileno()], env=ENVIRONMENT, timeout=200, check=False, text=True)
        if done.returncode != 0:
            sys.exit(f"{tool} on {command[0]}: exit {done.returncode}\n{done.stderr[-2000:]}")
        log.seek(0)
        return log.read()


def trace(command, path):
    """Write the program's addresses to a file."""
    with open(path, "w", encoding="ascii") as f:
        f.write(valgrind("lackey", "--trace-mem=yes", "--basic-counts=no", command=command))


def cachegrind(command, geometry):
    """{cache: misses} of cachegrind; 3.21 and later simulate caches only if asked."""
    *caches, line = geometry
    options = [f"--{name}={size},{ways},{line}" for name, (size, ways) in zip(("I1", "D1", "LL"), caches)]
    text = valgrind("cachegrind", "--cache-sim=yes", "--cachegrind-out-file=/dev/null", *options, command=command)
    found = {name: int(n.replace(",", "")) for name, n in re.findall(r"(I1|D1|LL)\s+misses:\s+([\d,]+)", text)}
    return {"l1i": found["I1"], "l1d": found["D1"], "llc": found["LL"]}


def model(replay, path, geometry):
    """{what: misses} of the model, from a trace."""
    *caches, line = geometry
    text = [f"line={line}"] + [f"{name}.size={size},{name}.ways={ways}"
                               for name, (size, ways) in zip(("l1i", "l1d", "llc"), caches)]
    with open(path, encoding="ascii") as f:
        out = subprocess.run([replay, ",".join(text)], stdin=f, capture_output=True, text=True, check=True).stdout
    return {key: int(n) for key, n in (row.split() for row in out.splitlines())}


class Judge:
    def __init__(self):
        self.wrong = 0

    def compare(self, what, ours, theirs):
        self.wrong += ours != theirs
        print(f"{'ok' if ours == theirs else 'FAIL'} {what}: {ours}" +
              (f", cachegrind {theirs}" if ours != theirs else ""))

    def program(self, replay, command, apart):
        """APART: no access of it reaches into a second line."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "trace")
            trace(command, path)
            for geometry in GEOMETRIES:
                ours = model(replay, path, geometry)
                theirs = cachegrind(command, geometry)
                print(f"# {os.path.basename(command[0])}, {geometry}: {ours}")
                for cache in ("l1i", "l1d"):
                    self.compare(cache, ours["lines." + cache] - ours["second." + cache], theirs[cache])
                for cache in ("l1i", "l1d", "llc"):
                    self.compare(cache + " by rule", ours["rule." + cache], theirs[cache])
                if apart:
                    self.compare("second lines", ours["second.l1i"] + ours["second.l1d"], 0)
                    self.compare("llc", ours["lines.llc"], theirs["llc"])
                if min(theirs.values()) < 100:
                    sys.exit("too few misses to judge")


def main(replay, walk, *command):
    if not shutil.which("valgrind"):
        print("skipped: no valgrind")
        return 77
    judge = Judge()
    judge.program(replay, [walk], True)
    if command:
        judge.program(replay, command, False)
    return 1 if judge.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
