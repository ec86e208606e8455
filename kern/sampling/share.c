/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each thread had of a count; share.h. */

#include <kern/sampling/lock.h>
#include <kern/sampling/memory.h>
#include <kern/sampling/record.h>
#include <kern/sampling/sched.h>
#include <kern/sampling/share.h>

/* Thread, value, two times, id. */
#define READ_WORDS	(6 + PERF_SAMPLE_ID_WORDS)

static struct perf_share *
share_of (const struct perf_thread *thread, const struct perf_event *event)
{
  struct perf_share *share = thread->shares;

  while (share != NULL && share->event != event)
    share = share->next;
  return share;
}

/* Find a thread of task and an event on it without a share.  perf_lock held. */
static boolean_t
share_lacking (const struct perf_task *task, struct perf_thread **threadp,
	       struct perf_event **eventp)
{
  const struct perf_link *link;
  struct perf_thread *thread;

  for (link = task->links; link != NULL; link = link->next)
    {
      if ((link->event->attr.flags & PERF_ATTR_INHERIT_STAT) == 0)
	continue;
      for (thread = task->threads; thread != NULL; thread = thread->task_next)
	if (share_of (thread, link->event) == NULL)
	  {
	    *threadp = thread;
	    *eventp = link->event;
	    return TRUE;
	  }
    }
  return FALSE;
}

void
perf_share_make (struct task *task)
{
  struct perf_share *spare = NULL;
  struct perf_thread *thread;
  struct perf_event *event;
  const struct perf_task *t;
  unsigned long flags;

  /* They are allocated without the lock, and things change meanwhile. */
  for (;;)
    {
      flags = perf_lock ();
      t = perf_task_find (task);
      if (t == NULL || ! share_lacking (t, &thread, &event))
	break;
      if (spare != NULL)
	{
	  spare->event = event;
	  spare->next = thread->shares;
	  thread->shares = spare;
	  spare = NULL;
	}
      perf_unlock (flags);
      spare = perf_alloc (sizeof *spare);
      if (spare == NULL)
	return;
    }
  perf_unlock (flags);
  perf_share_free (spare);
}

void
perf_share_out (struct perf_thread *thread, uint64_t now)
{
  struct perf_share *share;
  struct perf_counter *counter;

  for (share = thread->shares; share != NULL; share = share->next)
    {
      counter = &share->event->counter[cpu_this ()];
      if (! counter->active)
	continue;
      perf_counter_refresh_at (counter, now);
      share->value += counter->pmu.count - counter->shared.value;
      share->time_enabled += counter->time_enabled
			     - counter->shared.time_enabled;
      share->time_running += counter->time_running
			     - counter->shared.time_running;
    }
}

void
perf_share_in (const struct perf_thread *thread)
{
  const struct perf_share *share;
  struct perf_counter *counter;

  for (share = thread->shares; share != NULL; share = share->next)
    {
      counter = &share->event->counter[cpu_this ()];
      counter->shared.value = counter->pmu.count;
      counter->shared.time_enabled = counter->time_enabled;
      counter->shared.time_running = counter->time_running;
    }
}

/* Write share's READ record, if it has anything to tell.  perf_lock held. */
static void
share_tell (const struct perf_thread *thread, struct perf_share *share)
{
  struct perf_event *event = share->event;
  uint64_t format = event->attr.read_format;
  uint64_t words[READ_WORDS], *at = words + 1;

  if (share->time_enabled == 0)
    return;
  *at++ = perf_sched_number (thread);
  *at++ = share->value;
  if (format & PERF_FORMAT_TOTAL_TIME_ENABLED)
    *at++ = share->time_enabled;
  if (format & PERF_FORMAT_TOTAL_TIME_RUNNING)
    *at++ = share->time_running;
  if (format & PERF_FORMAT_ID)
    *at++ = event->id;
  at = perf_put_sample_id (at, event, perf_sched_number (thread),
			   pmu_clock_ns ());
  words[0] = perf_header (PERF_RECORD_READ, 0, at - words);
  if (! perf_buffer_write (event->buffer, words,
			   (at - words) * sizeof words[0], TRUE))
    event->buffer->sideband_lost++;
  share->value = share->time_enabled = share->time_running = 0;
}

void
perf_share_tell (struct perf_event *event)
{
  unsigned long flags = perf_lock ();
  const struct perf_link *link;
  const struct perf_thread *thread;
  struct perf_share *share;

  for (link = event->links; link != NULL; link = link->event_next)
    for (thread = link->task != NULL ? link->task->threads : NULL;
	 thread != NULL; thread = thread->task_next)
      if ((share = share_of (thread, event)) != NULL)
	share_tell (thread, share);
  perf_unlock (flags);
}

void
perf_share_thread_died (struct perf_thread *thread,
			struct perf_share **garbage)
{
  struct perf_share *share;

  while ((share = thread->shares) != NULL)
    {
      share_tell (thread, share);
      thread->shares = share->next;
      share->next = *garbage;
      *garbage = share;
    }
}

void
perf_share_drop (struct perf_event *event, struct perf_share **garbage)
{
  const struct perf_link *link;
  struct perf_thread *thread;
  struct perf_share **at, *share;

  for (link = event->links; link != NULL; link = link->event_next)
    for (thread = link->task != NULL ? link->task->threads : NULL;
	 thread != NULL; thread = thread->task_next)
      for (at = &thread->shares; (share = *at) != NULL; at = &share->next)
	if (share->event == event)
	  {
	    *at = share->next;
	    share->next = *garbage;
	    *garbage = share;
	    break;
	  }
}

void
perf_share_free (struct perf_share *shares)
{
  struct perf_share *next;

  for (; shares != NULL; shares = next)
    {
      next = shares->next;
      perf_free (shares, sizeof *shares);
    }
}
