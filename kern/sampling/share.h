/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shares: what an event on a task counted of each of its threads, for events
 * with PERF_ATTR_INHERIT_STAT.
 *
 * A counter of a CPU counts for whoever runs there.  At each switch what it
 * counted since the one before goes to the share of the thread that leaves.
 * A READ record tells a share when its thread dies, and those of living
 * threads when their event is disabled; what was told is not told again.
 *
 * Shares are made when a thread is born and when an event is opened.  Without
 * memory for one, its thread is counted in the event alone.
 */
#ifndef _KERN_SAMPLING_SHARE_H_
#define _KERN_SAMPLING_SHARE_H_

#include <kern/sampling/event.h>

/* perf_lock. */
struct perf_share
{
  struct perf_share *next;	/* of the same thread */
  struct perf_event *event;
  uint64_t value;		/* not told yet */
  uint64_t time_enabled;	/* ns */
  uint64_t time_running;	/* ns */
};

/* Make the shares that threads of task lack.  Task context, no lock held. */
void perf_share_make (struct task *task);

/* Thread stops running on this CPU now (ns), or has begun to; its counters are
   active.  perf_lock held, the PMU quiet. */
void perf_share_out (struct perf_thread *thread, uint64_t now);
void perf_share_in (const struct perf_thread *thread);

/* Tell what event, which does not count any more, has of living threads.
   No lock held. */
void perf_share_tell (struct perf_event *event);

/* Thread is about to be freed: tell its shares, and put them on *garbage.
   perf_lock held; perf_share_free () them without it. */
void perf_share_thread_died (struct perf_thread *thread,
			     struct perf_share **garbage);

/* Put all shares of an event that is being closed on *garbage; the same. */
void perf_share_drop (struct perf_event *event, struct perf_share **garbage);

void perf_share_free (struct perf_share *shares);

#endif /* _KERN_SAMPLING_SHARE_H_ */
