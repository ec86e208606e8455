/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What trampoline_test.c and trampoline_calls.S share. */
#ifndef GRAFT_TRAMPOLINE_TEST_H
#define GRAFT_TRAMPOLINE_TEST_H

#define MAX_ARGS 12
#define RESULT	 77 /* of every real function that has one */

/* Registers a caller in the same file may rely on, but for the frame pointer and the result. */
#if __x86_64__
#define NR_KEPT 13 /* rcx rdx rsi rdi r8 to r15 rbx */
#else
#define NR_KEPT 5 /* ecx edx esi edi ebx */
#endif

#endif
