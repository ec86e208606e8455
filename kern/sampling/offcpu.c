/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Context switches told, and the time blocked; offcpu.h. */

#include <kern/sampling/attr.h>
#include <kern/sampling/offcpu.h>
#include <kern/sampling/sample.h>
#include <kern/sampling/sched.h>
#include <kern/sampling/sideband.h>

boolean_t perf_switch_told;

/* Where a sample is put together.  perf_lock. */
static uint64_t words[PERF_SAMPLE_WORDS];

/* Keep the kernel's part of the stack that t blocks with. */
static void
offcpu_leave (struct perf_thread *t, const struct perf_switch *s)
{
  struct pmu_regs regs = { .fp = s->fp }, user;
  boolean_t has_user;

  /* The first place is the continuation's. */
  t->blocked_frames = callchain_kernel (&regs, t->blocked_chain,
					PERF_BLOCKED_FRAMES, &user, &has_user);
  t->blocked_at = s->now;
}

/* What t, that is about to run, was blocked in: its continuation, or where it
   gave up the processor.  Answer the first frame. */
static const uint64_t *
offcpu_frames (struct perf_thread *t, unsigned int *nr)
{
  t->blocked_chain[0] = (unsigned long) t->thread->swap_func;
  *nr = t->blocked_frames;
  if (t->blocked_chain[0] != 0)
    return t->blocked_chain;
  --*nr;
  return t->blocked_chain + 1;
}

/* Whether event may show kernel frames. */
static inline boolean_t
offcpu_shows_kernel (const struct perf_event *event)
{
  return event->kernel && ! (event->attr.flags & PERF_ATTR_EXCLUDE_KERNEL);
}

static uint64_t *
offcpu_put_callchain (uint64_t *at, const struct perf_event *event,
		      struct perf_thread *t, const struct pmu_regs *user)
{
  unsigned int nr_frames;
  const uint64_t *frames = offcpu_frames (t, &nr_frames);
  uint64_t flags = event->attr.flags;
  unsigned int left = event->max_stack, n;
  uint64_t *nr = at++;

  if (offcpu_shows_kernel (event) && nr_frames != 0
      && ! (flags & PERF_ATTR_EXCLUDE_CALLCHAIN_KERNEL))
    {
      n = nr_frames < left ? nr_frames : left;
      *at++ = PERF_CONTEXT_KERNEL;
      memcpy (at, frames, n * sizeof *at);
      at += n;
      left -= n;
    }
  if (user != NULL && left != 0 && ! (flags & PERF_ATTR_EXCLUDE_CALLCHAIN_USER))
    {
      *at++ = PERF_CONTEXT_USER;
      at += callchain_user (t->thread, user, at, left);
    }
  *nr = at - nr - 1;
  return at;
}

/* Write the sample of t, which was blocked for so long. */
static void
offcpu_sample (struct perf_counter *counter, struct perf_thread *t,
	       uint64_t now, uint64_t elapsed)
{
  const struct perf_event *event = counter->event;
  uint64_t type = event->attr.sample_type;
  unsigned int nr_frames;
  const uint64_t *frames = offcpu_frames (t, &nr_frames);
  boolean_t kernel = offcpu_shows_kernel (event) && nr_frames != 0;
  struct perf_user_state state;
  struct pmu_regs user = { .user = TRUE };
  uint64_t *at;

  perf_dump_init_blocked (&state, t->thread);
  if (state.present)
    callchain_user_regs (t->thread, &user);
  at = perf_put_sample_fields (words + 1, type, event->id,
			       kernel ? frames[0] : user.ip,
			       perf_sched_number (t), now, elapsed);
  if (type & PERF_SAMPLE_CALLCHAIN)
    at = offcpu_put_callchain (at, event, t, state.present ? &user : NULL);
  words[0] = perf_header (PERF_RECORD_SAMPLE,
			  kernel ? PERF_RECORD_MISC_KERNEL
				 : PERF_RECORD_MISC_USER, at - words);
  perf_sample_count (counter, perf_sample_write (counter, words, at - words,
						 &state));
}

static void
switch_record (struct perf_event *event, const struct perf_thread *self,
	       const struct perf_thread *other, uint64_t now, uint32_t misc)
{
  uint64_t who = perf_sched_number (self);

  if (event->scope == PERF_SCOPE_CPU)
    perf_sideband_write_switch (event, PERF_RECORD_SWITCH_CPU_WIDE, misc, who,
				perf_sched_number (other), now);
  else
    perf_sideband_write_switch (event, PERF_RECORD_SWITCH, misc, who, 0, now);
}

/* Tell event of a switch.  TRUE: it asks for the stack of the old thread. */
static boolean_t
switch_tell_event (struct perf_event *event, const struct perf_switch *s)
{
  struct perf_counter *counter = &event->counter[cpu_this ()];
  boolean_t out = perf_sched_wants (event, s->old);
  boolean_t in = perf_sched_wants (event, s->new);
  uint64_t elapsed;

  if (event->attr.flags & PERF_ATTR_CONTEXT_SWITCH)
    {
      if (out)
	switch_record (event, s->old, s->new, s->now,
		       PERF_RECORD_MISC_SWITCH_OUT
		       | (s->blocked ? 0
			  : PERF_RECORD_MISC_SWITCH_OUT_PREEMPT));
      if (in)
	switch_record (event, s->new, s->old, s->now, 0);
    }
  if (! event->off_cpu)
    return FALSE;
  if (in && s->new != NULL && s->new->blocked_at != 0)
    {
      elapsed = s->now - s->new->blocked_at;
      counter->pmu.count += elapsed;
      if (event->attr.sample_period != 0
	  && elapsed >= event->attr.sample_period)
	offcpu_sample (counter, s->new, s->now, elapsed);
    }
  return out && s->blocked && s->old != NULL;
}

void
perf_switch_tell (const struct perf_switch *s)
{
  boolean_t keep = FALSE;
  struct perf_event *event;

  for (event = perf_events; event != NULL; event = event->all_next)
    if (event->off_cpu || (event->attr.flags & PERF_ATTR_CONTEXT_SWITCH) != 0)
      keep = switch_tell_event (event, s) || keep;
  if (s->new != NULL)
    s->new->blocked_at = 0;
  if (keep)
    offcpu_leave (s->old, s);
}
