/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trampolines: the assembly between a redirected call and the kernel's function.
 *
 * Each begins with the one test a hook costs while it is off: compare the flag, a forward branch
 * that is predicted not taken, and a jump to the real function.  All registers a C call preserves
 * are preserved, and the caller-saved ones too: GCC's -fipa-ra lets a caller in the same file rely
 * on registers the real function happens to leave alone.
 */
#ifndef GRAFT_TRAMPOLINE_H
#define GRAFT_TRAMPOLINE_H

#include "hooks.h"

/*
 * The assembly source (GNU as) of all trampolines, for a 64-bit kernel or a 32-bit one; names each
 * hook's entry. i386: nr_args of each hook must be known, all arguments being on the stack.
 * The caller frees the text.
 */
char *trampoline_source(struct hooks *hooks, bool is64);

#endif
