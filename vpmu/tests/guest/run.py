# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the bare-metal images under the emulator: run.py TEST QEMU DATA IMAGE."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

TIME_LIMIT = 120


def machine(qemu, data, image, cpu="Nehalem,pmu=on", icount=True):
    command = [qemu, "-L", data, "-machine", "pc", "-m", "128", "-cpu", cpu, "-accel", "tcg"]
    if icount:
        command += ["-icount", "shift=3,sleep=off"]
    return command + [
        "-rtc", "base=2026-01-01T00:00:00,clock=vm", "-seed", "1", "-nodefaults",
        "-display", "none", "-no-reboot", "-kernel", image,
    ]


def run(command, serial=None, **options):
    if serial:
        command = command + ["-serial", "file:" + serial]
    return subprocess.run(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                          timeout=TIME_LIMIT, check=False, **options)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")


def counts_once(qemu, data, image, folder):
    """Serial output and statistics of one run."""
    serial, stats = os.path.join(folder, "serial"), os.path.join(folder, "stats")
    done = run(machine(qemu, data, image) + ["-device", "machperf-port,stats=" + stats], serial)
    return done, read(serial), read(stats)


def test_counts(qemu, data, image):
    """Every check of the image holds, and a second run is byte-identical."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        done, serial, stats = counts_once(qemu, data, image, one)
        text = serial.decode()
        sys.stdout.write(text)
        expect("failures", [line for line in text.splitlines() if line.startswith("FAIL")], [])
        expect("last line", text.splitlines()[-1:], ["end"])
        expect("exit code", done.returncode, 0)
        _, serial_again, stats_again = counts_once(qemu, data, image, two)
        expect("second run", serial_again, serial)
        expect("second statistics", stats_again, stats)
    values = dict(line.rsplit(" ", 1) for line in stats.decode().splitlines())
    expect("version of the model", values["vpmu"], "2")
    overflows = sum(int(v) for k, v in values.items() if ".overflows" in k)
    by_event = sum(int(v) for k, v in values.items() if " overflows." in k)
    expect("overflows by counter", overflows > 0 and overflows, by_event)
    expect("masked interrupts", values["cpu 0 pmis-masked"], "1")
    check_nmis({k[len("cpu 0 nmi."):]: int(v) for k, v in values.items() if " nmi." in k}, text)


def test_geometry(qemu, data, image):
    """Another geometry: other misses and penalties, named in the statistics; one that cannot be is refused."""
    option = ["-global", "x86_64-cpu.pmu-model=l1d.size=16K,l1i.ways=4,llc.latency=0,dtlb.latency=7"]
    with tempfile.TemporaryDirectory() as folder:
        serial, stats = os.path.join(folder, "serial"), os.path.join(folder, "stats")
        run(machine(qemu, data, image) + option + ["-device", "machperf-port,stats=" + stats], serial)
        text = read(serial).decode()
        expect("model", read(stats).decode().splitlines()[1],
               "model line=64,l1i.size=32768,l1i.ways=4,l1i.latency=10,l1d.size=16384,l1d.ways=8,l1d.latency=10,"
               "llc.size=1048576,llc.ways=16,llc.latency=0,itlb.entries=64,itlb.ways=4,itlb.latency=20,"
               "dtlb.entries=64,dtlb.ways=4,dtlb.latency=7,branch.counters=4096,branch.history=10,"
               "branch.targets=512,branch.returns=16,branch.latency=15")
    got = {name: int(n) for name, n in re.findall(r"^FAIL (\S+) got (\d+)", text, re.M)}
    # As in the image, without the 150 of each of 64 lines of code and one of the stack, and 7 for 20.
    expect("cycles", got["cycles-cold"], 5 + 4001 + 15 + 17 + 64 * 10 + 2 * 20)
    # 256 lines fill 16 KiB: with the stack's, the nine of its set push each other out.
    expect("L1D misses", got["l1d-fits"], 9)
    expect("code", "l1i-cold" in got, False)
    base = machine(qemu, data, image)
    refused(base + ["-global", "x86_64-cpu.pmu-model=l1d.size=48K"], ["pmu-model: l1d: ", "number of sets"])
    refused(base + ["-global", "x86_64-cpu.pmu-model=pentium"], ["pmu-model: ", "'pentium'", "intel-skylake"])


def check_nmis(nmi, text):
    """The statistics of NMIs, against what the image measured of its handler and what stands in it."""
    steps = int(re.search(r"^steps of a handler: (.*)$", text, re.M).group(1), 0)
    expect("NMIs", nmi["count"] > 100, True)
    expect("steps in NMIs", nmi["steps"], nmi["count"] * steps)
    expect("instructions in NMIs", nmi["instructions"], nmi["steps"])
    expect("LAPIC accesses in NMIs", nmi["lapic-accesses"], nmi["count"] * 2)
    expect("MSR accesses in NMIs", nmi["msr-accesses"], nmi["count"] * 6)


def pattern():
    return b"first" + b"second\n" + bytes(i * 7 % 251 for i in range(200001))


def test_port(qemu, data, image):
    """To a file, to a pipe, to a full disk, to a reader that has gone."""
    base = machine(qemu, data, image)
    with tempfile.TemporaryDirectory() as folder:
        serial, out = os.path.join(folder, "serial"), os.path.join(folder, "out")

        done = run(base + ["-device", "machperf-port,path=" + out], serial)
        expect("file: exit code", done.returncode, 0)
        expect("file: console", read(serial), b"pmu\nstatus 0\nnowhere 14\n")
        expect("file: content is right", read(out) == pattern(), True)

        reader, writer = os.pipe()
        got = []
        thread = threading.Thread(target=lambda: got.append(os.fdopen(reader, "rb").read()))
        thread.start()
        done = run(base + ["-device", f"machperf-port,fd={writer}"], serial, pass_fds=[writer])
        os.close(writer)
        thread.join()
        expect("pipe: exit code", done.returncode, 0)
        expect("pipe: content is right", got[0] == pattern(), True)

        done = run(base + ["-device", "machperf-port,path=/dev/full"], serial)
        expect("full: exit code", done.returncode, 28)
        expect("full: console", read(serial).splitlines()[1], b"status 28")

        reader, writer = os.pipe()
        os.close(reader)
        done = run(base + ["-device", f"machperf-port,fd={writer}"], serial, pass_fds=[writer])
        os.close(writer)
        expect("no reader: exit code", done.returncode, 32)

        done = run(base + ["-device", "machperf-port"], serial)
        expect("no output: exit code", done.returncode, 6)


def histogram(path):
    """Names of the events, and {(space, address): counts} of what the emulator wrote."""
    lines = read(path).decode().splitlines()
    expect("version of the histogram", lines[0], "vpmu-histogram 1")
    rows = [line.split() for line in lines[2:-1]]
    places = {(int(row[0]), int(row[1], 16)): [int(n) for n in row[2:]] for row in rows}
    expect("end", lines[-1], f"end {len(rows)}")
    expect("order", list(places), sorted(places))
    return lines[1].split()[1:], places


def test_histogram(qemu, data, image):
    """Counts by address: their sums are the counters', each follows from the code."""
    with tempfile.TemporaryDirectory() as folder:
        serial, out = os.path.join(folder, "serial"), os.path.join(folder, "out")
        command = machine(qemu, data, image) + ["-device", "machperf-port,histogram=" + out]
        expect("exit code", run(command, serial).returncode, 0)
        said = {k: int(v) for k, v in (line.split() for line in read(serial).decode().splitlines())}
        once = read(out)
        events, places = histogram(out)
        expect("events", events, ["instructions", "cycles", "branches", "loads"])
        for i, event in enumerate(events):
            expect("sum of " + event, sum(counts[i] for counts in places.values()), said[event])
        # decl %ecx of one byte, then jnz.
        for space, start in ((0, said["code_loop"] + 2), (1, said["user_loop"] + 2)):
            for address, branches in ((start, 0), (start + 1, 1000)):
                instructions, cycles, taken, loads = places[space, address]
                expect(f"loop at {address:x}", (instructions, taken, loads), (1000, branches, 0))
                expect("cycles at least", cycles >= 1000 and (cycles - 1000) % 15, 0)
        # addb %al, (%esi), the two bytes before the label, a line each time: all miss both caches
        # but the 16 that the REP instruction wrote, and all pages but its one the TLB.
        instructions, cycles, taken, loads = places[0, said["code_block_load"] - 2]
        expect("load", (instructions, taken, loads), (1000, 0, 1000))
        expect("its cycles", cycles, 1000 + (1000 - 16) * 160 + 15 * 20)
        # One REP instruction of a thousand iterations, and a step to find the end.
        rep = [c for (_, a), c in places.items() if said["code_rep"] <= a < said["code_rep"] + 16]
        expect("REP", sorted(c[0] for c in rep), [1] * len(rep))
        expect("its steps", max(c[1] for c in rep) >= 1001, True)
        run(command, serial)
        expect("second run", read(out), once)

        done = run(machine(qemu, data, image) +
                   ["-device", "machperf-port,histogram=/no/such/file"], serial)
        expect("no place: exit code", done.returncode, 1)
        expect("no place: said", "cannot write histogram to /no/such/file" in done.stderr, True)


def state_command(qemu, data, image, folder, name):
    """The image of state, with two CPUs, and it may reset."""
    command = machine(qemu, data, image) + ["-smp", "2", "-serial", "file:" + os.path.join(folder, name),
                                            "-device", "machperf-port,stats=" + os.path.join(folder, name + ".stats")]
    command.remove("-no-reboot")
    return command


class Monitor:
    """A machine with its monitor on a pipe."""

    def __init__(self, command):
        self.process = subprocess.Popen(command + ["-qmp", "stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.process.stdout.readline()
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        json.dump({"execute": command, "arguments": arguments}, self.process.stdin)
        self.process.stdin.flush()
        for line in self.process.stdout:
            answer = json.loads(line)
            if "error" in answer:
                sys.exit(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]
        sys.exit(f"{command}: the emulator has gone")

    def quit(self):
        self.ask("quit")
        self.process.communicate(timeout=TIME_LIMIT)


def wait_for(what, true):
    """Until TRUE() is, at most the time limit."""
    end = time.monotonic() + TIME_LIMIT
    while not true():
        if time.monotonic() > end:
            sys.exit(f"{what}: not within {TIME_LIMIT} s")
        time.sleep(0.01)


def save_in_the_middle(command, serial, path):
    """Save the machine once it has said something."""
    monitor = Monitor(command)
    wait_for("a round", lambda: os.path.exists(serial) and read(serial).count(b"round") >= 3)
    monitor.ask("stop")
    monitor.ask("migrate", uri="file:" + path)
    wait_for("saving", lambda: monitor.ask("query-migrate")["status"] in ("completed", "failed"))
    expect("saving", monitor.ask("query-migrate")["status"], "completed")
    monitor.quit()


def settled_statistics(folder, name):
    """What does not go on while the machine waits for its reset, which is done in the host's time."""
    lines = read(os.path.join(folder, name + ".stats")).decode().splitlines()
    return [line for line in lines if not re.search(r" (instructions\.kernel|steps) ", line)]


def go_on(command, path):
    """Load the machine, which was saved as it stood still, and run it to its end; its exit code."""
    monitor = Monitor(command + ["-incoming", "file:" + path])
    wait_for("loading", lambda: monitor.ask("query-status")["status"] == "paused")
    monitor.ask("cont")
    monitor.process.communicate(timeout=TIME_LIMIT)
    return monitor.process.returncode


def test_state(qemu, data, image):
    """A machine saved and loaded goes on as if nothing had been; RESET and INIT do what they should."""
    with tempfile.TemporaryDirectory() as folder:
        saved = os.path.join(folder, "saved")
        once = state_command(qemu, data, image, folder, "once")
        done = run(once)
        text = read(os.path.join(folder, "once")).decode()
        print(text)
        expect("failures", [line for line in text.splitlines() if line.startswith("FAIL")], [])
        expect("last line", text.splitlines()[-1:], ["end"])
        expect("exit code", done.returncode, 0)

        save_in_the_middle(state_command(qemu, data, image, folder, "before"), os.path.join(folder, "before"), saved)
        expect("loaded: exit code", go_on(state_command(qemu, data, image, folder, "after"), saved), 0)
        before, after = read(os.path.join(folder, "before")), read(os.path.join(folder, "after"))
        expect("it was in the middle", before.count(b"round") >= 3 and after.count(b"round") >= 3, True)
        expect("console", (before + after).decode(), text)
        expect("statistics", settled_statistics(folder, "after"), settled_statistics(folder, "once"))

        amd = machine(qemu, data, image, cpu="EPYC,pmu=on") + ["-device", "machperf-port"]
        expect("AMD: exit code", run(amd, os.path.join(folder, "amd")).returncode, 0)
        expect("AMD: console", read(os.path.join(folder, "amd")).decode().split(),
               ["ok", "amd-hits", "ok", "amd-lvt", "end"])

        # Another model, or counts by address, which are not saved.
        done = run(state_command(qemu, data, image, folder, "other") +
                   ["-incoming", "file:" + saved, "-global", "x86_64-cpu.pmu-model=l1d.size=16K"])
        expect("other model: exit code", done.returncode, 1)
        expect("other model: said", "saved with another PMU" in done.stderr, True)
        command = state_command(qemu, data, image, folder, "counted")
        command[-1] += ",histogram=/dev/null"
        monitor = Monitor(command)
        json.dump({"execute": "migrate", "arguments": {"uri": "file:" + saved}}, monitor.process.stdin)
        monitor.process.stdin.flush()
        answer = next(a for a in map(json.loads, monitor.process.stdout) if "error" in a or "return" in a)
        expect("counts by address: said", "counts by address" in answer.get("error", {}).get("desc", ""), True)
        monitor.quit()


def refused(command, words):
    """It exits at once with one line that has these words."""
    done = run(command)
    lines = done.stderr.splitlines()
    expect("exit code", done.returncode, 1)
    expect("number of lines", len(lines), 1)
    for word in words:
        expect(f"{lines[0]!r} names {word}", word in lines[0], True)


def test_errors(qemu, data, image):
    """What the emulator refuses, it refuses in one clear line."""
    refused(machine(qemu, data, image, icount=False), ["pmu=on", "-icount shift=3,sleep=off"])
    refused(machine(qemu, data, image, icount=False) + ["-icount", "shift=auto"], ["-icount shift=3"])
    base = machine(qemu, data, image)
    refused(base + ["-device", "machperf-port,path=/no/such/file"], ["/no/such/file"])
    refused(base + ["-device", "machperf-port,path=/dev/null,fd=1"], ["path=", "fd="])
    refused(base + ["-device", "machperf-port,fd=77"], ["fd=77"])


def test_absent(qemu, data, image):
    """Without pmu=on there is no PMU, and the emulator needs no icount."""
    with tempfile.TemporaryDirectory() as folder:
        serial = os.path.join(folder, "serial")
        done = run(machine(qemu, data, image, cpu="Nehalem", icount=False)
                   + ["-device", "machperf-port,path=" + os.path.join(folder, "out")], serial)
        expect("exit code", done.returncode, 0)
        expect("console", read(serial), b"no pmu\nstatus 0\nnowhere 14\n")


def processor_time(pid):
    """Seconds all threads of a process have run."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        total += int(read(f"/proc/{pid}/task/{thread}/schedstat").split()[0])
    return total / 1e9


# Goals: ratios of processor time.
MOST_IDLE, MOST_MODELS, LEAST_GAIN = 1.05, 3.0, 5.0
ROUNDS_OF_BENCH = 3


def times(command):
    """{run: seconds of the host} of the bench image."""
    with subprocess.Popen(command + ["-serial", "stdio", "-device", "machperf-port"],
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as guest:
        marks = []
        for line in guest.stdout:
            marks.append((line.decode().strip(), processor_time(guest.pid)))
            if marks[-1][0] == "end":
                break
    return {name: end - start for (name, start), (_, end) in zip(marks, marks[1:])}


def bench(qemu, data, image):
    """Host time of each run of the image against that without a PMU, and against QEMU's own cache plugin.

    All commands in turns, and the least of each, so that what else the host does falls on all."""
    # The model's default geometry; it has no shared cache for instructions and data of two levels but this.
    plugin = os.path.join(data, "libcache.so") + (
        ",icachesize=32768,iassoc=8,iblksize=64,dcachesize=32768,dassoc=8,dblksize=64,evict=lru"
        ",l2=on,l2cachesize=1048576,l2assoc=16,l2blksize=64")
    commands = {"plain": machine(qemu, data, image, cpu="Nehalem"), "pmu": machine(qemu, data, image),
                "plugin": machine(qemu, data, image, cpu="Nehalem") + ["-plugin", plugin, "-d", "plugin", "-D", os.devnull]}
    least = {}
    for _ in range(ROUNDS_OF_BENCH):
        for which, command in commands.items():
            for name, seconds in times(command).items():
                least[which, name] = min(seconds, least.get((which, name), seconds))
    for (which, name), seconds in least.items():
        work, events = name.split(" ", 1)
        ratio = seconds / least["plain", work + " nothing"]
        goal = ""
        if which == "pmu" and events in ("nothing", "instructions"):
            goal = f"at most {MOST_IDLE}" + ("" if ratio <= MOST_IDLE else ", not met")
        if which == "pmu" and events == "caches+tlbs+branches":
            goal = f"at most {MOST_MODELS}" + ("" if ratio <= MOST_MODELS else ", not met")
            gain = least["plugin", work + " nothing"] / seconds
            goal += f"; the plugin takes {gain:.1f} times as long, goal {LEAST_GAIN}" + (
                "" if gain >= LEAST_GAIN else ", not met")
        print(f"{which:7} {name:32} {seconds:7.3f} s {ratio:6.2f}  {goal}")


if __name__ == "__main__":
    {"counts": test_counts, "port": test_port, "errors": test_errors,
     "geometry": test_geometry, "histogram": test_histogram, "state": test_state, "absent": test_absent, "bench": bench}[sys.argv[1]](*sys.argv[2:])
