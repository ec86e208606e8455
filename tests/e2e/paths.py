#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What machperf's own paths in the kernel cost, as a table of runs (docs/runs.schema.json) for perfreport gate.

Thousandths of an instruction, on the emulated PMU, as slopes, so that what begins and ends a session cancels:

  sample          machperf   one sample of user code: the NMI handler, by the emulator's statistics
  context switch  machperf   our part of a hand-off from one thread to another while an event is open
  RPC             gnumach    the stock kernel's part of a call and its reply

The stock kernel's code is pinned; ours is what this host's compiler makes of it: gate/rules has the tolerances.

usage: paths.py BUILD [KERNEL] > TABLE
"""
import json
import os
import re
import subprocess
import sys
import tempfile

EVENT = "instructions:k"
PERIODS = (1009, 10007)
CALLS = (500, 1500)
SWITCHES_OF_A_CALL = 2
KERNEL = "[kernel.kallsyms]"


def perfrec(build, *arguments):
    done = subprocess.run([os.path.join(build, "perfrec", "perfrec"), *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=240, check=False)
    if done.returncode:
        sys.exit(f"paths.py: perfrec {' '.join(arguments)}: {done.stderr}")
    return done


def sample_cost(build, kernel, folder):
    """Instructions of the NMI handler for each sample that the shorter period takes more."""
    data, found = os.path.join(folder, "perf.data"), []
    for period in PERIODS:
        perfrec(build, "record", "-B", *kernel, "-e", "instructions:u", "-c", str(period), "-o", data, "--", "spin", "0300000")
        with open(data + ".log", encoding="utf-8", errors="replace") as log:
            found.append(dict(re.findall(r"^cpu 0 nmi\.(count|instructions) (\d+)$", log.read(), re.M)))
    instructions, nmis = (int(found[0][key]) - int(found[1][key]) for key in ("instructions", "count"))
    return instructions / nmis


def of_stock(build):
    """Names of the stock kernel's functions: all that were there before graft."""
    ours = subprocess.run(["nm", os.path.join(build, "kern", "gnumach-amd64-up")], capture_output=True, text=True,
                          check=True).stdout
    stock = subprocess.run(["nm", os.environ["MACHPERF_STOCK"]], capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1] for line in stock.splitlines()}
    assert names < {line.split()[-1] for line in ours.splitlines()}, "the stock kernel is another one"
    return names


def call_cost(build, kernel):
    """{function: instructions} of one RPC in the kernel, and the session's result."""
    results = [json.loads(perfrec(build, "stat", "-q", "--per-function", "--json", *kernel, "-e", EVENT, "--", "pingpong",
                                  str(calls)).stdout) for calls in CALLS]
    counts = [{row["function"]: row["values"][0] for row in result["functions"] if row["object"] == KERNEL}
              for result in results]
    return {name: (counts[1][name] - counts[0].get(name, 0)) / (CALLS[1] - CALLS[0]) for name in counts[1]}, results[0]


def table(build, image=None):
    kernel = ["--kernel", image] if image else []
    stock = of_stock(build)
    calls, result = call_cost(build, kernel)
    with tempfile.TemporaryDirectory(prefix="machperf-paths-") as folder:
        rows = [("sample", "machperf", sample_cost(build, kernel, folder)),
                ("context switch", "machperf", sum(cost for name, cost in calls.items() if name not in stock) / SWITCHES_OF_A_CALL),
                ("RPC", "gnumach", sum(cost for name, cost in calls.items() if name in stock))]
    values = [round(1000 * cost) for _, _, cost in rows]
    machine = result["machine"]
    return {
        "format": 1, "kind": "runs", "regime": "deterministic",
        "facts": {"kernel": machine["kernel"], "processor": machine["cpu"], "model": str(machine["model"]),
                  "icount-shift": str(machine["icount_shift"])},
        "events": [{"name": EVENT}],
        "functions": [{"function": name, "object": of, "workload": False} for name, of, _ in rows],
        "runs": [{"source": "paths.py", "perturbed": False, "failed": False, "incomplete": False,
                  "quality": [{"total": sum(values), "samples": 0, "lost": 0, "throttled": 0, "running": 1, "chains": 0,
                               "broken": 0}],
                  "values": [values]}],
    }


if __name__ == "__main__":
    json.dump(table(*sys.argv[1:]), sys.stdout, indent=1)
    print()
