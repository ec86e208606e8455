#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What stock perf makes of the recordings here: totals, rows and stacks, kept in NAME.json.

usage: expect.py, to write them anew (record.py does). They need no file of the machine: programs and kernel symbols lie here.
"""

import bisect
import json
import pathlib
import re
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
import judge  # noqa: E402


def build_id(elf):
    """The build-id of an ELF file, by its note: name size 4, any length, type 3, "GNU"."""
    data = elf.read_bytes()
    at = data.index(b"\x03\0\0\0GNU\0")
    return data[at + 8:at + 8 + int.from_bytes(data[at - 4:at], "little")].hex()


def fill_cache(place, folder=HERE):
    """A build-id cache in place, of the programs and the kernel's symbols here; below root, the maps of code made at run time."""
    for elf in folder.glob("*.elf"):
        name = build_id(elf)
        (place / ".build-id" / name[:2] / name[2:]).mkdir(parents=True, exist_ok=True)
        shutil.copy(elf, place / ".build-id" / name[:2] / name[2:] / "elf")
    for symbols in folder.glob("kallsyms-*"):
        name = symbols.name.split("-")[1]
        home = place / "[kernel.kallsyms]" / name
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(symbols, home / "kallsyms")
        (place / ".build-id" / name[:2]).mkdir(parents=True, exist_ok=True)
        (place / ".build-id" / name[:2] / name[2:]).symlink_to(home)
    for symbols in folder.glob("*.perf-*.map"):
        (place / "root" / "tmp").mkdir(parents=True, exist_ok=True)
        shutil.copy(symbols, place / "root" / "tmp" / symbols.name.partition(".")[2])


def as_text(events):
    """JSON with a row or a stack a line."""
    return json.dumps(events, indent=1).replace("\n    ", " ") + "\n"


def write(folder=HERE):
    with tempfile.TemporaryDirectory(prefix="machperf-golden-") as place:
        fill_cache(pathlib.Path(place), folder)
        for recording in sorted(folder.glob("*.data")):
            recording.with_suffix(".json").write_text(as_text(judge.judged(place, recording)))


def needed_symbols(text, folder=HERE):
    """(build-id, lines) of the kernel's symbols: those that addresses of the recordings fall into, and what ends them."""
    addresses, name = set(), None
    with tempfile.TemporaryDirectory(prefix="machperf-golden-") as place:
        for recording in folder.glob("*.data"):
            addresses |= {int(word, 16) for word in re.findall(r"\bffffffff[0-9a-f]{8}\b",
                                                              judge.perf(place, "script", "-f", "-i", recording, "-F", "ip"))}
            name = name or re.search(r"^([0-9a-f]+) \[kernel", judge.perf(place, "buildid-list", "-i", recording), re.M)[1]
    symbols = sorted((int(line.split()[0], 16), line) for line in text.splitlines() if line.split()[1] in "tTwW")
    starts = sorted({start for start, _ in symbols})
    keep = set()
    for address in addresses:
        at = bisect.bisect_right(starts, address)
        keep.update(starts[max(at - 1, 0):at + 1])
    edges = {"_text", "_stext", "_etext"}
    return name, "".join(line + "\n" for start, line in symbols if start in keep or line.split()[2] in edges)


if __name__ == "__main__":
    write()
