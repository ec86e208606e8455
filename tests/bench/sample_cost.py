# SPDX-License-Identifier: GPL-2.0-or-later
"""What a sample costs, in the guest's own steps, ours and Linux': a table, and no word about time.

Each kind of sample is recorded twice, with the periods 10007 and 100003; all that is the same in both
runs cancels in the differences. From the emulator's statistics (docs/vpmu.md) come two figures: the
steps of NMI handlers for each handler that returned, from the interrupted instruction to its
resumption, and the growth of all steps for each sample more, which holds the draining as well. A step
is an instruction or a repeat of a REP instruction.

What 16 kernel frames cost lies on a line. Ours goes through one loop in the test image's kernel below 8
and below 24 calls, without the user's frames. Linux' goes through two kinds of kernel code, one with
short stacks and one with long ones; the user's frames, which are dearer, are reckoned at what they cost
in user code.

usage: sample_cost.py BUILD QEMU QEMU_DATA SOURCE TEST-KERNEL TEST-PROGRAM
"""
import collections
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "linux"), os.path.join(HERE, "..", "guest")]
import guest  # noqa: E402
import run as kernel_tests  # noqa: E402

PERIODS = (10007, 100003)
FRAMES = 16
CALLS = (8, 24)
Kind = collections.namedtuple("Kind", "title event workload callchain")
USER = Kind("user code", "instructions:u", "spin", False)
USER_CHAIN = Kind("user code, callchain", "instructions:u", "spin", True)
KERNEL = Kind("kernel code", "instructions:k", "deep", False)
DEEP_CHAIN = Kind("kernel code, callchain", "instructions:k", "deep", True)
SHALLOW = Kind("  ... other code", "instructions:k", "shallow", False)
SHALLOW_CHAIN = Kind("  ... short callchain", "instructions:k", "shallow", True)
KINDS = ((USER, USER_CHAIN), (KERNEL, DEEP_CHAIN), (SHALLOW, SHALLOW_CHAIN))
GOAL = 350
GOAL_FRAMES = 600
# What runs, and how often: ours and Linux'.
OURS = {"spin": ("spin", "10000000"), "deep": ("faults", "32768"), "shallow": ("pingpong", "20000")}
LINUX = {"spin": ("spin_loop", "10000000"), "deep": ("faults", "32768"),
         "shallow": ("calls", "500000")}

# words: ours, the kernel's addresses in callchains and the user's; Linux', words of the file, and 0.
Run = collections.namedtuple("Run", "samples words statistics")
Cost = collections.namedtuple("Cost", "steps instructions msrs lapic all kernel user samples")


class Failure(Exception):
    """A run that says something that cannot be."""


class Ours:
    """perfrec, and stock perf to look at the callchains."""

    def __init__(self, build, qemu, folder):
        self.build = build
        self.qemu = qemu
        self.folder = folder

    def run(self, kind, period):
        data = os.path.join(self.folder, "perf.data")
        said = subprocess.run(
            [os.path.join(self.build, "perfrec", "perfrec"), "record", "-B", "--qemu", self.qemu,
             "-e", kind.event, "-c", str(period), "-g", "fp" if kind.callchain else "no",
             "-o", data, "--", *OURS[kind.workload]],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False)
        found = re.search(r" (\d+) samples, 0 lost, 0 throttled, 0 coalesced", said.stderr)
        if said.returncode or not found:
            raise Failure(f"perfrec: {said.stderr}")
        with open(data + ".log", encoding="utf-8", errors="replace") as f:
            statistics = guest.numbers(f.read())
        return Run(int(found.group(1)), self.words(data) if kind.callchain else (0, 0), statistics)

    @staticmethod
    def words(data):
        """Addresses in all callchains of a recording."""
        words = subprocess.run(["perf", "script", "-i", data, "-F", "ip"], check=True,
                               capture_output=True, text=True).stdout.split()
        kernel = sum(int(word, 16) >> 63 for word in words)
        return kernel, len(words) - kernel


class Linux:
    """perf record in the guest."""

    # The user's frames: _start, main and the routine.
    USER_FRAMES = 3

    def __init__(self, linux, source):
        self.linux = linux
        sources = {"spin": os.path.join(source, "workloads", "spin-loop.S"),
                   "deep": os.path.join(HERE, "linux", "faults.S"),
                   "shallow": os.path.join(HERE, "linux", "calls.S")}
        self.programs = {name: linux.program(name, *LINUX[name], sources[name], "-DPOPULATE=0")
                         for name in sources}

    def run(self, kind, period):
        job = (f"perf record -B -N {'-g' if kind.callchain else ''} -e {kind.event} -c {period} "
               f"-o /tmp/data {kind.workload}\necho size $(wc -c < /tmp/data)\n")
        text, statistics = self.linux.run(job, self.programs)
        size = re.search(r"^size (\d+)", text, re.M)
        if not size or re.search(r"lost|throttl", text, re.I):
            raise Failure(f"perf in the guest: {text}")
        # Nobody else has NMIs there.
        samples = statistics["nmi.count"]
        return Run(samples, (int(size.group(1)) // 8, 0), statistics)

    def with_frames(self, bare, chained):
        """The costs of two kinds, with frames from the sizes of their samples: a callchain has its number
        of entries before it, and a marker before the kernel's frames and the user's."""
        words = chained.kernel - bare.kernel - 2 - self.USER_FRAMES
        kernel = words - 1 if words > 0.5 else 0
        return (bare._replace(kernel=0, user=0),
                chained._replace(kernel=kernel, user=self.USER_FRAMES))


def difference(runs, key):
    return runs[0].statistics[key] - runs[1].statistics[key]


def cost(runs):
    """Of one sample, from the runs with the short and the long period."""
    samples = runs[0].samples - runs[1].samples
    nmis = difference(runs, "nmi.count")
    if samples < 100 or nmis != samples:
        raise Failure(f"{samples} samples more, but {nmis} NMIs")
    return Cost(*(difference(runs, "nmi." + key) / nmis
                  for key in ("steps", "instructions", "msr-accesses", "lapic-accesses")),
                difference(runs, "steps") / samples,
                *((runs[0].words[i] - runs[1].words[i]) / samples for i in (0, 1)), samples)


def measure(system):
    """{kind: its cost}, in the order of KINDS."""
    costs = {kind: cost([system.run(kind, period) for period in PERIODS])
             for pair in KINDS for kind in pair}
    if isinstance(system, Linux):
        for bare, chained in KINDS:
            costs[bare], costs[chained] = system.with_frames(costs[bare], costs[chained])
    return costs


def below(qemu, qemu_data, kernel, program, calls):
    """(kernel frames, steps of a sample) of our kernel's loop below so many calls."""
    status, text, statistics = kernel_tests.boot(qemu, qemu_data, kernel, program, [f"kernel-chain-{calls}"], "on", 1)
    frames = re.search(r"^ok: (\d+) frames in each$", text, re.M)
    if status != 0 or not frames:
        raise Failure(f"kernel-chain-{calls}: {status}\n{text}")
    of = guest.numbers(statistics)
    return int(frames[1]), of["nmi.steps"] / of["nmi.count"]


def line(points, at=None):
    """The slope through two points, or the height somewhere on that line."""
    (x, y), (other_x, other_y) = points
    slope = (other_y - y) / (other_x - x)
    return slope if at is None else y + (at - x) * slope


def user_frames(costs, kind):
    """Steps of a kind's user frames."""
    return (costs[USER_CHAIN].steps - costs[USER].steps) / costs[USER_CHAIN].user * costs[kind].user


def code_points(costs):
    """(kernel frames, steps without the user's frames) of the two kinds of kernel code."""
    return [(costs[kind].kernel, costs[kind].steps - user_frames(costs, kind))
            for kind in (SHALLOW_CHAIN, DEEP_CHAIN)]


def show(name, costs):
    print(f"\n{name:26} {'steps':>8} {'instr.':>8} {'MSRs':>6} {'LAPIC':>6} {'frames: kernel, user':>21} "
          f"{'+ drain':>9} {'samples':>8}")
    for kind, c in costs.items():
        print(f"{kind.title:26} {c.steps:8.1f} {c.instructions:8.1f} {c.msrs:6.2f} {c.lapic:6.2f} "
              f"{c.kernel:14.2f}, {c.user:5.2f} {c.all:9.1f} {c.samples:8}")


def compare(rows):
    """rows: (what, ours, Linux', goal or None)."""
    print(f"\n{'steps of a sample':26} {'ours':>8} {'Linux':>8} {'ratio':>7} {'goal':>6}")
    for what, ours, linux, goal in rows:
        mark = "" if goal is None else f"{goal:6} {'met' if ours <= goal else 'not met'}"
        print(f"{what:26} {ours:8.1f} {linux:8.1f} {ours / linux:7.3f} {mark}")
    dearer = [what for what, ours, linux, _ in rows if ours >= linux]
    if dearer:
        raise Failure("dearer than Linux: " + ", ".join(dearer))


def main(build, qemu, qemu_data, source, kernel, program):
    missing = guest.available()
    if missing:
        print(missing)
        return 77
    with tempfile.TemporaryDirectory(prefix="machperf-cost-") as folder:
        ours = measure(Ours(build, qemu, folder))
        show("ours", ours)
        linux = measure(Linux(guest.Linux(qemu, qemu_data, folder), source))
        show("Linux", linux)
    rows = [(kind.title, ours[kind].steps, linux[kind].steps, GOAL if kind == USER else None)
            for kind in (USER, USER_CHAIN, KERNEL, DEEP_CHAIN)]
    loop = [below(qemu, qemu_data, kernel, program, calls) for calls in CALLS]
    code = code_points(linux)
    rows.append(("one more kernel frame", line(loop), line(code), None))
    rows.append((f"{FRAMES} kernel frames", line(loop, FRAMES), line(code, FRAMES), GOAL_FRAMES))
    rows += [(kind.title + " + drain", ours[kind].all, linux[kind].all, None)
             for kind in KINDS[0]]
    compare(rows)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Failure as failure:
        sys.exit(f"sample_cost: {failure}")
