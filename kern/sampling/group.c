/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of events: joining and leaving; event.h. */

#include <kern/sampling/group.h>
#include <kern/sampling/lock.h>
#include <kern/sampling/sched.h>

/* Whether event is alone in its group. */
static boolean_t
is_single (const struct perf_event *event)
{
  return event->leader == event && event->group_next == NULL;
}

/* Whether both always run and stand still together. */
static boolean_t
have_same_targets (const struct perf_event *a, const struct perf_event *b)
{
  if (a->scope != b->scope || a->cpu != b->cpu
      || ((a->attr.flags ^ b->attr.flags) & PERF_ATTR_INHERIT))
    return FALSE;
  if (a->scope == PERF_SCOPE_CPU)
    return TRUE;
  return a->links != NULL && b->links != NULL
	 && a->links->event_next == NULL && b->links->event_next == NULL
	 && a->links->task == b->links->task
	 && a->links->thread == b->links->thread;
}

/* Whether leader's group and event could be on an empty PMU together. */
static boolean_t
could_fit (struct perf_event *leader, struct perf_event *event)
{
  struct pmu_event *events[PMU_GROUP_MAX];
  unsigned int nr = 0, members = 1;
  struct perf_event *member;

  if (event->counts)
    events[nr++] = &event->counter[0].pmu;
  perf_for_each_member (member, leader)
    {
      if (++members > PMU_GROUP_MAX)
	return FALSE;
      if (member->counts)
	events[nr++] = &member->counter[0].pmu;
    }
  return pmu_events_fit (events, nr);
}

static kern_return_t
group_check (struct perf_event *event, struct perf_event *leader)
{
  if (event == leader || event->closed || leader->closed
      || ! is_single (event) || leader->leader != leader
      || ! have_same_targets (event, leader))
    return KERN_INVALID_ARGUMENT;
  return could_fit (leader, event) ? KERN_SUCCESS : KERN_RESOURCE_SHORTAGE;
}

/* Wait until nobody holds the group of event, which may change its leader
   meanwhile.  perf_lock held, and given up in between.  Answer the flags it
   was taken with last.  Whoever holds a group runs on another CPU. */
static unsigned long
group_await (const struct perf_event *event, unsigned long flags)
{
  while (event->leader->held)
    {
      perf_unlock (flags);
      cpu_pause ();
      flags = perf_lock ();
    }
  return flags;
}

/* Stop the group that leader leads on every CPU, until it is held no more.
   perf_lock held, and given up in between; answer the flags it was taken with
   last. */
static unsigned long
group_hold (struct perf_event *leader, unsigned long flags)
{
  leader->held = TRUE;
  perf_unlock (flags);
  perf_sched_update_all (leader);
  return perf_lock ();
}

kern_return_t
perf_event_group (struct perf_event *event, struct perf_event *leader)
{
  unsigned long flags = perf_lock ();
  struct perf_event *last;
  kern_return_t kr;

  do
    {
      flags = group_await (event, flags);
      flags = group_await (leader, flags);
    }
  while (event->leader->held);
  kr = group_check (event, leader);
  if (kr != KERN_SUCCESS)
    {
      perf_unlock (flags);
      return kr;
    }
  leader->held = TRUE;
  flags = group_hold (event, flags);
  flags = group_hold (leader, flags);
  kr = group_check (event, leader);	/* one may have been closed */
  if (kr == KERN_SUCCESS)
    {
      for (last = leader; last->group_next != NULL; last = last->group_next)
	continue;
      last->group_next = event;
      event->leader = leader;
    }
  event->held = leader->held = FALSE;
  perf_unlock (flags);
  perf_sched_update_all (leader);
  perf_sched_update_all (event);
  return kr;
}

/* Take event out of the group that it does not lead.  perf_lock held. */
static void
group_leave (struct perf_event *event)
{
  struct perf_event *at;

  for (at = event->leader; at->group_next != event; at = at->group_next)
    continue;
  at->group_next = event->group_next;
  event->group_next = NULL;
  event->leader = event;
}

/* Make each member of the group that leader leads its own; they are in
   members afterwards, held by a reference.  perf_lock held.  Answer how
   many. */
static unsigned int
group_end (struct perf_event *leader, struct perf_event **members)
{
  struct perf_event *member, *next;
  unsigned int nr = 0;

  for (member = leader->group_next; member != NULL; member = next)
    {
      next = member->group_next;
      member->leader = member;
      member->group_next = NULL;
      member->nr_refs++;
      members[nr++] = member;
    }
  leader->group_next = NULL;
  return nr;
}

void
perf_event_ungroup (struct perf_event *event)
{
  struct perf_event *members[PMU_GROUP_MAX], *leader;
  unsigned long flags = perf_lock ();
  unsigned int nr = 0, i;

  flags = group_await (event, flags);
  leader = event->leader;
  if (is_single (event))
    {
      perf_unlock (flags);
      return;
    }
  flags = group_hold (leader, flags);
  if (leader == event)
    nr = group_end (leader, members);
  else
    {
      group_leave (event);
      leader->nr_refs++;
      members[nr++] = leader;
    }
  leader->held = FALSE;
  perf_unlock (flags);
  for (i = 0; i < nr; i++)
    {
      perf_sched_update_all (members[i]);
      perf_event_deallocate (members[i]);
    }
}
