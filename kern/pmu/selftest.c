/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PMU's self-test; see selftest.h.
 *
 * The work is a loop whose length in instructions is not known, but is the
 * same each time round.  So the checks are of proportions, with room for what
 * starting and stopping takes.  Other interrupts are off meanwhile; those of
 * overflows must come all the same.
 */

#include <kern/pmu/machine.h>
#include <kern/pmu/selftest.h>

#define ROUNDS	1024
#define PERIOD	500

/* Instructions that starting and stopping may add: less than ROUNDS, and than
   the rounds have. */
#define SLACK	1000

/* What the overflow callback saw; written in NMI context. */
static volatile unsigned int seen_calls, seen_periods;

/* Of the boot CPU, while the test runs; too large for its stack. */
static struct pmu_event events[PMU_MAX_COUNTERS];

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

/* Make event one of instructions.  FALSE: there is none. */
static boolean_t
init (struct pmu_event *event, uint64_t period, boolean_t kernel)
{
  struct pmu_request request;

  request.type = PERF_TYPE_HARDWARE;
  request.config = PERF_COUNT_HW_INSTRUCTIONS;
  request.exclude_user = FALSE;
  request.exclude_kernel = !kernel;
  request.period = period;
  return pmu_event_init (event, &request) == KERN_SUCCESS;
}

/* Count instructions over so many rounds of work; ~0: the event could not be
   had. */
static uint64_t
count (unsigned int rounds, uint64_t period, boolean_t kernel)
{
  boolean_t added;

  seen_calls = seen_periods = 0;
  if (!init (events, period, kernel))
    return ~0ULL;
  pmu_disable ();
  added = pmu_event_add (events);
  pmu_enable ();
  if (!added)
    return ~0ULL;
  work (rounds);
  pmu_disable ();
  pmu_event_remove (events);
  pmu_enable ();
  return events->count;
}

static boolean_t
counts (void)
{
  uint64_t n = count (ROUNDS, 0, TRUE);

  return n >= ROUNDS && n != ~0ULL;
}

static boolean_t
proportional (void)
{
  uint64_t once = count (ROUNDS, 0, TRUE);
  uint64_t twice = count (2 * ROUNDS, 0, TRUE);

  return twice + SLACK >= 2 * once && twice <= 2 * once + SLACK;
}

static boolean_t
stops (void)
{
  uint64_t before, after;

  if (!init (events, 0, TRUE))
    return FALSE;
  pmu_disable ();
  if (!pmu_event_add (events))
    {
      pmu_enable ();
      return FALSE;
    }
  pmu_event_read (events);
  before = events->count;
  work (ROUNDS);
  pmu_event_read (events);
  after = events->count;
  pmu_event_remove (events);
  pmu_enable ();
  work (ROUNDS);
  return before == after && events->count == after;
}

static boolean_t
tells_modes_apart (void)
{
  return count (ROUNDS, PERIOD, FALSE) == 0 && seen_calls == 0;
}

/* As many events as there is room for, at the same time. */
static boolean_t
all_counters (void)
{
  unsigned int i, nr = 0;
  boolean_t good;

  pmu_disable ();
  while (nr < PMU_MAX_COUNTERS && init (&events[nr], 0, TRUE)
	 && pmu_event_add (&events[nr]))
    nr++;
  pmu_enable ();
  work (2 * ROUNDS);
  pmu_disable ();
  for (i = 0; i < nr; i++)
    pmu_event_remove (&events[i]);
  pmu_enable ();
  good = nr != 0 && events[0].count >= 2 * ROUNDS;
  for (i = 1; i < nr; i++)
    if (events[i].count + SLACK < events[0].count
	|| events[i].count > events[0].count + SLACK)
      good = FALSE;
  return good;
}

static boolean_t
interrupts (void)
{
  uint64_t n = count (4 * ROUNDS, PERIOD, TRUE);

  /* Stopping finds overflows whose interrupt was lost, several as one. */
  return n != ~0ULL && seen_calls != 0 && seen_calls >= seen_periods / 2;
}

static boolean_t
serves_all (void)
{
  uint64_t n = count (4 * ROUNDS, PERIOD, TRUE);

  return n != ~0ULL && seen_periods == (unsigned int) (n / PERIOD);
}

static const struct
{
  const char *what;
  boolean_t (*passes) (void);
} checks[] =
{
  { "counts instructions", counts },
  { "counts twice the work twice", proportional },
  { "stands still while stopped", stops },
  { "tells user mode from the kernel", tells_modes_apart },
  { "has every counter count the same", all_counters },
  { "interrupts at overflow", interrupts },
  { "loses no overflow", serves_all },
};

boolean_t
pmu_selftest (void)
{
  struct pmu_description description;
  pmu_overflow_t overflow = pmu_overflow;
  boolean_t passed, all = TRUE;
  unsigned long flags;
  unsigned int i;

  pmu_describe (&description);
  pmu_overflow = note_overflow;
  for (i = 0; i < sizeof checks / sizeof checks[0]; i++)
    {
      flags = cpu_irq_save ();
      passed = checks[i].passes ();
      cpu_irq_restore (flags);
      all = all && passed;
      printf ("pmu: self-test: %s %s: %s\n", description.name,
	      checks[i].what, passed ? "passed" : "FAILED");
    }
  pmu_overflow = overflow;
  pmu_model_reset ();
  printf (all ? "pmu: self-test: passed, %s is used\n"
	      : "pmu: self-test: %s FAILED, the clock is used instead\n",
	  description.name);
  return all;
}
