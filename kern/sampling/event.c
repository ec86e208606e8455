/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events: open, close, on, off, read; event.h. */

#include <kern/pmu/call.h>
#include <kern/sampling/attr.h>
#include <kern/sampling/event.h>
#include <kern/sampling/group.h>
#include <kern/sampling/hooks.h>
#include <kern/sampling/lock.h>
#include <kern/sampling/memory.h>
#include <kern/sampling/port.h>
#include <kern/sampling/sample.h>
#include <kern/sampling/sched.h>
#include <kern/sampling/share.h>
#include <kern/sampling/sideband.h>
#include <kern/sampling/throttle.h>

struct perf_event *perf_events;

static uint64_t next_id = 1;	/* perf_lock */

static vm_size_t
event_size (unsigned int nr_counters)
{
  return sizeof (struct perf_event)
	 + nr_counters * sizeof (struct perf_counter);
}

/* Nobody can say more of an instruction than that it was the one before, so
   samples of these are spared the question. */
static boolean_t
event_may_be_exact (const struct perf_event_attr *attr)
{
  return attr->type != PERF_TYPE_HARDWARE
	 || attr->config != PERF_COUNT_HW_INSTRUCTIONS;
}

/* Make every CPU's counter ready.  Errors are those of pmu_event_init. */
static kern_return_t
event_init_counters (struct perf_event *event)
{
  struct pmu_request request;
  struct perf_counter *counter;
  kern_return_t kr;
  unsigned int i;

  perf_attr_request (&event->attr, &request);
  event->counts = perf_attr_counts (&event->attr);
  event->off_cpu = perf_attr_off_cpu (&event->attr);
  for (i = 0; i < event->nr_counters; i++)
    {
      counter = &event->counter[i];
      counter->event = event;
      if (! event->counts)
	continue;
      kr = pmu_event_init (&counter->pmu, &request);
      if (kr != KERN_SUCCESS)
	return kr;
      counter->pmu.owner = counter;
      if (event_may_be_exact (&event->attr))
	event->event_ip = counter->pmu.ops->event_ip;
    }
  return KERN_SUCCESS;
}

/* Hang link between its event and its target.  perf_lock held. */
static void
event_attach (struct perf_event *event, struct perf_link *link,
	      struct perf_task *task, struct perf_thread *thread)
{
  struct perf_link **end = thread != NULL ? &thread->links : &task->links;

  link->event = event;
  link->task = task;
  link->thread = thread;
  link->event_next = event->links;
  event->links = link;
  /* At the end: events start in the order they were opened. */
  while (*end != NULL)
    end = &(*end)->next;
  *end = link;
}

/* Unhang link; it is on *garbage afterwards.  perf_lock held. */
static void
event_detach (struct perf_link *link, struct perf_link **garbage)
{
  struct perf_link **at = &link->event->links;

  while (*at != link)
    at = &(*at)->event_next;
  *at = link->event_next;
  at = link->thread != NULL ? &link->thread->links : &link->task->links;
  while (*at != link)
    at = &(*at)->next;
  *at = link->next;
  link->next = *garbage;
  *garbage = link;
}

static void
event_free_links (struct perf_link *garbage)
{
  struct perf_link *next;

  for (; garbage != NULL; garbage = next)
    {
      next = garbage->next;
      perf_free (garbage, sizeof *garbage);
    }
}

/* Enter event into the lists and attach it.  FALSE: the target is gone. */
static boolean_t
event_publish (struct perf_event *event, const struct perf_target *target,
	       struct perf_link *link)
{
  unsigned long flags = perf_lock ();
  struct perf_task *task = NULL;
  struct perf_thread *thread = NULL;
  struct perf_event **end;
  boolean_t first = perf_events == NULL;

  if (target->thread != NULL)
    thread = perf_thread_find (target->thread);
  else if (target->task != NULL)
    task = perf_task_find (target->task);
  if (link != NULL && thread == NULL && task == NULL)
    {
      perf_unlock (flags);
      return FALSE;
    }

  event->id = next_id++;
  if (link != NULL)
    event_attach (event, link, task, thread);
  for (end = &perf_events; *end != NULL; end = &(*end)->all_next)
    continue;
  *end = event;
  if (event->buffer != NULL)
    {
      for (end = &event->buffer->events; *end != NULL;
	   end = &(*end)->buffer_next)
	continue;
      *end = event;
    }
  perf_hooks_update ();
  perf_unlock (flags);
  if (first)
    perf_sched_begin ();
  return TRUE;
}

kern_return_t
perf_event_open (const struct perf_target *target,
		 const struct perf_event_attr *attr, boolean_t kernel,
		 struct perf_buffer *buffer, struct ipc_port **portp,
		 uint64_t *idp)
{
  boolean_t linked = target->task != NULL || target->thread != NULL;
  unsigned int nr_counters = perf_nr_cpus;
  struct perf_link *link = NULL;
  struct perf_event *event;
  kern_return_t kr;

  if (target->cpu < -1 || target->cpu >= (int) nr_counters)
    return KERN_INVALID_ARGUMENT;
  kr = perf_attr_check (attr, buffer != NULL, target->thread != NULL);
  if (kr != KERN_SUCCESS)
    return kr;
  if (! kernel && ! (attr->flags & PERF_ATTR_EXCLUDE_KERNEL))
    return KERN_NO_ACCESS;
  event = perf_alloc (event_size (nr_counters));
  if (event == NULL)
    return KERN_RESOURCE_SHORTAGE;
  event->nr_refs = 1;
  event->leader = event;
  event->nr_counters = nr_counters;
  event->attr = *attr;
  event->scope = linked ? PERF_SCOPE_TARGETS : PERF_SCOPE_CPU;
  event->cpu = target->cpu;
  event->kernel = kernel;
  event->max_stack = perf_attr_max_stack (attr);
  perf_sample_init (event);

  kr = event_init_counters (event);
  if (kr == KERN_SUCCESS && linked)
    {
      link = perf_alloc (sizeof *link);
      if (link == NULL)
	kr = KERN_RESOURCE_SHORTAGE;
    }
  if (kr == KERN_SUCCESS)
    {
      event->port = perf_port_create (event, IKOT_PERF_EVENT);
      if (event->port == NULL)
	kr = KERN_RESOURCE_SHORTAGE;
    }
  if (kr != KERN_SUCCESS)
    {
      perf_free (link, sizeof *link);
      perf_free (event, event_size (nr_counters));
      return kr;
    }

  if (buffer != NULL)
    {
      perf_buffer_reference (buffer);
      event->buffer = buffer;
    }
  *portp = perf_port_send (event->port);
  if (! event_publish (event, target, link))
    {
      perf_free (link, sizeof *link);
      event->closed = TRUE;
      ipc_port_release_send (*portp);	/* and so close it */
      *portp = NULL;
      return KERN_INVALID_ARGUMENT;
    }
  *idp = event->id;
  if (target->task != NULL && (attr->flags & PERF_ATTR_INHERIT_STAT))
    perf_share_make (target->task);
  perf_sideband_introduce (event);
  if (! (attr->flags & PERF_ATTR_DISABLED))
    perf_event_enable (event);
  return KERN_SUCCESS;
}

static void
event_set_enabled (struct perf_event *event, boolean_t enabled)
{
  unsigned long flags = perf_lock ();

  event->enabled = enabled;
  perf_unlock (flags);
  perf_sched_update_all (event);
}

void
perf_event_enable (struct perf_event *event)
{
  event_set_enabled (event, TRUE);
}

void
perf_event_disable (struct perf_event *event)
{
  event_set_enabled (event, FALSE);
  if (event->attr.flags & PERF_ATTR_INHERIT_STAT)
    perf_share_tell (event);
  perf_event_tell_lost (event);
}

static void
counter_reset (struct perf_counter *counter, void *unused)
{
  (void) unused;
  pmu_disable ();
  perf_counter_refresh (counter);
  counter->throttle.count -= counter->pmu.count;	/* their distance */
  counter->shared.value -= counter->pmu.count;
  counter->pmu.count = 0;
  counter->freq_count = 0;
  pmu_enable ();
}

void
perf_event_reset (struct perf_event *event)
{
  perf_sched_each (event, counter_reset, NULL);
}

static void
counter_new_period (struct perf_counter *counter, void *period)
{
  perf_counter_set_period (counter, *(uint64_t *) period);
}

kern_return_t
perf_event_period (struct perf_event *event, uint64_t period)
{
  unsigned long flags;

  if (event->attr.sample_period == 0 || (! event->counts && ! event->off_cpu))
    return KERN_INVALID_ARGUMENT;
  if (! perf_attr_period_valid (&event->attr, period))
    return KERN_INVALID_VALUE;
  flags = perf_lock ();
  event->attr.sample_period = period;
  perf_unlock (flags);
  if (event->off_cpu)
    return KERN_SUCCESS;	/* it is looked at each time */
  if (event->attr.flags & PERF_ATTR_FREQ)
    period = perf_attr_first_period (&event->attr);
  perf_sched_each (event, counter_new_period, &period);
  return KERN_SUCCESS;
}

/* Add what counter has counted; perf_lock orders those who add. */
static void
counter_add_to (struct perf_counter *counter, void *argument)
{
  struct perf_event_values *values = argument;
  uint64_t pending;

  pmu_disable ();		/* one moment for all of it */
  perf_counter_refresh (counter);
  pending = perf_throttle_pending (counter);
  values->value += counter->pmu.count;
  values->time_enabled += counter->time_enabled;
  values->time_running += counter->time_running;
  values->samples += counter->samples;
  values->lost += counter->lost;
  values->throttled += counter->throttled + pending;
  values->held += counter->held + pending;
  values->coalesced += counter->coalesced;
  pmu_enable ();
}

void
perf_event_read (struct perf_event *event, struct perf_event_values *values)
{
  memset (values, 0, sizeof *values);
  values->id = event->id;
  perf_event_tell_lost (event);
  perf_sched_each (event, counter_add_to, values);
}

void
perf_event_tell_lost_here (struct perf_event *event)
{
  if (event->buffer == NULL)
    return;
  pmu_disable ();		/* the NMI tells too */
  perf_sample_tell_lost (&event->counter[cpu_this ()]);
  pmu_enable ();
}

/* Of pmu_call (). */
static void
event_tell_lost (void *event)
{
  unsigned long flags = perf_lock ();

  perf_event_tell_lost_here (event);
  perf_unlock (flags);
}

unsigned long
perf_event_owing (const struct perf_event *event)
{
  unsigned long owing = 0;
  unsigned int i;

  for (i = 0; i < event->nr_counters; i++)
    if (event->counter[i].lost_untold != 0)
      owing |= 1UL << i;
  return owing;
}

void
perf_event_tell_lost (struct perf_event *event)
{
  if (event->buffer != NULL)
    pmu_call (perf_event_owing (event), event_tell_lost, event);
}

boolean_t
perf_event_hung_up (const struct perf_event *event)
{
  return event->scope == PERF_SCOPE_TARGETS && event->links == NULL;
}

/* Stop event everywhere and take it out of every list.  perf_lock held. */
static void
event_unlist (struct perf_event *event, struct perf_link **garbage,
	      struct perf_share **shares)
{
  struct perf_event **at;

  for (at = &perf_events; *at != NULL && *at != event; at = &(*at)->all_next)
    continue;
  if (*at != NULL)
    *at = event->all_next;
  if (event->buffer != NULL)
    {
      for (at = &event->buffer->events; *at != NULL && *at != event;
	   at = &(*at)->buffer_next)
	continue;
      if (*at != NULL)
	*at = event->buffer_next;
    }
  perf_share_drop (event, shares);
  while (event->links != NULL)
    event_detach (event->links, garbage);
  perf_hooks_update ();
}

static void
event_release (struct perf_event *event)
{
  unsigned long flags = perf_lock ();
  boolean_t last = --event->nr_refs == 0;

  perf_unlock (flags);
  if (! last)
    return;
  perf_buffer_release (event->buffer);
  perf_free (event, event_size (event->nr_counters));
}

void
perf_event_no_senders (struct ipc_port *port)
{
  unsigned long flags = perf_lock ();
  struct perf_event *event = perf_port_object (port, IKOT_PERF_EVENT);
  struct perf_link *garbage = NULL;
  struct perf_share *shares = NULL;

  if (event != NULL)
    {
      event->port = NULL;
      event->enabled = FALSE;
      event->closed = TRUE;
    }
  perf_unlock (flags);
  if (event == NULL)
    return;
  perf_port_clear (port);
  perf_event_ungroup (event);
  perf_sched_update_all (event);
  perf_event_tell_lost (event);
  flags = perf_lock ();
  event_unlist (event, &garbage, &shares);
  if (event->buffer != NULL)	/* those left may all have hung up */
    perf_buffer_notify (event->buffer);
  perf_unlock (flags);
  event_free_links (garbage);
  perf_share_free (shares);
  perf_port_destroy (port);
  event_release (event);
}

perf_event_t
convert_port_to_perf_event (struct ipc_port *port)
{
  unsigned long flags = perf_lock ();
  struct perf_event *event = perf_port_object (port, IKOT_PERF_EVENT);

  if (event != NULL && event->port == NULL)
    event = NULL;		/* it is being closed */
  if (event != NULL)
    event->nr_refs++;
  perf_unlock (flags);
  return event;
}

void
perf_event_deallocate (perf_event_t event)
{
  if (event != NULL)
    event_release (event);
}

/* How many events parent hands on.  perf_lock held. */
static unsigned int
nr_inherited (const struct perf_task *parent)
{
  const struct perf_link *link;
  unsigned int nr = 0;

  for (link = parent->links; link != NULL; link = link->next)
    if (link->event->attr.flags & PERF_ATTR_INHERIT)
      nr++;
  return nr;
}

void
perf_event_inherit (struct perf_task *parent, struct perf_task *child)
{
  struct perf_link *spare = NULL, *link, *from;
  unsigned int wanted, nr = 0;
  unsigned long flags = perf_lock ();

  /* Links are made without the lock; events may be opened meanwhile. */
  while ((wanted = nr_inherited (parent)) > nr)
    {
      perf_unlock (flags);
      link = perf_alloc (sizeof *link);
      if (link != NULL)
	{
	  link->next = spare;
	  spare = link;
	}
      nr++;
      flags = perf_lock ();
    }
  for (from = parent->links; from != NULL && spare != NULL; from = from->next)
    if (from->event->attr.flags & PERF_ATTR_INHERIT)
      {
	link = spare;
	spare = link->next;
	link->next = NULL;
	event_attach (from->event, link, child, NULL);
      }
  perf_unlock (flags);
  event_free_links (spare);
}

/* Detach every event of a list and tell those waiting for a hangup.
   perf_lock held. */
static void
event_detach_list (struct perf_link **list, struct perf_link **garbage)
{
  struct perf_event *event;

  while (*list != NULL)
    {
      event = (*list)->event;
      event_detach (*list, garbage);
      perf_sched_update (event);
      if (event->buffer != NULL && perf_event_hung_up (event))
	perf_buffer_notify (event->buffer);
    }
}

void
perf_event_task_died (struct perf_task *task)
{
  struct perf_link *garbage = NULL;
  unsigned long flags = perf_lock ();

  event_detach_list (&task->links, &garbage);
  perf_unlock (flags);
  event_free_links (garbage);
}

void
perf_event_thread_died (struct perf_thread *thread)
{
  struct perf_link *garbage = NULL;
  struct perf_share *shares = NULL;
  unsigned long flags = perf_lock ();

  perf_share_thread_died (thread, &shares);
  event_detach_list (&thread->links, &garbage);
  perf_unlock (flags);
  perf_share_free (shares);
  event_free_links (garbage);
}
