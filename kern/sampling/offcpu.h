/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is told at context switches: SWITCH records, and the time threads
 * spend blocked.
 *
 * An event of PERF_COUNT_SW_BPF_OUTPUT, by which perf's files have the time
 * off the CPU, counts the nanoseconds from where a thread of its targets
 * blocks to where it runs again.  The kernel's part of the stack is taken as
 * it blocks, for with a continuation nothing is left of it later; the sample
 * is written as the thread comes back, with the time as its period and the
 * continuation, if it has one, as the innermost frame.
 */
#ifndef _KERN_SAMPLING_OFFCPU_H_
#define _KERN_SAMPLING_OFFCPU_H_

#include <kern/sampling/event.h>

/* One context switch of this CPU. */
struct perf_switch
{
  struct perf_thread *old;	/* NULL: unknown */
  struct perf_thread *new;
  boolean_t blocked;		/* old did not merely make room */
  unsigned long fp;		/* old's frame, which is not ours */
  uint64_t now;			/* ns */
};

/* Some event wants to hear of switches; perf_lock. */
extern boolean_t perf_switch_told;

/* Tell of a switch.  perf_lock held, the PMU quiet, before the counters of
   old are stopped. */
void perf_switch_tell (const struct perf_switch *s);

#endif /* _KERN_SAMPLING_OFFCPU_H_ */
