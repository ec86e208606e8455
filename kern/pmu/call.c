/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work on other CPUs; call.h.
 *
 * One call at a time.  Its interrupt is that of deferred work, and the next
 * clock interrupt serves if the APIC was too busy.  Whoever waits looks after
 * what is asked of his own CPU, so that two who wait with interrupts off do
 * not wait for each other.
 *
 * Barriers:
 *   C  work and argument before waiting (pmu_call), pairs with the load of
 *      waiting in pmu_called ();
 *   D  everything work did before its CPU's bit in waiting goes (pmu_called),
 *      pairs with the load of waiting in await ().
 * Both are atomic instructions, which order everything on x86.
 */

#include <kern/pmu/call.h>
#include <kern/pmu/machine.h>

volatile unsigned long pmu_cpus;

static struct
{
  volatile int busy;		/* somebody owns the rest */
  void (*work) (void *);	/* constant while waiting is not 0 */
  void *argument;
  volatile unsigned long waiting; /* CPUs that have not done it yet */
} call;

void
pmu_called (int cpu)
{
  unsigned long bit = 1UL << cpu;

  if (!(call.waiting & bit))
    return;
  call.work (call.argument);
  __sync_fetch_and_and (&call.waiting, ~bit);	/* D */
}

/* Let others get on. */
static void
call_pause (void)
{
  unsigned long flags = cpu_irq_save ();

  pmu_called (cpu_this ());
  cpu_irq_restore (flags);
  cpu_pause ();
}

void
pmu_call (unsigned long cpus, void (*work) (void *), void *argument)
{
  unsigned long others = cpus & ~(1UL << cpu_this ());
  unsigned long flags;
  int cpu;

  if (others != 0)
    {
      while (__sync_lock_test_and_set (&call.busy, 1))
	call_pause ();
      call.work = work;
      call.argument = argument;
      __sync_fetch_and_or (&call.waiting, others);	/* C */
      for (cpu = 0; cpu < PMU_MAX_CPUS; cpu++)
	if (others & 1UL << cpu)
	  pmu_machine_interrupt (cpu);
    }
  if (cpus != others)
    {
      flags = cpu_irq_save ();
      work (argument);
      cpu_irq_restore (flags);
    }
  if (others != 0)
    {
      while (call.waiting != 0)		/* D */
	call_pause ();
      __sync_lock_release (&call.busy);
    }
}
