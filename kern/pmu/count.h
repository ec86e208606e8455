/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 64-bit counts and periods on counters that are narrower.
 *
 * A counter is a number of a few tens of bits that counts up and interrupts
 * when it wraps.  To overflow after n events it is started at -n.  The
 * difference between two looks at it, taken modulo its width, is exact as
 * long as no more than 2^width events went by in between; starting it no
 * more than half its width below zero keeps the other half for what is
 * counted from the wrap until the interrupt is served.
 *
 * These functions are arithmetic only, and inline because every sample runs
 * them.  They run with the event's CPU quiet,
 * or in its overflow NMI.
 */
#ifndef _KERN_PMU_COUNT_H_
#define _KERN_PMU_COUNT_H_

#include <kern/pmu/pmu.h>

/* The bits of a counter of this width. */
static inline uint64_t
pmu_width_mask (unsigned int width)
{
  return width >= 64 ? ~0ULL : (1ULL << width) - 1;
}

/* Begin a fresh event: nothing counted, a whole period to go. */
static inline void
pmu_count_init (struct pmu_event *event, uint64_t period)
{
  event->count = 0;
  event->period = period;
  event->left = period;
  event->prev = 0;
}

/*
 * The raw value to start a counter at, remembered as what was last seen in
 * it.  mask: the counter's bits.  limit: it can be started at any value from
 * -limit to limit.
 *
 * So that it wraps when event's period is over, or after limit events if that
 * comes first.  An event that only counts starts at limit: the counter wraps
 * late, and when it does, less than 2^width events went by since any look at
 * it, with limit of them to spare until the interrupt is served.
 */
static inline uint64_t
pmu_count_start (struct pmu_event *event, uint64_t mask, uint64_t limit)
{
  uint64_t n = event->left;

  if (n > limit)
    n = limit;
  event->prev = event->period != 0 ? -n & mask : limit;
  return event->prev;
}

/* Account n events more.  Returns how many periods ended, and sets left for
   the running one. */
static inline unsigned int
pmu_count_advance (struct pmu_event *event, uint64_t n)
{
  uint64_t period = event->period;
  uint64_t over, periods;

  event->count += n;
  if (period == 0)
    return 0;
  if (n < event->left)
    {
      event->left -= n;
      return 0;
    }
  over = n - event->left;
  if (over < period)		/* the usual case needs no division */
    {
      event->left = period - over;
      return 1;
    }
  periods = over / period;
  event->left = period - over % period;
  return periods < ~0U ? (unsigned int) periods + 1 : ~0U;
}

/* Account the events since the last look, given the counter's raw value now;
   as pmu_count_advance (). */
static inline unsigned int
pmu_count_update (struct pmu_event *event, uint64_t raw, uint64_t mask)
{
  uint64_t n = (raw - event->prev) & mask;

  event->prev = raw;
  return pmu_count_advance (event, n);
}

/* After the overflow callback, which may have changed the period from
   old_period: the events that already went into the running period stay in
   it. */
static inline void
pmu_count_new_period (struct pmu_event *event, uint64_t old_period)
{
  uint64_t gone = old_period - event->left;

  if (event->period == old_period)
    return;
  if (event->period == 0)
    event->left = 0;
  else
    event->left = gone < event->period ? event->period - gone : 1;
}

#endif /* _KERN_PMU_COUNT_H_ */
