# SPDX-License-Identifier: GPL-2.0-or-later
"""What a program's own machine code says of who can call whom; by objdump."""
import bisect
import re
import subprocess

LABEL = re.compile(r"([0-9a-f]+) <(.*)>:$")
INSTRUCTION = re.compile(r"\s*([0-9a-f]+):\s+(?:(?:notrack|bnd|lock|rep[nz]*|repn?e|[c-g]s) )*(\S+)\s*(.*)$")
TARGET = re.compile(r"<([^+>]+)(?:\+0x[0-9a-f]+)?>")
NO_RETURN = ("ret", "jmp", "iret", "sysret", "hlt", "ud2")


class CallGraph:
    """Symbols, what stands before each possible return address, and the symbols that code may go on to without a call."""

    def __init__(self, path):
        self.starts, self.names = [], []
        self.calls = {}  # address behind a call: the symbol called, None: by a pointer
        self.goes_on = {}  # symbol: those it jumps or falls into
        listing = subprocess.run(["objdump", "-d", "--no-show-raw-insn", "-j", ".text", path], capture_output=True, text=True,
                                 check=True).stdout
        symbol, called, last = None, False, ""
        for line in listing.splitlines():
            label = LABEL.match(line)
            if label:
                if symbol is not None and not last.startswith(NO_RETURN):
                    self.goes_on.setdefault(symbol, set()).add(label[2])
                symbol = label[2]
                self.starts.append(int(label[1], 16))
                self.names.append(symbol)
                continue
            instruction = INSTRUCTION.match(line)
            if not instruction:
                continue
            if called is not False:
                self.calls[int(instruction[1], 16)] = called
                called = False
            last = instruction[2]
            target = None if instruction[3].startswith("*") else TARGET.search(instruction[3])
            if last.startswith("call"):
                called = target[1] if target else None
            elif last.startswith("j") and target and target[1] != symbol:
                self.goes_on.setdefault(symbol, set()).add(target[1])

    def symbol(self, address):
        """The symbol an address belongs to; None: it is not in the program."""
        at = bisect.bisect(self.starts, address) - 1
        return self.names[at] if at >= 0 and address < self.starts[-1] + 65536 else None

    def leads(self, start, end):
        """Whether code entered at one symbol may be in another without a call."""
        seen, waiting = set(), [start]
        while waiting:
            symbol = waiting.pop()
            if symbol == end:
                return True
            if symbol not in seen:
                seen.add(symbol)
                waiting += self.goes_on.get(symbol, ())
        return False

    def calls_it(self, address, inner):
        """Whether address is behind a call that may have led to the address inner; else a word that says why not."""
        if address not in self.calls:
            return "not behind a call"
        called = self.calls[address]
        if called is not None and not self.leads(called, self.symbol(inner)):
            return "behind a call of " + called
        return None
