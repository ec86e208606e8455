/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock PMU: cpu-clock, driven by the clock interrupt; see clock.h.
 *
 * An event's slots are changed with the interrupts off (add, remove: the
 * callers' pmu_disable () does not stop the clock, but they run at splhigh
 * or in the clock interrupt itself).  Where NMIs drive it, one that comes
 * while pmu_disable () holds leaves them alone, and the next accounts for
 * both.
 */

#include <kern/pmu/clock.h>
#include <kern/pmu/count.h>
#include <kern/pmu/machine.h>

#define CLOCK_WIDTH	64
#define CLOCK_MASK	(~0ULL)

/* event->config: whose overflows are not reported. */
#define CLOCK_EXCLUDE_USER	1
#define CLOCK_EXCLUDE_KERNEL	2

/* Owner: the CPU. */
static struct pmu_event *clock_slots[PMU_MAX_CPUS][PMU_CLOCK_SLOTS];

/* NMIs drive it.  Set before any event. */
static boolean_t by_nmi;

/* Slots in use on all CPUs, changed by atomic instructions. */
static volatile unsigned int in_use;

/* The NMIs come.  Set by whoever starts them; cleared by the NMI that stops
   them, which then looks at in_use again: pairs with clock_begin (). */
static volatile boolean_t nmis_run;

/* NMIs so far, and those of them since the last that found an event.  Owner:
   the CPU that gets them. */
static volatile unsigned int nmis, idle_nmis;

/* They are stopped after so many idle ones, not at once: events come and go
   with the threads. */
#define IDLE_NMIS	100

/* NMIs that are waited for, and for how long at most. */
#define TRY_NMIS	2
#define TRY_NS		(10ULL * PMU_CLOCK_NMI_NS)

static boolean_t
clock_probe (void)
{
  return TRUE;
}

static void
clock_cpu_init (int cpu)
{
  int i;

  for (i = 0; i < PMU_CLOCK_SLOTS; i++)
    clock_slots[cpu][i] = 0;
}

static kern_return_t
clock_event_init (struct pmu_event *event, const struct pmu_request *request)
{
  if (request->type != PERF_TYPE_SOFTWARE
      || (request->config != PERF_COUNT_SW_CPU_CLOCK
	  && request->config != PERF_COUNT_SW_TASK_CLOCK))
    return KERN_NOT_SUPPORTED;
  if (request->period != 0 && request->period < PMU_CLOCK_MIN_PERIOD)
    return KERN_INVALID_VALUE;

  event->config = (request->exclude_user ? CLOCK_EXCLUDE_USER : 0)
		  | (request->exclude_kernel ? CLOCK_EXCLUDE_KERNEL : 0);
  event->counter_mask = (1U << PMU_CLOCK_SLOTS) - 1;
  return KERN_SUCCESS;
}

/* A slot came into use: NMIs have to come. */
static void
clock_begin (void)
{
  __sync_fetch_and_add (&in_use, 1);	/* before the look: a full barrier */
  if (nmis_run)
    return;
  nmis_run = TRUE;
  pmu_machine_clock_start (PMU_CLOCK_NMI_NS);
}

static void
clock_idle (void)
{
  if (++idle_nmis < IDLE_NMIS)
    return;
  idle_nmis = 0;
  nmis_run = FALSE;
  pmu_machine_clock_stop ();
  cpu_fence ();			/* before the look, as in clock_begin () */
  if (in_use == 0)
    return;
  nmis_run = TRUE;
  pmu_machine_clock_start (PMU_CLOCK_NMI_NS);
}

void
pmu_clock_choose (void)
{
  uint64_t begin;

  by_nmi = nmis_run = FALSE;
  in_use = idle_nmis = 0;
  if (!pmu_machine_clock_find ())
    return;
  nmis = 0;
  begin = pmu_clock_ns ();
  pmu_machine_clock_start (PMU_CLOCK_NMI_NS);
  while (nmis < TRY_NMIS && pmu_clock_ns () - begin < TRY_NS)
    cpu_pause ();
  pmu_machine_clock_stop ();
  by_nmi = nmis >= TRY_NMIS;
  if (by_nmi)
    printf ("pmu: cpu-clock by NMIs of the HPET, one every %u ns\n",
	    PMU_CLOCK_NMI_NS);
  else
    printf ("pmu: the HPET's NMIs do not come; cpu-clock by clock"
	    " interrupts\n");
}

void
pmu_clock_shared (void)
{
  if (!by_nmi)
    return;
  by_nmi = FALSE;
  printf ("pmu: several processors, and the HPET's NMIs come to one;"
	  " cpu-clock by clock interrupts\n");
}

void
pmu_clock_nmi (int cpu, const struct pmu_regs *regs)
{
  nmis++;
  if (!by_nmi)
    return;
  if (in_use == 0)
    {
      clock_idle ();
      return;
    }
  idle_nmis = 0;
  if (pmu_nest[cpu] == 0)
    pmu_clock_tick (cpu, regs);
}

/* Time cannot be stopped, and nothing interrupts but the tick. */
static void
clock_nothing (void)
{
}

static boolean_t
clock_add (struct pmu_event *event)
{
  struct pmu_event **slots = clock_slots[cpu_this ()];
  int i;

  for (i = 0; i < PMU_CLOCK_SLOTS; i++)
    if (slots[i] == 0)
      {
	event->index = i;
	event->prev = pmu_clock_ns ();
	slots[i] = event;
	if (by_nmi)
	  clock_begin ();
	return TRUE;
      }
  return FALSE;
}

/* Account the time since the last look.  Periods that end here are not
   reported: there is no interrupted code to report.  So the last of them is
   kept one nanosecond from its end, for the next tick. */
static void
clock_read (struct pmu_event *event)
{
  if (pmu_count_update (event, pmu_clock_ns (), CLOCK_MASK) != 0)
    event->left = 1;
}

static void
clock_remove (struct pmu_event *event)
{
  clock_read (event);
  clock_slots[cpu_this ()][event->index] = 0;
  if (by_nmi)
    __sync_fetch_and_sub (&in_use, 1);
  event->index = PMU_NO_COUNTER;
}

static void
clock_describe (struct pmu_description *description)
{
  static const char names[2][6] = { "clock", "hpet" };
  const char *name = names[by_nmi];
  unsigned int i;

  for (i = 0; i < sizeof names[0]; i++)
    description->name[i] = name[i];
  description->kind = PERF_PMU_CLOCK;
  description->version = 1;
  description->nr_counters = PMU_CLOCK_SLOTS;
  description->width = CLOCK_WIDTH;
  description->min_period = PMU_CLOCK_MIN_PERIOD;
}

boolean_t
pmu_clock_is_interrupt (void)
{
  return !by_nmi;
}

void
pmu_clock_tick (int cpu, const struct pmu_regs *regs)
{
  unsigned int excluded = regs->user ? CLOCK_EXCLUDE_USER
				     : CLOCK_EXCLUDE_KERNEL;
  uint64_t now = 0, period;
  unsigned int overflows;
  struct pmu_event *event;
  int i;

  for (i = 0; i < PMU_CLOCK_SLOTS; i++)
    {
      event = clock_slots[cpu][i];
      if (event == 0)
	continue;
      if (now == 0)
	now = pmu_clock_ns ();
      overflows = pmu_count_update (event, now, CLOCK_MASK);
      if (overflows == 0 || (event->config & excluded))
	continue;
      period = event->period;
      pmu_overflow (event, overflows, regs);
      pmu_count_new_period (event, period);
    }
}

const struct pmu_ops pmu_clock_ops =
{
  .probe = clock_probe,
  .cpu_init = clock_cpu_init,
  .cpu_quiesce = clock_cpu_init,
  .event_init = clock_event_init,
  .disable = clock_nothing,
  .enable = clock_nothing,
  .add = clock_add,
  .remove = clock_remove,
  .read = clock_read,
  .model_reset = 0,
  .describe = clock_describe,
};
