/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters on and off the PMU; sched.h. */

#include <kern/pmu/call.h>
#include <kern/pmu/overhead.h>
#include <kern/sampling/hooks.h>
#include <kern/sampling/lock.h>
#include <kern/sampling/offcpu.h>
#include <kern/sampling/record.h>
#include <kern/sampling/sched.h>
#include <kern/sampling/share.h>
#include <kern/sampling/throttle.h>

struct perf_cpu perf_cpus[PMU_MAX_CPUS];
unsigned int perf_nr_cpus;
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

/* Measure the clock tick that ends now.  A turn is half of it, so that a group
   that began late in a tick keeps its place at the end of it. */
static inline void
sched_measure_tick (struct perf_cpu *cpu)
{
  uint64_t now = pmu_clock_ns ();

  cpu->turn_length = cpu->ticked_at != 0 ? (now - cpu->ticked_at) / 2
					 : 500000000U / hz;
  cpu->ticked_at = now;
}

/* Send leader's group to the end of the queue; it is not in it now. */
static inline void
group_end_turn (struct perf_cpu *cpu, struct perf_counter *leader)
{
  leader->turn = ++cpu->turns;
  leader->turn_end = leader->time_running + cpu->turn_length;
}

/* Take the active members of leader's group off the PMU, which is quiet. */
static void
group_remove (struct perf_counter *leader, uint64_t now)
{
  unsigned int n = cpu_this ();
  struct perf_counter *counter;
  struct perf_event *event;

  perf_for_each_member (event, leader->event)
    {
      counter = &event->counter[n];
      if (! counter->active)
	continue;
      counter_account (counter, now);
      if (counter->counting && event->counts)
	pmu_event_remove (&counter->pmu);
      counter->counting = FALSE;
    }
}

/* Put all of them on the PMU, or none.  The PMU is quiet. */
static boolean_t
group_add (struct perf_counter *leader, uint64_t now)
{
  unsigned int n = cpu_this ();
  struct perf_counter *counter;
  struct perf_event *event;
  boolean_t fits = TRUE;

  perf_for_each_member (event, leader->event)
    {
      counter = &event->counter[n];
      if (! counter->active)
	continue;
      counter_account (counter, now);
      fits = ! event->counts || pmu_event_add (&counter->pmu);
      if (! fits)
	break;
      counter->counting = TRUE;
    }
  if (! fits)
    group_remove (leader, now);
  return fits;
}

/* Enter leader into the queue by its turn. */
static void
queue_insert (struct perf_cpu *cpu, struct perf_counter *leader)
{
  struct perf_counter **link = &cpu->active;

  while (*link != NULL && (*link)->turn < leader->turn)
    link = &(*link)->active_next;
  leader->active_next = *link;
  *link = leader;
}

/* Make leader's group active.  sched_fill () puts it on the PMU. */
static void
group_start (struct perf_cpu *cpu, struct perf_counter *leader, uint64_t now)
{
  unsigned int n = cpu_this ();
  struct perf_counter *counter;
  struct perf_event *event;

  if (leader->active)
    return;
  perf_for_each_member (event, leader->event)
    if (event->enabled && ! event->closed)
      {
	counter = &event->counter[n];
	counter->active = TRUE;
	counter->stamp = now;
	if (perf_throttle_is_over (counter, cpu->ticked_at))
	  perf_throttle_release (counter);
      }
  if (leader->turn == 0)
    group_end_turn (cpu, leader);
  queue_insert (cpu, leader);
}

/* The PMU is quiet; *link is the leader's place in the queue. */
static void
group_stop (struct perf_cpu *cpu, struct perf_counter **link, uint64_t now)
{
  unsigned int n = cpu_this ();
  struct perf_counter *leader = *link;
  struct perf_event *event;

  *link = leader->active_next;
  group_remove (leader, now);
  perf_for_each_member (event, leader->event)
    event->counter[n].active = FALSE;
  if (leader->time_running >= leader->turn_end)
    group_end_turn (cpu, leader);
}

/* Give the places that are free to groups that wait, in order.  The PMU is
   quiet.  FALSE: some still wait. */
static boolean_t
sched_fill (struct perf_cpu *cpu, uint64_t now)
{
  struct perf_counter *leader;
  boolean_t all = TRUE;

  for (leader = cpu->active; leader != NULL; leader = leader->active_next)
    if (! leader->counting)
      all = group_add (leader, now) && all;
  return all;
}

/* Let others count: all places are given out anew, and groups whose turn is
   over stand behind all others. */
static void
sched_rotate (struct perf_cpu *cpu)
{
  struct perf_counter **link = &cpu->active, *leader, *over = NULL;
  struct perf_counter **end = &over;
  uint64_t now;

  for (leader = cpu->active; leader != NULL; leader = leader->active_next)
    if (! leader->counting)
      break;
  if (leader == NULL)
    return;			/* nobody waits */

  pmu_disable ();
  now = pmu_clock_ns ();
  while ((leader = *link) != NULL)
    {
      group_remove (leader, now);
      if (leader->time_running < leader->turn_end)
	{
	  link = &leader->active_next;
	  continue;
	}
      *link = leader->active_next;
      group_end_turn (cpu, leader);
      *end = leader;
      end = &leader->active_next;
    }
  *end = NULL;
  *link = over;
  sched_fill (cpu, now);
  pmu_enable ();
}

/* Whether event is to be active while thread runs on CPU. */
static boolean_t
sched_wants (const struct perf_event *event, const struct perf_thread *thread,
	     int cpu)
{
  const struct perf_link *link;

  if (! event->enabled || event->closed || event->held)
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
  cpu->who = perf_sched_number (thread);
}

/* Of pmu_call (). */
static void
sched_refresh (void *unused)
{
  unsigned long flags = perf_lock ();

  (void) unused;
  if (perf_switch_wanted)
    sched_set_thread (&perf_cpus[cpu_this ()],
		      perf_thread_find (perf_current_thread ()));
  perf_unlock (flags);
}

void
perf_sched_begin (void)
{
  pmu_call (pmu_cpus, sched_refresh, NULL);
}

void
perf_sched_end (void)
{
  unsigned int i;

  for (i = 0; i < perf_nr_cpus; i++)
    sched_set_thread (&perf_cpus[i], NULL);
}

/* Take leader out of the queue if it is there.  The PMU is quiet. */
static void
sched_stop (struct perf_cpu *cpu, struct perf_counter *leader, uint64_t now)
{
  struct perf_counter **link = &cpu->active;

  if (! leader->active)
    return;
  while (*link != leader)
    link = &(*link)->active_next;
  group_stop (cpu, link, now);
}

/* Whether event's counter on CPU n, or that of its leader, is not as the
   state of both asks for; *wanted says whether the group is to be active. */
static boolean_t
sched_is_stale (const struct perf_event *event, int n, boolean_t *wanted)
{
  const struct perf_event *leader = event->leader;

  *wanted = sched_wants (leader, perf_cpus[n].thread, n);
  return *wanted != leader->counter[n].active
	 || (*wanted && event->enabled && ! event->closed)
	    != event->counter[n].active;
}

void
perf_sched_update (struct perf_event *event)
{
  int n = cpu_this ();
  struct perf_cpu *cpu = &perf_cpus[n];
  struct perf_counter *leader = &event->leader->counter[n];
  boolean_t wanted;
  uint64_t now;

  if (! sched_is_stale (event, n, &wanted))
    return;
  pmu_disable ();
  now = pmu_clock_ns ();
  if (cpu->thread != NULL)
    perf_share_out (cpu->thread, now);
  sched_stop (cpu, leader, now);
  if (wanted)
    group_start (cpu, leader, now);
  sched_fill (cpu, now);
  if (cpu->thread != NULL)
    perf_share_in (cpu->thread);
  pmu_enable ();
}

/* Of pmu_call (). */
static void
sched_update_here (void *event)
{
  unsigned long flags = perf_lock ();

  perf_sched_update (event);
  perf_unlock (flags);
}

void
perf_sched_update_all (struct perf_event *event)
{
  unsigned long stale = 0, flags = perf_lock ();
  boolean_t wanted;
  unsigned int i;

  /* Whoever switches threads from here on finds the event as it is now. */
  for (i = 0; i < event->nr_counters; i++)
    if (sched_is_stale (event, i, &wanted))
      stale |= 1UL << i;
  perf_unlock (flags);
  pmu_call (stale, sched_update_here, event);
}

struct sched_work
{
  struct perf_event *event;
  void (*work) (struct perf_counter *, void *);
  void *argument;
};

/* Of pmu_call (). */
static void
sched_work_here (void *argument)
{
  const struct sched_work *w = argument;
  unsigned long flags = perf_lock ();

  w->work (&w->event->counter[cpu_this ()], w->argument);
  perf_unlock (flags);
}

void
perf_sched_each (struct perf_event *event,
		 void (*work) (struct perf_counter *, void *), void *argument)
{
  struct sched_work w = { event, work, argument };
  unsigned long active = 0, flags = perf_lock ();
  unsigned int i;

  for (i = 0; i < event->nr_counters; i++)
    if (event->counter[i].active && (int) i != cpu_this ())
      active |= 1UL << i;
    else
      work (&event->counter[i], argument);
  perf_unlock (flags);
  pmu_call (active, sched_work_here, &w);
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
      group_stop (cpu, link, now);
}

static void
sched_in (struct perf_cpu *cpu, const struct perf_link *link, uint64_t now)
{
  const struct perf_event *event;

  for (; link != NULL; link = link->next)
    {
      event = link->event;
      if (event->leader == event && event->enabled && ! event->closed)
	group_start (cpu, &link->event->counter[cpu_this ()], now);
    }
}

boolean_t
perf_sched_wants (const struct perf_event *event,
		  const struct perf_thread *thread)
{
  return sched_wants (event, thread, cpu_this ());
}

/* Some event hears of switches. */
static void __attribute__ ((noinline))
sched_tell (struct perf_thread *old, struct perf_thread *new,
	    boolean_t handed, unsigned long fp)
{
  const struct perf_switch s =
    {
      .old = old,
      .new = new,
      .blocked = handed || (old != NULL && (old->thread->state
					    & (TH_WAIT | TH_SUSP)) != 0),
      .fp = fp,
      .now = pmu_clock_ns (),
    };

  pmu_disable ();
  perf_switch_tell (&s);
  pmu_enable ();
}

/* perf_lock held. */
static inline void
sched_switch (struct perf_cpu *cpu, struct thread *thread, boolean_t handed,
	      unsigned long fp)
{
  struct perf_thread *old, *new;
  uint64_t now;

  if (! perf_switch_wanted)
    return;			/* the last event has just been closed */
  old = cpu->thread;
  new = perf_thread_find (thread);
  if (perf_switch_told && old != new)
    sched_tell (old, new, handed, fp);
  sched_set_thread (cpu, new);
  if (old != NULL && new != NULL
      && (old->links == NULL && new->links == NULL)
      && (old->shares == NULL && new->shares == NULL)
      && (old->task == new->task
	  || (old->task->links == NULL && new->task->links == NULL)))
    return;

  pmu_disable ();
  now = pmu_clock_ns ();
  if (old != NULL && old->shares != NULL)
    perf_share_out (old, now);
  sched_out (cpu, new, now);
  if (new != NULL)
    {
      sched_in (cpu, new->links, now);
      sched_in (cpu, new->task->links, now);
    }
  sched_fill (cpu, now);
  if (new != NULL && new->shares != NULL)
    perf_share_in (new);
  pmu_enable ();
}

void
perf_sched_switch (struct thread *thread, boolean_t handed, unsigned long fp)
{
  int n = cpu_this ();
  unsigned long flags;
  uint32_t begin;

  if (n == CPU_UNKNOWN)
    return;			/* it takes no part */
  flags = perf_lock ();
  begin = pmu_hook_begin ();
  sched_switch (&perf_cpus[n], thread, handed, fp);
  pmu_hook_end (n, begin);
  perf_unlock (flags);
}

void
perf_counter_refresh_at (struct perf_counter *counter, uint64_t now)
{
  counter_account (counter, now);
  if (counter->counting && counter->event->counts)
    pmu_event_read (&counter->pmu);
}

void
perf_counter_refresh (struct perf_counter *counter)
{
  if (! counter->active)
    return;
  pmu_disable ();
  perf_counter_refresh_at (counter, pmu_clock_ns ());
  pmu_enable ();
}

void
perf_counter_set_period (struct perf_counter *counter, uint64_t period)
{
  pmu_disable ();
  perf_throttle_release (counter);
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

/* The same for each member of leader's group with a frequency. */
static void
group_adjust (const struct perf_counter *leader)
{
  struct perf_counter *counter;
  struct perf_event *event;

  perf_for_each_member (event, leader->event)
    {
      counter = &event->counter[cpu_this ()];
      if (! counter->counting || ! (event->attr.flags & PERF_ATTR_FREQ))
	continue;
      perf_counter_refresh (counter);
      /* Only the time it could count. */
      counter_adjust (counter, counter->time_running);
    }
}

void
perf_sched_tick (void)
{
  struct perf_cpu *cpu = &perf_cpus[cpu_this ()];
  unsigned long flags = perf_lock ();
  const struct perf_counter *leader;

  sched_measure_tick (cpu);
  pmu_budget_tick ();
  perf_throttle_tick ();
  for (leader = cpu->active; leader != NULL; leader = leader->active_next)
    group_adjust (leader);
  sched_rotate (cpu);
  perf_unlock (flags);
}
