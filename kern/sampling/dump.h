/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers and stack of user mode in a sample, to be unwound later
 * (PERF_SAMPLE_REGS_USER and PERF_SAMPLE_STACK_USER).
 *
 * The stack is read page by page through the page tables: what is not
 * present ends the dump, which then says so by its size.
 */
#ifndef _KERN_SAMPLING_DUMP_H_
#define _KERN_SAMPLING_DUMP_H_

#include <kern/sampling/event.h>

#define PERF_DUMP_TYPES		(PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER)

/* The most words a dump takes besides the stack's bytes. */
#define PERF_DUMP_WORDS		(1 + NR_REGISTERS + 2)

/* What user mode looked like at a sample. */
struct perf_user_state
{
  boolean_t present;		/* the thread has a user mode */
  const struct thread *thread;
  uint64_t registers[NR_REGISTERS];
};

/* Of the current thread; of one that blocked and is about to go on. */
void perf_dump_init (struct perf_user_state *state,
		     const struct pmu_regs *regs);
void perf_dump_init_blocked (struct perf_user_state *state,
			     const struct thread *thread);

/* Append the registers event asks for; answer the end. */
uint64_t *perf_dump_registers (uint64_t *at, const struct perf_event *event,
			       const struct perf_user_state *state);

/* Copy up to size bytes from the stack pointer on into the record under
   construction in ring, at bytes from its beginning; answer how many there
   were.  As perf_ring_put () otherwise. */
unsigned int perf_dump_stack (const struct perf_ring *ring, unsigned long at,
			      const struct perf_user_state *state,
			      unsigned int size);

#endif /* _KERN_SAMPLING_DUMP_H_ */
