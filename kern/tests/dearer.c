/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linked into an image of the gate's tests only: our hook of a context switch,
 * made dearer by 50 instructions.
 */

#include <kern/sampling/hooks.h>

void perf_test_dearer_handoff (unsigned long result, struct thread *old,
			       struct thread *new);

/* after stack_handoff of that image. */
void
perf_test_dearer_handoff (unsigned long result, struct thread *old,
			  struct thread *new)
{
  asm volatile (".rept 50\n"
		"	nop\n"
		"	.endr");
  perf_hook_stack_handoff (result, old, new);
}
