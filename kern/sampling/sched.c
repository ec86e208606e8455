/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters on and off the PMU; sched.h. */

#include <kern/sampling/lock.h>
#include <kern/sampling/record.h>
#include <kern/sampling/sched.h>

struct perf_cpu perf_cpus[PMU_MAX_CPUS];
uint32_t perf_min_period;

/* Add the time since the last look.  now: ns. */
static inline void
counter_account (struct perf_counter *counter, uint64_t now)
{
  uint64_t elapsed = now - counter->stamp;

  counter->stamp = now;
  counter->time_enabled += elapsed;
  if (counter->counting)
    counter->time_running += elapsed;
}

/* The PMU is quiet. */
static void
counter_start (struct perf_cpu *cpu, struct perf_counter *counter,
	       uint64_t now)
{
  if (counter->active)
    return;
  counter->active = TRUE;
  counter->stamp = now;
  counter->counting = counter->event->counts
		      && pmu_event_add (&counter->pmu);
  counter->active_next = cpu->active;
  cpu->active = counter;
}

/* The PMU is quiet; *link is the counter's place in the list. */
static void
counter_stop (struct perf_counter **link, uint64_t now)
{
  struct perf_counter *counter = *link;

  *link = counter->active_next;
  counter_account (counter, now);
  if (counter->counting)
    pmu_event_remove (&counter->pmu);
  counter->counting = FALSE;
  counter->active = FALSE;
}

/* Give freed places to counters that wait for one.  The PMU is quiet. */
static void
sched_fill (struct perf_cpu *cpu, uint64_t now)
{
  struct perf_counter *counter;

  for (counter = cpu->active; counter != NULL; counter = counter->active_next)
    if (! counter->counting && counter->event->counts)
      {
	counter_account (counter, now);
	counter->counting = pmu_event_add (&counter->pmu);
      }
}

/* Whether event is to be active while thread runs on CPU. */
static boolean_t
sched_wants (const struct perf_event *event, const struct perf_thread *thread,
	     int cpu)
{
  const struct perf_link *link;

  if (! event->enabled || event->closed)
    return FALSE;
  if (event->scope == PERF_SCOPE_CPU)
    return event->cpu < 0 || event->cpu == cpu;
  if (thread == NULL)
    return FALSE;
  for (link = event->links; link != NULL; link = link->event_next)
    if (link->thread == thread || link->task == thread->task)
      return TRUE;
  return FALSE;
}

static inline void
sched_set_thread (struct perf_cpu *cpu, struct perf_thread *thread)
{
  cpu->thread = thread;
  cpu->who = thread != NULL ? perf_pair (thread->task->pid, thread->tid)
			    : perf_pair (PERF_ID_UNKNOWN, PERF_ID_UNKNOWN);
}

void
perf_sched_refresh (void)
{
  sched_set_thread (&perf_cpus[cpu_this ()],
		    perf_thread_find (perf_current_thread ()));
}

void
perf_sched_update (struct perf_event *event)
{
  int n = cpu_this ();
  struct perf_cpu *cpu = &perf_cpus[n];
  struct perf_counter *counter = &event->counter[n];
  boolean_t wanted = sched_wants (event, cpu->thread, n);
  struct perf_counter **link = &cpu->active;
  uint64_t now;

  if (wanted == counter->active)
    return;
  pmu_disable ();
  now = pmu_clock_ns ();
  if (wanted)
    counter_start (cpu, counter, now);
  else
    {
      while (*link != counter)
	link = &(*link)->active_next;
      counter_stop (link, now);
      sched_fill (cpu, now);
    }
  pmu_enable ();
}

/* Stop what the old thread needed and the new one does not. */
static void
sched_out (struct perf_cpu *cpu, struct perf_thread *thread, uint64_t now)
{
  struct perf_counter **link = &cpu->active;

  while (*link != NULL)
    if (sched_wants ((*link)->event, thread, cpu_this ()))
      link = &(*link)->active_next;
    else
      counter_stop (link, now);
}

static void
sched_in (struct perf_cpu *cpu, const struct perf_link *link, uint64_t now)
{
  for (; link != NULL; link = link->next)
    if (link->event->enabled && ! link->event->closed)
      counter_start (cpu, &link->event->counter[cpu_this ()], now);
}

void
perf_sched_switch (struct thread *thread)
{
  struct perf_cpu *cpu = &perf_cpus[cpu_this ()];
  struct perf_thread *old = cpu->thread, *new;
  unsigned long flags = perf_lock ();
  uint64_t now;

  new = perf_thread_find (thread);
  sched_set_thread (cpu, new);
  if (old != NULL && new != NULL
      && (old->links == NULL && new->links == NULL)
      && (old->task == new->task
	  || (old->task->links == NULL && new->task->links == NULL)))
    {
      perf_unlock (flags);
      return;
    }

  pmu_disable ();
  now = pmu_clock_ns ();
  sched_out (cpu, new, now);
  if (new != NULL)
    {
      sched_in (cpu, new->links, now);
      sched_in (cpu, new->task->links, now);
    }
  sched_fill (cpu, now);
  pmu_enable ();
  perf_unlock (flags);
}

void
perf_counter_refresh (struct perf_counter *counter)
{
  if (! counter->active)
    return;
  pmu_disable ();
  counter_account (counter, pmu_clock_ns ());
  if (counter->counting)
    pmu_event_read (&counter->pmu);
  pmu_enable ();
}

void
perf_counter_set_period (struct perf_counter *counter, uint64_t period)
{
  pmu_disable ();
  if (counter->counting)
    pmu_event_remove (&counter->pmu);
  counter->pmu.period = period;
  if (counter->pmu.left > period)
    counter->pmu.left = period;
  /* Its own place is free again, so this succeeds. */
  if (counter->counting)
    counter->counting = pmu_event_add (&counter->pmu);
  pmu_enable ();
}

/* The events that would have come in a second at the rate seen since the last
   look, divided by the samples wanted. */
static void
counter_adjust (struct perf_counter *counter, uint64_t now)
{
  uint64_t elapsed = now - counter->freq_stamp;
  uint64_t count = counter->pmu.count - counter->freq_count;
  uint64_t hertz = counter->event->attr.sample_period;
  uint64_t old = counter->pmu.period, wanted;

  if (elapsed == 0 || count == 0)
    return;
  counter->freq_stamp = now;
  counter->freq_count = counter->pmu.count;
  if (count > 1ULL << 33)
    return;			/* no machine counts so much in a tick */
  wanted = count * 1000000000U / elapsed / hertz;
  if (wanted < perf_min_period)
    wanted = perf_min_period;
  /* An eighth is noise; moving would only cost. */
  if (wanted > old - old / 8 && wanted < old + old / 8)
    return;
  perf_counter_set_period (counter, wanted);
}

void
perf_sched_tick (void)
{
  struct perf_cpu *cpu = &perf_cpus[cpu_this ()];
  unsigned long flags = perf_lock ();
  struct perf_counter *counter;
  uint64_t now;

  for (counter = cpu->active; counter != NULL; counter = counter->active_next)
    {
      if (! counter->counting
	  || ! (counter->event->attr.flags & PERF_ATTR_FREQ))
	continue;
      perf_counter_refresh (counter);
      now = counter->time_running;	/* only the time it could count */
      counter_adjust (counter, now);
    }
  perf_unlock (flags);
}
