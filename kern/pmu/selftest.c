/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PMU's self-test; see selftest.h.
 *
 * The work is a loop whose length in instructions is not known, but is the
 * same each time round.  So the checks are of proportions, with room for an
 * interrupt or two of the clock.
 */

#include <kern/pmu/machine.h>
#include <kern/pmu/selftest.h>

#define ROUNDS	4096
#define PERIOD	1000

/* Instructions a clock interrupt may add. */
#define SLACK	20000

/* What the overflow callback saw; written in NMI context. */
static volatile unsigned int seen_calls, seen_periods;

static void
note_overflow (struct pmu_event *event, unsigned int overflows,
	       const struct pmu_regs *regs)
{
  (void) event;
  (void) regs;
  seen_calls++;
  seen_periods += overflows;
}

static void __attribute__ ((noinline))
work (unsigned int rounds)
{
  while (rounds-- > 0)
    cpu_pause ();
}

/* Count instructions over so many rounds of work; period as in struct
   pmu_request.  FALSE: the event could not be had. */
static boolean_t
try (unsigned int rounds, uint64_t period, boolean_t kernel, uint64_t *count)
{
  struct pmu_request request;
  struct pmu_event event;
  boolean_t added;

  request.type = PERF_TYPE_HARDWARE;
  request.config = PERF_COUNT_HW_INSTRUCTIONS;
  request.exclude_user = FALSE;
  request.exclude_kernel = !kernel;
  request.period = period;
  seen_calls = seen_periods = 0;
  if (pmu_event_init (&event, &request) != KERN_SUCCESS)
    return FALSE;
  pmu_disable ();
  added = pmu_event_add (&event);
  pmu_enable ();
  work (rounds);
  pmu_disable ();
  pmu_event_remove (&event);
  work (rounds);		/* not counted: it is off */
  pmu_enable ();
  *count = event.count;
  return added;
}

/* What is wrong with the PMU; NULL: nothing. */
static const char *
find_fault (void)
{
  uint64_t once, twice, sampled, none;

  if (!try (ROUNDS, 0, TRUE, &once)
      || !try (2 * ROUNDS, 0, TRUE, &twice)
      || !try (ROUNDS, PERIOD, FALSE, &none)
      || seen_calls != 0
      || !try (4 * ROUNDS, PERIOD, TRUE, &sampled))
    return "has no counter of instructions";
  if (once < ROUNDS)
    return "does not count";
  if (twice < 2 * once - SLACK || twice > 2 * once + SLACK)
    return "counts wrongly";
  if (none != 0)
    return "counts the wrong mode";
  /* Stopping finds overflows whose interrupt was lost, several as one. */
  if (seen_calls < seen_periods / 2 || seen_calls == 0)
    return "sends no overflow interrupt";
  if (seen_periods != (unsigned int) (sampled / PERIOD))
    return "loses overflows";
  return 0;
}

boolean_t
pmu_selftest (void)
{
  pmu_overflow_t overflow = pmu_overflow;
  const char *fault;

  pmu_overflow = note_overflow;
  fault = find_fault ();
  pmu_overflow = overflow;
  pmu_model_reset ();
  if (fault != 0)
    printf ("pmu: self-test: %s %s; the clock is used instead\n", pmu->name,
	    fault);
  else
    printf ("pmu: self-test: %s counts and interrupts\n", pmu->name);
  return fault == 0;
}
