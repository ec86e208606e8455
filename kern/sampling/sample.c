/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an overflow to a SAMPLE record; sample.h. */

#include <kern/pmu/overhead.h>
#include <kern/sampling/sample.h>
#include <kern/sampling/sched.h>
#include <kern/sampling/throttle.h>

/* More than any ring has in one piece. */
#define SAMPLE_NO_PLACE		(1U << 30)

/* What recorders ask for, with a callchain or without. */
#define SAMPLE_USUAL	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP \
			 | PERF_SAMPLE_TID | PERF_SAMPLE_TIME \
			 | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD)

/* The largest LOST record. */
#define LOST_WORDS	(3 + PERF_SAMPLE_ID_WORDS)

/* Where a sample is put together that would wrap around its ring.  Owner: the
   CPU's overflow handler, which nothing interrupts. */
static uint64_t scratch[PMU_MAX_CPUS][PERF_SAMPLE_WORDS];

/* Append the frames of the kernel, if it was interrupted, and of the user. */
static inline uint64_t *
sample_put_callchain (uint64_t *at, const struct perf_event *event,
		      const struct pmu_regs *regs)
{
  uint64_t flags = event->attr.flags;
  uint64_t *nr = at++;
  unsigned int left = event->max_stack, n;
  const struct pmu_regs *user = regs;
  struct pmu_regs saved;
  boolean_t has_user = TRUE;

  if (! regs->user)
    {
      n = callchain_kernel (regs, at + 1, left, &saved, &has_user);
      user = &saved;
      /* In the middle of a switch, registers and memory of the user are no
	 longer, or not yet, the same thread's. */
      has_user = has_user && ! perf_sched_switching ();
      if (! (flags & PERF_ATTR_EXCLUDE_CALLCHAIN_KERNEL))
	{
	  *at = PERF_CONTEXT_KERNEL;
	  at += 1 + n;
	  left -= n;
	}
    }
  if (has_user && left > 0 && ! (flags & PERF_ATTR_EXCLUDE_CALLCHAIN_USER))
    {
      *at++ = PERF_CONTEXT_USER;
      at += callchain_user (perf_current_thread (), user, at, left);
    }
  *nr = at - nr - 1;
  return at;
}

/* Put a sample together; answer its end.  Whoever may not see the kernel has
   none of it written, not even behind the end. */
static inline uint64_t *
sample_put (uint64_t *words, const struct perf_counter *counter,
	    unsigned int overflows, const struct pmu_regs *regs, uint64_t time)
{
  const struct perf_event *event = counter->event;
  uint64_t type = event->attr.sample_type;
  uint64_t *at = words + 1, *chain;
  uint32_t misc = 0;
  struct pmu_regs user;
  unsigned long ip;

  /* Skid may end in the kernel what was counted in user mode; whoever may
     not see the kernel gets the place where the user left for it. */
  if (! regs->user && ! event->kernel)
    {
      callchain_user_regs (perf_current_thread (), &user);
      regs = &user;
    }

  ip = regs->ip;
  if (event->event_ip != NULL)
    {
      ip = event->event_ip (regs);
      if (ip != regs->ip)
	misc = PERF_RECORD_MISC_EXACT_IP;
    }

  if ((type & ~PERF_SAMPLE_CALLCHAIN) == SAMPLE_USUAL)
    at = perf_put_sample_fields (at, SAMPLE_USUAL, event->id, ip,
				 perf_sched_who (), time,
				 counter->pmu.period * overflows);
  else
    at = perf_put_sample_fields (at, type, event->id, ip,
				 perf_sched_who (), time,
				 counter->pmu.period * overflows);
  if (type & PERF_SAMPLE_CALLCHAIN)
    {
      chain = at;
      at = sample_put_callchain (at, event, regs);
      /* Number, mode, and what was interrupted, unless it is left out. */
      if (misc != 0 && at > chain + 2 && chain[2] == regs->ip)
	chain[2] = ip;
    }

  words[0] = perf_header (PERF_RECORD_SAMPLE,
			  misc | (regs->user ? PERF_RECORD_MISC_USER
					     : PERF_RECORD_MISC_KERNEL),
			  at - words);
  return at;
}

boolean_t
perf_sample_tell_lost (struct perf_counter *counter)
{
  const struct perf_event *event = counter->event;
  uint64_t words[LOST_WORDS], *end;

  if (counter->lost_untold == 0)
    return TRUE;
  if (perf_ring_room (&event->buffer->ring[cpu_this ()], TRUE) < sizeof words)
    {
      perf_buffer_notify (event->buffer);
      return FALSE;
    }
  words[1] = event->id;
  words[2] = counter->lost_untold;
  end = perf_put_sample_id (words + 3, event, perf_sched_who (),
			    pmu_clock_ns ());
  words[0] = perf_header (PERF_RECORD_LOST, 0, end - words);
  if (! perf_buffer_write (event->buffer, words,
			   (end - words) * sizeof words[0], TRUE))
    return FALSE;
  counter->lost_untold = 0;
  return TRUE;
}

void
perf_sample_init (struct perf_event *event)
{
  unsigned int words = PERF_SAMPLE_FIXED_WORDS;

  if (event->attr.sample_type & PERF_SAMPLE_CALLCHAIN)
    words += 3 + event->max_stack;
  /* What has a dump is not put together in place. */
  event->place_size = (event->attr.sample_type & PERF_DUMP_TYPES)
		      ? SAMPLE_NO_PLACE : words * 8;
}

/* Tell what was lost before a sample of size: only when both fit, or a full
   ring would be topped up with LOST records of one. */
static boolean_t
sample_tell_lost_first (struct perf_counter *counter, unsigned int size)
{
  struct perf_ring *ring = &counter->event->buffer->ring[cpu_this ()];

  return perf_ring_room (ring, FALSE) >= size + LOST_WORDS * 8
	 && perf_sample_tell_lost (counter);
}

/* Make room for a sample of size: FALSE, there is none, and that is noted. */
static boolean_t
sample_make_room (struct perf_counter *counter, unsigned int size)
{
  struct perf_buffer *buffer = counter->event->buffer;
  struct perf_ring *ring = &buffer->ring[cpu_this ()];

  if (counter->lost_untold != 0 ? sample_tell_lost_first (counter, size)
				: perf_ring_room (ring, FALSE) >= size)
    return TRUE;
  perf_ring_lost (ring);
  perf_buffer_notify (buffer);
  return FALSE;
}

/* Complete the sample of nr words with registers and stack, and take it
   in.  FALSE: no room. */
static boolean_t
sample_write_dump (struct perf_counter *counter, uint64_t *words,
		   unsigned int nr, const struct perf_user_state *state)
{
  const struct perf_event *event = counter->event;
  struct perf_ring *ring = &event->buffer->ring[cpu_this ()];
  unsigned int size = event->attr.sample_stack_user, there;
  uint64_t *at = words + nr;
  uint64_t tail[2] = { 0, 0 };

  if (! sample_make_room (counter, (nr + PERF_DUMP_WORDS) * 8 + size))
    return FALSE;
  if (event->attr.sample_type & PERF_SAMPLE_REGS_USER)
    at = perf_dump_registers (at, event, state);
  size = (at - words) * 8;
  if (event->attr.sample_type & PERF_SAMPLE_STACK_USER)
    {
      size += 8;
      there = ! state->present ? 0
	      : perf_dump_stack (ring, size, state,
				 event->attr.sample_stack_user);
      *at++ = (there + 7) & ~7U;
      if (there != 0)
	{
	  /* Zeros to the whole word, then how much is true. */
	  tail[1] = there;
	  perf_ring_put (ring, size + there, tail, -there & 7);
	  perf_ring_put (ring, size + ((there + 7) & ~7U), &tail[1], 8);
	  size += ((there + 7) & ~7U) + 8;
	}
    }
  words[0] = perf_header (PERF_RECORD_SAMPLE, words[0] >> 32 & 0xffff,
			  size / 8);
  perf_ring_put (ring, 0, words, (at - words) * 8);
  perf_ring_placed (ring, size);
  perf_buffer_written (event->buffer, ring);
  return TRUE;
}

boolean_t
perf_sample_write (struct perf_counter *counter, uint64_t *words,
		   unsigned int nr, const struct perf_user_state *state)
{
  if (counter->event->attr.sample_type & PERF_DUMP_TYPES)
    return sample_write_dump (counter, words, nr, state);
  return sample_make_room (counter, nr * 8)
	 && perf_buffer_write (counter->event->buffer, words, nr * 8, FALSE);
}

/* Put a sample together outside the ring and copy it in.  FALSE: no room. */
static boolean_t __attribute__ ((noinline))
sample_copy (struct perf_counter *counter, unsigned int overflows,
	     const struct pmu_regs *regs, uint64_t time)
{
  uint64_t *words = scratch[cpu_this ()];
  unsigned int nr = sample_put (words, counter, overflows, regs, time)
		    - words;
  struct perf_user_state state;

  if (counter->event->attr.sample_type & PERF_DUMP_TYPES)
    perf_dump_init (&state, regs);
  return perf_sample_write (counter, words, nr, &state);
}

/* Write a sample.  FALSE: no room. */
static inline __attribute__ ((always_inline)) boolean_t
sample_write (struct perf_counter *counter, unsigned int overflows,
	      const struct pmu_regs *regs, uint64_t time)
{
  struct perf_buffer *buffer = counter->event->buffer;
  struct perf_ring *ring = &buffer->ring[cpu_this ()];
  uint64_t *words;

  words = counter->lost_untold != 0 ? NULL
	  : perf_ring_place (ring, counter->event->place_size);
  if (words == NULL)
    return sample_copy (counter, overflows, regs, time);
  perf_ring_placed (ring, (sample_put (words, counter, overflows, regs, time)
			   - words) * 8);
  perf_buffer_written (buffer, ring);
  return TRUE;
}

/* Sample, or throttle, and count which.  Inlined for the sake of NMIs. */
static inline __attribute__ ((always_inline)) void
sample_overflow (struct perf_counter *counter, unsigned int overflows,
		 const struct pmu_regs *regs, boolean_t nmi)
{
  int cpu = cpu_this ();

  if (pmu_over_budget (cpu))
    perf_throttle_hold (counter);
  else
    perf_sample_count (counter,
		       sample_write (counter, overflows, regs,
				     nmi ? pmu_nmi_ns (cpu)
					 : pmu_clock_ns ()));
}

/* The clock, in interrupt context: keep an NMI from writing too. */
static void __attribute__ ((noinline))
clock_overflow (struct perf_counter *counter, unsigned int overflows,
		const struct pmu_regs *regs)
{
  pmu_disable ();
  sample_overflow (counter, overflows, regs, FALSE);
  pmu_enable ();
}

void
perf_overflow (struct pmu_event *pmu_event, unsigned int overflows,
	       const struct pmu_regs *regs)
{
  struct perf_counter *counter = pmu_event->owner;

  if (overflows == 0)
    counter->coalesced++;	/* the period's last turn has the sample */
  else if (pmu_event->ops == pmu)
    sample_overflow (counter, overflows, regs, TRUE);
  else
    clock_overflow (counter, overflows, regs);
}
