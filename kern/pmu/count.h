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
 * These functions are arithmetic only.  They run with the event's CPU quiet,
 * or in its overflow NMI.
 */
#ifndef _KERN_PMU_COUNT_H_
#define _KERN_PMU_COUNT_H_

#include <kern/pmu/pmu.h>

/* Begin a fresh event: nothing counted, a whole period to go. */
void pmu_count_init (struct pmu_event *event, uint64_t period);

/* The raw value to start a counter of width bits at, so that it wraps when
   event's period is over, or after 2^write_bits - 1 events if that comes
   first.  Remembers it as what was last seen in the counter. */
uint64_t pmu_count_start (struct pmu_event *event, unsigned int width,
			  unsigned int write_bits);

/* Account the events since the last look, given the counter's raw value now.
   Returns how many periods ended, and sets left for the running one. */
unsigned int pmu_count_update (struct pmu_event *event, uint64_t raw,
			       unsigned int width);

/* The same for n events that are known as a number. */
unsigned int pmu_count_advance (struct pmu_event *event, uint64_t n);

/* After the overflow callback, which may have changed the period from
   old_period: the events that already went into the running period stay in
   it. */
void pmu_count_new_period (struct pmu_event *event, uint64_t old_period);

#endif /* _KERN_PMU_COUNT_H_ */
