# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks by DWARF: stock perf unwinds Debian's prebuilt libraries, which have no frame pointers, from the
registers and the stack in the samples."""
import os
import re

import machperf


# At a ret, what the function has taken off the stack lies below it, out of the dump, and gcc's tables
# look for it there: 3 or 4 samples of 1300, as the ticks fall.
WHOLE = 0.995


class Dwarf(machperf.Session):
    def unwound(self, workload, word, options=()):
        """(stacks that reach _start, all stacks with a user part), each a list of function names."""
        if not os.path.exists(os.path.join(machperf.WORKLOADS, workload[0])):
            self.skipTest(f"no {workload[0]}: Debian's static library was not there")
        self.record(["-g", "dwarf", "-e", "cycles", "-c", "20011", "--ring-size", "2097152", *options],
                    workload)
        script = self.perf("script", "-F", "ip,sym")
        stacks = [re.findall(r"^\s*([0-9a-f]+) (\S+)", text, re.M) for text in script.split("\n\n")]
        user = [[name for ip, name in stack if not int(ip, 16) >> 63] for stack in stacks]
        user = [stack for stack in user if stack]
        self.assertGreater(len(user), 1000)
        self.assertGreater(sum(any(word in name for name in stack) for stack in user), len(user) / 3)
        return [stack for stack in user if stack[-1] == "_start"], user

    def test_zlib(self):
        whole, every = self.unwound(["zlib-debian", "1", "1"], "deflate")
        self.assertGreaterEqual(len(whole), WHOLE * len(every))

    def test_sqlite(self):
        whole, every = self.unwound(["sqlite-debian", "1000"], "sqlite3VdbeExec")
        self.assertGreaterEqual(len(whole), WHOLE * len(every))
        self.assertGreater(max(map(len, whole)), 9)

    def test_short_dump(self):
        """A dump that is too small gives cut stacks, not wrong ones."""
        whole, every = self.unwound(["zlib-debian", "1", "1"], "deflate", ["-g", "dwarf,64"])
        self.assertLess(len(whole), len(every) / 2)
        for stack in every:
            self.assertNotIn("[unknown]", stack[:1])


if __name__ == "__main__":
    machperf.main()
