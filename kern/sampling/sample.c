/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an overflow to a SAMPLE record; sample.h. */

#include <kern/sampling/sample.h>
#include <kern/sampling/sched.h>

/* Header, ten fields, callchain length, two context markers. */
#define SAMPLE_WORDS	(1 + 10 + 1 + 2 + PERF_MAX_STACK_DEPTH)

/* The largest LOST record. */
#define LOST_WORDS	(3 + PERF_SAMPLE_ID_WORDS)

/* A clock sample may be interrupted by an NMI that samples too. */
#define SAMPLE_DEPTH	2

/* Where records are put together.  Owner: the CPU; an NMI that interrupts
   takes the next one. */
static struct
{
  uint64_t words[SAMPLE_DEPTH][SAMPLE_WORDS];
  volatile unsigned int depth;
} scratch[PMU_MAX_CPUS];

static inline struct perf_who
sample_who (void)
{
  const struct perf_thread *thread = perf_cpus[cpu_this ()].thread;
  struct perf_who who = { PERF_ID_UNKNOWN, PERF_ID_UNKNOWN };

  if (thread != NULL)
    {
      who.pid = thread->task->pid;
      who.tid = thread->tid;
    }
  return who;
}

/* Append the frames of the kernel, if it was interrupted, and of the user. */
static uint64_t *
sample_put_callchain (uint64_t *at, const struct perf_event *event,
		      const struct pmu_regs *regs)
{
  uint64_t flags = event->attr.flags;
  uint64_t *nr = at++;
  unsigned int left = event->max_stack, n;
  struct pmu_regs user;
  boolean_t has_user = TRUE;

  if (regs->user)
    user = *regs;
  else
    {
      uint64_t *marker = at;

      n = callchain_kernel (regs, at + 1, left, &user, &has_user);
      /* In the middle of a switch, registers and memory of the user are no
	 longer, or not yet, the same thread's. */
      has_user = has_user && ! perf_sched_switching ();
      if (event->kernel && ! (flags & PERF_ATTR_EXCLUDE_CALLCHAIN_KERNEL))
	{
	  *marker = PERF_CONTEXT_KERNEL;
	  at += 1 + n;
	  left -= n;
	}
    }
  if (has_user && left > 0 && ! (flags & PERF_ATTR_EXCLUDE_CALLCHAIN_USER))
    {
      *at++ = PERF_CONTEXT_USER;
      at += callchain_user (&user, at, left);
    }
  *nr = at - nr - 1;
  return at;
}

/* Put a sample together; answer its end. */
static uint64_t *
sample_put (uint64_t *words, const struct perf_counter *counter,
	    const struct pmu_regs *regs)
{
  const struct perf_event *event = counter->event;
  uint64_t type = event->attr.sample_type;
  uint64_t *at = words + 1;
  struct perf_who who = sample_who ();
  struct pmu_regs user;

  /* Skid may end in the kernel what was counted in user mode; whoever may
     not see the kernel gets the place where the user left for it. */
  if (! regs->user && ! event->kernel)
    {
      callchain_user_regs (&user);
      regs = &user;
    }

  if (type & PERF_SAMPLE_IDENTIFIER)
    *at++ = event->id;
  if (type & PERF_SAMPLE_IP)
    *at++ = regs->ip;
  if (type & PERF_SAMPLE_TID)
    *at++ = perf_pair (who.pid, who.tid);
  if (type & PERF_SAMPLE_TIME)
    *at++ = pmu_clock_ns ();
  if (type & PERF_SAMPLE_ADDR)
    *at++ = 0;
  if (type & PERF_SAMPLE_ID)
    *at++ = event->id;
  if (type & PERF_SAMPLE_STREAM_ID)
    *at++ = event->id;
  if (type & PERF_SAMPLE_CPU)
    *at++ = perf_pair (cpu_this (), 0);
  if (type & PERF_SAMPLE_PERIOD)
    *at++ = counter->pmu.period;
  if (type & PERF_SAMPLE_CALLCHAIN)
    at = sample_put_callchain (at, event, regs);

  words[0] = perf_header (PERF_RECORD_SAMPLE,
			  regs->user ? PERF_RECORD_MISC_USER
				     : PERF_RECORD_MISC_KERNEL,
			  at - words);
  return at;
}

boolean_t
perf_sample_tell_lost (struct perf_counter *counter)
{
  const struct perf_event *event = counter->event;
  uint64_t words[LOST_WORDS], *end;
  struct perf_who who;

  if (counter->lost_untold == 0)
    return TRUE;
  if (perf_ring_room (&event->buffer->ring[cpu_this ()], TRUE) < sizeof words)
    {
      perf_buffer_notify (event->buffer);
      return FALSE;
    }
  who = sample_who ();
  words[1] = event->id;
  words[2] = counter->lost_untold;
  end = perf_put_sample_id (words + 3, event, &who, pmu_clock_ns ());
  words[0] = perf_header (PERF_RECORD_LOST, 0, end - words);
  if (! perf_buffer_write (event->buffer, words,
			   (end - words) * sizeof words[0], TRUE))
    return FALSE;
  counter->lost_untold = 0;
  return TRUE;
}

/* Write a finished record.  FALSE: no room. */
static boolean_t
sample_write (struct perf_counter *counter, const uint64_t *words,
	      unsigned int size)
{
  struct perf_buffer *buffer = counter->event->buffer;
  unsigned int lost_size = LOST_WORDS * sizeof words[0];

  /* Tell what was lost only when the sample fits too, or a full ring would
     be topped up with LOST records of one. */
  if (counter->lost_untold != 0
      && (perf_ring_room (&buffer->ring[cpu_this ()], FALSE)
	    < size + lost_size
	  || ! perf_sample_tell_lost (counter)))
    {
      perf_ring_lost (&buffer->ring[cpu_this ()]);
      perf_buffer_notify (buffer);
      return FALSE;
    }
  return perf_buffer_write (buffer, words, size, FALSE);
}

void
perf_overflow (struct pmu_event *pmu_event, unsigned int overflows,
	       const struct pmu_regs *regs)
{
  struct perf_counter *counter = pmu_event->owner;
  unsigned int depth;
  uint64_t *words;

  if (pmu_event->period == 0)
    return;
  counter->coalesced += overflows - 1;
  depth = scratch[cpu_this ()].depth++;
  cpu_barrier ();
  words = scratch[cpu_this ()].words[depth];
  if (depth < SAMPLE_DEPTH
      && sample_write (counter, words,
		       (sample_put (words, counter, regs) - words)
		       * sizeof words[0]))
    counter->samples++;
  else
    {
      counter->lost++;
      counter->lost_untold++;
    }
  cpu_barrier ();
  scratch[cpu_this ()].depth--;
}
