#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the program and its recordings anew: by this machine's perf on Debian's Linux, on the emulator with the PMU model.

Nothing of this machine gets into them. What perf makes of each is kept beside it (expect.py).
usage: MACHPERF_LINUX=FOLDER record.py QEMU QEMU_DATA [RECORDING]...; without any, all of them and the kernel's symbols
"""

import base64
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[3] / "tests" / "bench" / "linux"), str(HERE)]
import expect  # noqa: E402
import guest  # noqa: E402

FP, NO_FP = "-fno-omit-frame-pointer", "-fomit-frame-pointer"
# name: (source, options)
PROGRAMS = {"work": ("work.c", "-m64", FP), "work-nofp": ("work.c", "-m64", NO_FP), "work32": ("work.c", "-m32", FP), "jit": ("jit.c", "-m64", FP)}
# name: (program, options of perf record); "| cat" makes it pipe mode.
RECORDINGS = {
    "cpu-clock": ("work", "-e cpu-clock -F 500 -o FILE"),
    "page-faults": ("work", "-e page-faults -c 1 -o FILE"),
    "callchains": ("work", "-e cpu-clock -F 500 -g -o FILE"),
    "dwarf": ("work-nofp", "-e cpu-clock:u -F 250 --call-graph dwarf,512 -o FILE"),
    "system": ("work", "-a -e cpu-clock -F 500 -g -o FILE"),
    "zstd": ("work", "-z --buildid-mmap -e cpu-clock -F 500 -g -o FILE"),
    "pipe": ("work", "--buildid-mmap -e cpu-clock -F 500 -g -o - "),
    "several": ("work", "-e cpu-clock/period=3000000/u,page-faults/period=3/,context-switches/period=1/ -g -o FILE"),
    "hardware": ("work", "-e cycles/period=1000003/,instructions/period=1500009/u,branches/period=30011/k,branch-misses/period=503/ -g -o FILE"),
    "i386": ("work32", "-e cpu-clock -F 500 -g -o FILE"),
    "jit": ("jit", "-e cpu-clock:u -F 500 -g -o FILE"),
}
KALLSYMS = "kallsyms"
# perf and its libraries lie where no machine has files: a frame of theirs is never named from what is installed.
PERF = "/guest/lib64/ld-linux-x86-64.so.2 --library-path /guest/lib/x86_64-linux-gnu /guest/bin/perf"


def build(folder):
    """The programs, small, with a build-id."""
    paths = {}
    for name, (source, *options) in PROGRAMS.items():
        paths[name] = os.path.join(folder, name)
        subprocess.run(["gcc", *options, "-O1", "-fno-optimize-sibling-calls", "-fno-stack-protector", "-fcf-protection=none",
                        "-fno-pic", "-no-pie", "-fasynchronous-unwind-tables", "-nostdlib", "-static", "-Wl,--build-id",
                        "-Wl,-z,noseparate-code", "-Wl,--eh-frame-hdr", "-o", paths[name], str(HERE / source)], check=True)
        subprocess.run(["strip", "-g", "-R", ".comment", paths[name]], check=True)
    return paths


def job(names):
    """What the guest runs: the recordings, each with the map of symbols that its program left, and at the end the kernel's symbols."""
    lines = ["busybox hostname golden", "busybox umount /proc/kallsyms", "busybox mkdir /guest",
             "mount -o bind / /guest", "cd /tmp"]
    for name in names:
        program, options = RECORDINGS[name]
        file = f"{name}.data"
        to = f" > {file}" if "-o - " in options else ""
        lines += [f"{PERF} record -q -N --no-bpf-event {options.replace('FILE', file)} -- /bin/{program}{to} 2>/tmp/errors || cat /tmp/errors",
                  f"echo begin {name}", f"busybox base64 {file}", "echo end", "for map in perf-*.map; do",
                  f"[ -e $map ] && echo begin {name}.$map && busybox base64 $map && echo end", "busybox rm -f $map", "done"]
    lines += [f"echo begin {KALLSYMS}", "busybox gzip -1 < /proc/kallsyms | busybox base64", "echo end"]
    return "\n".join(lines)


def main(qemu, qemu_data, *names):
    chosen = names or tuple(RECORDINGS)
    with tempfile.TemporaryDirectory(prefix="machperf-golden-") as folder:
        programs = build(folder)
        text, _ = guest.Linux(qemu, qemu_data, folder).run(job(chosen), programs)
        files = {name: base64.b64decode(body) for name, body in
                 re.findall(r"^begin (\S+)\r?\n(.*?)^end\r?$", text, re.M | re.S)}
        missing = {*chosen, KALLSYMS} - {name for name, body in files.items() if body}
        if missing:
            sys.exit(f"the guest did not make {', '.join(sorted(missing))}:\n{text[:3000]}")
        for name in {RECORDINGS[name][0] for name in chosen}:
            (HERE / f"{name}.elf").write_bytes(pathlib.Path(programs[name]).read_bytes())
        for name in chosen:
            for old in HERE.glob(f"{name}.perf-*.map"):
                old.unlink()
            (HERE / f"{name}.data").write_bytes(files[name])
        for name in files:
            if name.endswith(".map"):
                (HERE / name).write_bytes(files[name])
    if not names:
        symbols = zlib.decompress(files[KALLSYMS], 31).decode()
        name, symbols = expect.needed_symbols(symbols)
        for old in HERE.glob(f"{KALLSYMS}-*"):
            old.unlink()
        (HERE / f"{KALLSYMS}-{name}").write_text(symbols)
    expect.write()


if __name__ == "__main__":
    main(*sys.argv[1:])
