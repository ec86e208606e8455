/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples: what is collected when a counter overflows.
 *
 * The trigger (an overflow) comes from the PMU in NMI context, or from the
 * clock in interrupt context.  Overflows that could not be written are kept
 * count of with the counter, and told in a LOST record of that event as soon
 * as there is room: so for each event, by overflows of its counter,
 *	overflows = samples + lost + throttled + coalesced.
 * Of those throttled the periods that ended while no overflow could come
 * (throttle.h) are told, too: they are none of the counter's.
 * When several periods end at one overflow, its sample's period is their sum.
 * Coalesced are the overflows of a counter that takes several turns for one
 * period: all but the last, which has the sample.
 */
#ifndef _KERN_SAMPLING_SAMPLE_H_
#define _KERN_SAMPLING_SAMPLE_H_

#include <kern/sampling/dump.h>
#include <kern/sampling/record.h>

/* Set what samples of event, which is being opened, need to know of it. */
void perf_sample_init (struct perf_event *event);

/* The pmu_overflow_t of the sampling core. */
void perf_overflow (struct pmu_event *pmu_event, unsigned int overflows,
		    const struct pmu_regs *regs);

/* Header and ten fields; then the callchain's length, two context markers,
   and frames; then registers and stack. */
#define PERF_SAMPLE_FIXED_WORDS	(1 + 10)
#define PERF_SAMPLE_WORDS						\
  (PERF_SAMPLE_FIXED_WORDS + 3 + PERF_MAX_STACK_DEPTH + PERF_DUMP_WORDS)

/* Write a sample of nr words that is complete but for what state is asked
   for; words has room for PERF_SAMPLE_WORDS.  FALSE: no room.  The PMU is
   quiet, or its NMI calls. */
boolean_t perf_sample_write (struct perf_counter *counter, uint64_t *words,
			     unsigned int nr,
			     const struct perf_user_state *state);

/* Count what became of a sample. */
static inline void
perf_sample_count (struct perf_counter *counter, boolean_t written)
{
  if (written)
    counter->samples++;
  else
    {
      counter->lost++;
      counter->lost_untold++;
    }
}

/* Write the LOST record that counter owes.  FALSE: no room for it.  The
   counter's PMU is quiet, or its NMI calls. */
boolean_t perf_sample_tell_lost (struct perf_counter *counter);

#endif /* _KERN_SAMPLING_SAMPLE_H_ */
