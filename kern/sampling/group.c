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

kern_return_t
perf_event_group (struct perf_event *event, struct perf_event *leader)
{
  unsigned long flags = perf_lock ();
  kern_return_t kr = group_check (event, leader);
  struct perf_event *last;

  if (kr == KERN_SUCCESS)
    {
      perf_sched_stop (event);
      perf_sched_stop (leader);
      for (last = leader; last->group_next != NULL; last = last->group_next)
	continue;
      last->group_next = event;
      event->leader = leader;
      perf_sched_update (leader);
    }
  perf_unlock (flags);
  return kr;
}

void
perf_event_ungroup (struct perf_event *event)
{
  struct perf_event *leader = event->leader, *member, *next, *at;

  if (is_single (event))
    return;
  perf_sched_stop (leader);
  if (leader != event)
    {
      for (at = leader; at->group_next != event; at = at->group_next)
	continue;
      at->group_next = event->group_next;
      event->group_next = NULL;
      event->leader = event;
      perf_sched_update (leader);
      return;
    }
  for (member = leader; member != NULL; member = next)
    {
      next = member->group_next;
      member->leader = member;
      member->group_next = NULL;
      perf_sched_update (member);
    }
}
