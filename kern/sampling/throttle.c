/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters held and released; throttle.h. */

#include <kern/pmu/count.h>
#include <kern/sampling/record.h>
#include <kern/sampling/sched.h>
#include <kern/sampling/throttle.h>

/* Time, id, stream id. */
#define THROTTLE_WORDS	(4 + PERF_SAMPLE_ID_WORDS)

/* One that finds no room is counted with the ring's losses. */
static void
throttle_tell (const struct perf_event *event, uint32_t type)
{
  uint64_t words[THROTTLE_WORDS], now = pmu_clock_ns (), *end;

  words[1] = now;
  words[2] = event->id;
  words[3] = event->id;
  end = perf_put_sample_id (words + 4, event, perf_sched_who (), now);
  words[0] = perf_header (type, 0, end - words);
  if (! perf_buffer_write (event->buffer, words,
			   (end - words) * sizeof words[0], TRUE))
    perf_ring_lost (&event->buffer->ring[cpu_this ()]);
}

void
perf_throttle_hold (struct perf_counter *counter)
{
  struct perf_throttle *throttle = &counter->throttle;

  counter->throttled++;
  throttle->period = counter->pmu.period;
  throttle->left = counter->pmu.left;
  throttle->count = counter->pmu.count;
  throttle->ticked_at = perf_cpus[cpu_this ()].ticked_at;
  counter->pmu.period = 0;
  throttle_tell (counter->event, PERF_RECORD_THROTTLE);
}

/* A held counter's event as if its period had gone on: up to date, on no
   counter.  Answers the periods that ended. */
static uint64_t
throttle_catch_up (const struct perf_counter *counter,
		   struct pmu_event *event)
{
  const struct perf_throttle *throttle = &counter->throttle;
  uint64_t n = counter->pmu.count - throttle->count;

  event->period = throttle->period;
  event->left = throttle->left;
  event->count = throttle->count;
  return pmu_count_advance (event, n);
}

uint64_t
perf_throttle_pending (const struct perf_counter *counter)
{
  struct pmu_event scratch;

  return counter->throttle.period == 0 ? 0
	 : throttle_catch_up (counter, &scratch);
}

void
perf_throttle_release (struct perf_counter *counter)
{
  uint64_t ended;

  if (counter->throttle.period == 0)
    return;
  if (counter->counting)
    pmu_event_remove (&counter->pmu);
  ended = throttle_catch_up (counter, &counter->pmu);
  counter->throttle.period = 0;
  counter->throttled += ended;
  counter->held += ended;
  /* Its own place is free again, so this succeeds. */
  if (counter->counting)
    counter->counting = pmu_event_add (&counter->pmu);
  throttle_tell (counter->event, PERF_RECORD_UNTHROTTLE);
}

/* Release the members of leader's group that are held. */
static void
group_release (const struct perf_counter *leader)
{
  struct perf_event *event;

  perf_for_each_member (event, leader->event)
    if (event->counter[cpu_this ()].active)
      perf_throttle_release (&event->counter[cpu_this ()]);
}

void
perf_throttle_tick (void)
{
  const struct perf_counter *leader;

  pmu_disable ();
  for (leader = perf_cpus[cpu_this ()].active; leader != NULL;
       leader = leader->active_next)
    group_release (leader);
  pmu_enable ();
}
