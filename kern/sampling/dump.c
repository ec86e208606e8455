/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User registers and stack; dump.h. */

#include <kern/sampling/dump.h>
#include <kern/sampling/sched.h>

void
perf_dump_init (struct perf_user_state *state, const struct pmu_regs *regs)
{
  /* In the middle of a switch they are no longer, or not yet, of whom the
     sample is. */
  state->thread = perf_current_thread ();
  state->present = (regs->user || ! perf_sched_switching ())
		   && registers_user (regs, state->registers);
}

void
perf_dump_init_blocked (struct perf_user_state *state,
			const struct thread *thread)
{
  state->thread = thread;
  state->present = registers_blocked (thread, state->registers);
}

uint64_t *
perf_dump_registers (uint64_t *at, const struct perf_event *event,
		     const struct perf_user_state *state)
{
  uint64_t left = event->attr.sample_regs_user;

  if (! state->present)
    {
      *at++ = PERF_SAMPLE_REGS_ABI_NONE;
      return at;
    }
  *at++ = REGISTERS_ABI;
  for (; left != 0; left &= left - 1)
    *at++ = state->registers[__builtin_ctzll (left)];
  return at;
}

unsigned int
perf_dump_stack (const struct perf_ring *ring, unsigned long at,
		 const struct perf_user_state *state, unsigned int size)
{
  unsigned long from = state->registers[REGISTER_SP], offset;
  unsigned int done = 0, part;
  const char *view;

  while (done < size)
    {
      offset = (from + done) % PERF_PAGE_SIZE;
      part = PERF_PAGE_SIZE - offset;
      if (part > size - done)
	part = size - done;
      view = from + done < from ? NULL
	     : user_page (state->thread, from + done - offset);
      if (view == NULL)
	break;
      perf_ring_put (ring, at + done, view + offset, part);
      done += part;
    }
  return done;
}
