#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the machine code of programs for Mach tasks.

disassembly.py PROGRAM...: only the trap stubs enter the kernel; nothing reads thread-local storage;
every function has a frame before it calls or jumps; spin's loop and chase's have the instructions
the documentation says.
"""
import os
import re
import subprocess
import sys

STUBS = {"mach_reply_port", "mach_thread_self", "mach_task_self", "mach_host_self", "mach_print",
         "thread_switch", "syscall_vm_allocate", "syscall_vm_deallocate", "syscall_task_terminate",
         "syscall_mach_port_deallocate", "mach_msg_trap"}
FRAMELESS = {"_start", "abort"}
# spin's is written in assembly; compilers differ by one instruction in chase's.
LOOPS = {"spin": ("spin_loop", (10,)), "chase": ("chase_loop", (3, 4))}


def functions(program):
    """Name -> [(address, instruction)] of the program's text."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", program], check=True,
                          capture_output=True, text=True).stdout
    found, current = {}, None
    for line in text.splitlines():
        start = re.match(r"[0-9a-f]+ <(.*)>:$", line)
        if start:
            current = found.setdefault(start.group(1), [])
            continue
        code = re.match(r"\s+([0-9a-f]+):\t(.*)$", line)
        if code and current is not None:
            current.append((int(code.group(1), 16), code.group(2).strip()))
    return found


def has_frame(code):
    pushed = False
    for _, instruction in code:
        if instruction in ("push   %rbp", "push   %ebp"):
            pushed = True
        elif instruction in ("mov    %rsp,%rbp", "mov    %esp,%ebp"):
            return pushed
        elif re.match(r"(call|j|ret)", instruction):
            return False
    return False


def loop_lengths(code):
    """Instructions of each backward jump's loop."""
    at = [a for a, _ in code]
    lengths = []
    for index, (address, instruction) in enumerate(code):
        jump = re.match(r"j\w+\s+([0-9a-f]+)", instruction)
        if jump and int(jump.group(1), 16) <= address and int(jump.group(1), 16) in at:
            lengths.append(index - at.index(int(jump.group(1), 16)) + 1)
    return lengths


def check(program):
    wrong = []
    code = functions(program)
    if "_start" not in code or "main" not in code:
        wrong.append("no symbols")
    for name, body in code.items():
        for _, instruction in body:
            if re.match(r"(syscall|sysenter|int |lcall|lret)", instruction) and name not in STUBS:
                wrong.append(f"{name}: {instruction}")
            if "%fs:" in instruction or "%gs:" in instruction:
                wrong.append(f"{name}: {instruction}")
        if name not in FRAMELESS and not name.endswith(".cold") and not has_frame(body):
            wrong.append(f"{name}: no frame before the first call or jump")
    loop = LOOPS.get(os.path.basename(program))
    if loop and loop_lengths(code.get(loop[0], [])) not in [[length] for length in loop[1]]:
        wrong.append(f"{loop[0]}: loops of {loop_lengths(code.get(loop[0], []))} instructions, "
                     f"not {loop[1]}")
    return wrong


def main(programs):
    failed = 0
    for program in programs:
        wrong = check(program)
        for what in wrong[:20]:
            print(f"{os.path.basename(program)}: {what}")
        failed += len(wrong)
    print(f"{len(programs)} programs, {failed} faults")
    return 1 if failed or not programs else 0


sys.exit(main(sys.argv[1:]))
