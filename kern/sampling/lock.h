/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one lock of the sampling core.
 *
 * perf_lock protects: the tables of tasks and threads and everything that
 * hangs off them, links between events and targets, the lists of events and
 * buffers, reference counts, and the state of events.  It is held with
 * interrupts off, for short sections that neither allocate nor block; it is
 * the innermost lock, taken under any lock of the kernel and taking none.
 * NMI code never takes it: what an NMI reads of an event does not change
 * while one of the event's counters is on a PMU.
 *
 * The counters of a CPU are changed on that CPU only, so whoever changes an
 * event for all of them does it under the lock for itself, then asks the
 * others (pmu_call ()) with the lock given up.
 */
#ifndef _KERN_SAMPLING_LOCK_H_
#define _KERN_SAMPLING_LOCK_H_

#include <kern/sampling/env.h>

extern volatile int perf_lock_word;

static inline unsigned long
perf_lock (void)
{
  unsigned long flags = cpu_irq_save ();

  while (__sync_lock_test_and_set (&perf_lock_word, 1))
    cpu_pause ();
  return flags;
}

static inline void
perf_unlock (unsigned long flags)
{
  __sync_lock_release (&perf_lock_word);
  cpu_irq_restore (flags);
}

#endif /* _KERN_SAMPLING_LOCK_H_ */
