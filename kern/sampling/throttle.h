/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The throttle: sampling within the budget of overhead.h.
 *
 * An overflow that comes when the budget is spent has no sample; its counter
 * is held: it counts on without a period, so that no interrupt comes, until
 * the next clock tick of its CPU, or until its event starts there after one.
 * THROTTLE and UNTHROTTLE records stand at either end.  Periods that ended
 * meanwhile are counted; the one that runs then keeps its way to its end.
 */
#ifndef _KERN_SAMPLING_THROTTLE_H_
#define _KERN_SAMPLING_THROTTLE_H_

#include <kern/sampling/event.h>

/* Drop the overflow of counter, which is in its overflow callback, and hold
   it.  The PMU is quiet, or its NMI calls. */
void perf_throttle_hold (struct perf_counter *counter);

/* Let counter sample again if it is held.  perf_lock held, on its CPU or
   while it is not active; the PMU is quiet. */
void perf_throttle_release (struct perf_counter *counter);

/* The same on a clock tick, for what counts on this CPU. */
void perf_throttle_tick (void);

/* The periods that ended while counter, brought up to date, has been held
   this time. */
uint64_t perf_throttle_pending (const struct perf_counter *counter);

/* Whether counter was held before the latest clock tick. */
static inline boolean_t
perf_throttle_is_over (const struct perf_counter *counter, uint64_t ticked_at)
{
  return counter->throttle.period != 0
	 && counter->throttle.ticked_at != ticked_at;
}

#endif /* _KERN_SAMPLING_THROTTLE_H_ */
