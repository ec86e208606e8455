/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Performance counters: the choice of a driver, and what all drivers share.
 *
 * Sampling and self-test call in here; the driver below does the work on the
 * running CPU.  The only state here is which driver it is, the nesting of
 * pmu_disable () and the request for deferred work, all of it per CPU or set
 * once at initialisation.
 */

#include <kern/pmu/call.h>
#include <kern/pmu/clock.h>
#include <kern/pmu/count.h>
#include <kern/pmu/machine.h>
#include <kern/pmu/match.h>
#include <kern/pmu/selftest.h>

/* Set once by pmu_init (), before any event. */
const struct pmu_ops *pmu = &pmu_clock_ops;
pmu_overflow_t pmu_overflow;
static void (*deferred_work) (void);

volatile unsigned int pmu_nest[PMU_MAX_CPUS];

/* Somebody asked for deferred work on this CPU.  Owner: that CPU, its NMI
   included; set there, cleared by pmu_deferred (). */
static volatile boolean_t defer_wanted[PMU_MAX_CPUS];

void
pmu_init (pmu_overflow_t overflow)
{
  const struct pmu_ops *const *driver;

  pmu_overflow = overflow;
  pmu_machine_init ();
  for (driver = pmu_machine_drivers; *driver != 0; driver++)
    if ((*driver)->probe ())
      {
	pmu = *driver;
	return;
      }
  pmu = &pmu_clock_ops;
  printf ("pmu: no hardware counters; the clock is used\n");
}

void
pmu_cpu_init (int cpu)
{
  boolean_t interrupts;

  if (cpu < 0 || cpu >= PMU_MAX_CPUS)
    return;
  pmu_nest[cpu] = 0;
  defer_wanted[cpu] = FALSE;
  pmu_clock_ops.cpu_init (cpu);
  interrupts = pmu_machine_cpu_init (cpu);
  if (!interrupts)
    {
      if (cpu != 0 && pmu != &pmu_clock_ops)
	return;
      if (pmu != &pmu_clock_ops)
	printf ("pmu: no way for overflow interrupts; the clock is used\n");
      pmu = &pmu_clock_ops;
    }
  __sync_fetch_and_or (&pmu_cpus, 1UL << cpu);
  if (pmu != &pmu_clock_ops)
    pmu->cpu_init (cpu);
  if (cpu == 0 && pmu != &pmu_clock_ops && !pmu_selftest ())
    {
      pmu->cpu_quiesce (cpu);
      pmu = &pmu_clock_ops;
    }
  if (pmu != &pmu_clock_ops || !interrupts)
    return;
  if (cpu == 0)
    pmu_clock_choose ();
  else
    pmu_clock_shared ();
}

void
pmu_cpu_quiesce (int cpu)
{
  if (cpu < 0 || cpu >= PMU_MAX_CPUS || !(pmu_cpus & 1UL << cpu))
    return;
  pmu->cpu_quiesce (cpu);
}

kern_return_t
pmu_event_init (struct pmu_event *event, const struct pmu_request *request)
{
  event->ops = request->type == PERF_TYPE_SOFTWARE ? &pmu_clock_ops : pmu;
  event->config = 0;
  event->counter_mask = 0;
  event->index = PMU_NO_COUNTER;
  event->owner = 0;
  pmu_count_init (event, request->period);
  if (request->exclude_user && request->exclude_kernel)
    return KERN_INVALID_ARGUMENT;
  return event->ops->event_init (event, request);
}

boolean_t
pmu_event_add (struct pmu_event *event)
{
  return event->ops->add (event);
}

void
pmu_event_remove (struct pmu_event *event)
{
  if (event->index != PMU_NO_COUNTER)
    event->ops->remove (event);
}

void
pmu_event_read (struct pmu_event *event)
{
  if (event->index != PMU_NO_COUNTER)
    event->ops->read (event);
}

boolean_t
pmu_events_fit (struct pmu_event *const *events, unsigned int nr)
{
  uint64_t masks[PMU_GROUP_MAX];
  unsigned int i, nr_masks = 0;

  if (nr > PMU_GROUP_MAX)
    return FALSE;
  /* Those of the clock are not in the others' way: it has as many places. */
  for (i = 0; i < nr; i++)
    if (events[i]->ops == pmu)
      masks[nr_masks++] = events[i]->counter_mask;
  return pmu_match_all (masks, nr_masks);
}

static void
model_reset (void *unused)
{
  (void) unused;
  pmu->model_reset ();
}

void
pmu_model_reset (void)
{
  if (pmu->model_reset != 0)
    pmu_call (pmu_cpus, model_reset, 0);
}

/* The nesting goes up before the counters stop and down before they run
   again, so an overflow that comes in at any point between leaves them as
   this CPU's owner wants them. */

void
pmu_disable (void)
{
  int cpu = cpu_this ();

  if (pmu_nest[cpu]++ == 0)
    pmu->disable ();
}

void
pmu_enable (void)
{
  int cpu = cpu_this ();

  if (--pmu_nest[cpu] == 0)
    pmu->enable ();
}

void
pmu_describe (struct pmu_description *description)
{
  static const struct pmu_description nothing;

  *description = nothing;
  pmu_machine_describe (description);
  pmu->describe (description);
}

void
pmu_defer_init (void (*fn) (void))
{
  deferred_work = fn;
}

void
pmu_defer (void)
{
  int cpu = cpu_this ();

  if (defer_wanted[cpu])
    return;
  defer_wanted[cpu] = TRUE;
  cpu_barrier ();		/* an interrupt must find it set */
  pmu_machine_defer ();
}

void
pmu_deferred (int cpu)
{
  pmu_called (cpu);
  if (!defer_wanted[cpu])
    return;
  defer_wanted[cpu] = FALSE;
  cpu_barrier ();		/* requests from here on ask again */
  if (deferred_work != 0)
    deferred_work ();
}

void
pmu_tick (int cpu, const struct pmu_regs *regs)
{
  if (cpu < 0 || cpu >= PMU_MAX_CPUS)
    return;
  if (pmu_clock_is_interrupt ())
    pmu_clock_tick (cpu, regs);
  pmu_deferred (cpu);
}
