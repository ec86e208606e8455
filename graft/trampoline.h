/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trampolines: the assembly between a redirected call and the kernel's function.
 *
 * before and after begin with the one test a hook costs while it is off: compare the flag, a
 * forward branch that is predicted not taken, and a jump to the real function.  A wrap hook needs a
 * trampoline only where the function is called from the file it stands in.
 *
 * All of them preserve what a C call preserves, and the caller-saved registers too: GCC's -fipa-ra
 * (part of -O2) lets a caller in the same file rely on registers that the function it sees happens
 * to leave alone, and a handler of ours would not.
 */
#ifndef GRAFT_TRAMPOLINE_H
#define GRAFT_TRAMPOLINE_H

#include "debuginfo.h"
#include "hooks.h"

/*
 * The assembly source (GNU as) of all trampolines; sets the entry of each hook. The hooks have
 * passed checks_hooks. The caller frees the text.
 */
char *trampoline_source(struct hooks *hooks, const struct debuginfo *info, bool is64);

#endif
