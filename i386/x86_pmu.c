/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver of x86 performance counters; see x86_pmu.h for the idea.
 *
 * Counters run while the CPU's global register has their bits (or, on PMUs
 * without one, while their select registers have the enable bit).  Stopping
 * takes that away from all of them at once and then waits until the overflow
 * interrupt that may still be under way has been served: so whoever stopped
 * them has the events for itself, and no overflow is ever dropped or seen
 * twice.
 *
 * The overflow interrupt is an NMI.  It stops the counters first, so that
 * little of itself is counted, serves every counter whose status bit is set,
 * and starts them again unless it came in while they were to stand still.
 *
 * Intel SDM volume 3, chapter "Performance Monitoring".
 */

#include <i386/hpet.h>
#include <i386/lapic.h>
#include <i386/x86_pmu.h>
#include <kern/pmu/clock.h>
#include <kern/pmu/count.h>
#include <kern/pmu/machine.h>
#include <kern/pmu/match.h>
#include <kern/pmu/overhead.h>

/* Status reads while an interrupt that is under way arrives: microseconds. */
#define STOP_TRIES	1000

/* Rounds of new overflows in one interrupt; the counters stand still, so
   more than a few mean that the status does not clear. */
#define SERVE_ROUNDS	8

/* Fields of the control register of the fixed counters. */
#define FIXED_BITS	4
#define FIXED_OS	1
#define FIXED_USR	2
#define FIXED_PMI	8
#define FIXED_FIELD	0xfULL

/* How long an interrupt may lag behind, where that is known to happen: ns. */
#define LATE_WINDOW	100000000

#define DEBUG_FREEZE_ON_PMI	(1ULL << 12)

/* A counter of this CPU, and how to reach it without looking it up. */
struct x86_pmu_slot
{
  struct pmu_event *event;	/* NULL: free */
  uint64_t mask;		/* its bits */
  uint64_t limit;		/* it can be started at -limit to limit */
  uint32_t msr;
  uint32_t write_msr;		/* full-width alias, where there is one */
};

/* Owner: the CPU.  Changed with its counters stopped only; its NMI reads it,
   and changes what hangs on events. */
struct x86_pmu_cpu
{
  boolean_t ready;			/* registers are in a known state */
  boolean_t global;			/* there are global registers */
  boolean_t late;			/* of the layout */
  uint32_t status_msr;
  uint32_t ack_msr;
  uint64_t used;			/* counters that have an event; with
					   global registers, what runs */
  uint64_t fixed_ctrl;			/* register contents */
  uint64_t select[X86_PMU_MAX_GENERAL];	/* register contents when running */
  uint64_t served_at;			/* if late: ns of the latest overflow */
  struct x86_pmu_stats stats;
  struct x86_pmu_slot slots[PMU_MAX_COUNTERS];
};

struct x86_pmu x86_pmu;
static struct x86_pmu_cpu x86_pmu_cpus[PMU_MAX_CPUS];

/* Somebody had a counter of the boot CPU running before detection stopped it.
   Boot CPU, at initialisation. */
static boolean_t found_running;

/* A pointer into these tables, as a value: left to itself the compiler finds
   the address anew at each use, which every sample pays for. */
#define PINNED(pointer) \
  ({ typeof (pointer) pinned_ = (pointer); \
     asm ("" : "+r" (pinned_)); \
     pinned_; })

const struct x86_pmu_stats *
x86_pmu_get_stats (int cpu)
{
  return &x86_pmu_cpus[cpu].stats;
}

/* Registers. */

static inline uint32_t
select_msr (const struct x86_pmu *p, unsigned int i)
{
  return p->layout->select_base + i * p->layout->stride;
}

static inline uint32_t
counter_msr (const struct x86_pmu *p, unsigned int index)
{
  if (index >= X86_PMU_FIXED)
    return p->layout->fixed_base + index - X86_PMU_FIXED;
  return p->layout->counter_base + index * p->layout->stride;
}

/* Where the counter is written. */
static uint32_t
write_msr (const struct x86_pmu *p, unsigned int index)
{
  if (index < X86_PMU_FIXED && p->full_width)
    return p->layout->full_base + index * p->layout->stride;
  return counter_msr (p, index);
}

static inline unsigned int
lowest (uint64_t mask)
{
  return __builtin_ctzll (mask);
}

static inline uint64_t
below (unsigned int n)
{
  return pmu_width_mask (n);
}

/* All counters of p. */
static uint64_t
all_counters (const struct x86_pmu *p)
{
  return below (p->nr_general) | (uint64_t) p->fixed << X86_PMU_FIXED;
}

static void
stop (struct x86_pmu_cpu *c)
{
  uint64_t left;
  unsigned int i;

  if (c->global)
    {
      cpu_wrmsr (x86_pmu.layout->global_ctrl, 0);
      return;
    }
  for (left = c->used; left != 0; left &= left - 1)
    {
      i = lowest (left);
      cpu_wrmsr (select_msr (&x86_pmu, i), c->select[i] & ~X86_SEL_EN);
    }
}

static void
start (struct x86_pmu_cpu *c)
{
  uint64_t left;
  unsigned int i;

  if (c->global)
    {
      cpu_wrmsr (x86_pmu.layout->global_ctrl, c->used);
      return;
    }
  for (left = c->used; left != 0; left &= left - 1)
    {
      i = lowest (left);
      cpu_wrmsr (select_msr (&x86_pmu, i), c->select[i]);
    }
}

/* The overflowed counters of a PMU without a status register.  It shows in
   the counter: one that was started below zero has lost its sign. */
static uint64_t __attribute__ ((noinline))
overflowed_by_value (const struct x86_pmu_cpu *c)
{
  uint64_t left, raw, mask = 0;
  const struct x86_pmu_slot *slot;

  for (left = c->used; left != 0; left &= left - 1)
    {
      slot = &c->slots[lowest (left)];
      raw = cpu_rdmsr (slot->msr);
      if (slot->event->period == 0 ? raw < slot->event->prev
				   : !(raw & (slot->mask ^ slot->mask >> 1)))
	mask |= left & -left;
    }
  return mask;
}

/* Which counters have overflowed and were not served.  They stand still.
   global: there are global registers; a constant in what inlines this. */
static inline uint64_t
overflowed (const struct x86_pmu_cpu *c, boolean_t global)
{
  return global ? cpu_rdmsr (c->status_msr) & c->used
		: overflowed_by_value (c);
}

/* Let the slot's counter run on from where its event stands. */
static inline void
program_counter (struct x86_pmu_slot *slot)
{
  cpu_wrmsr (slot->write_msr, pmu_count_start (slot->event, slot->mask,
					       slot->limit));
}

/* One counter overflowed: account it, tell whoever counts, go on. */
static inline void
serve_counter (struct x86_pmu_slot *slot, const struct pmu_regs *regs)
{
  struct pmu_event *event = slot->event;
  uint64_t period = event->period;
  unsigned int overflows;

  overflows = pmu_count_update (event, cpu_rdmsr (slot->msr), slot->mask);
  if (period != 0)
    {
      pmu_overflow (event, overflows, regs);
      pmu_count_new_period (event, period);
    }
  program_counter (slot);
}

/* Everything from the registers up: clear all status, restart all events. */
static void __attribute__ ((noinline))
reset_counters (struct x86_pmu_cpu *c)
{
  uint64_t left;

  if (c->global)
    cpu_wrmsr (c->ack_msr, all_counters (&x86_pmu));
  for (left = c->used; left != 0; left &= left - 1)
    program_counter (&c->slots[lowest (left)]);
}

/* Serve all counters in mask, and those that turn out to have overflowed
   meanwhile.  The counters stand still. */
static inline void __attribute__ ((always_inline))
serve (struct x86_pmu_cpu *c, uint64_t mask, const struct pmu_regs *regs,
       boolean_t global)
{
  int rounds;

  if (c->late)
    c->served_at = pmu_clock_ns ();
  for (rounds = SERVE_ROUNDS; mask != 0; rounds--)
    {
      if (rounds == 0)
	{
	  c->stats.stuck++;
	  reset_counters (c);
	  return;
	}
      if (global)
	cpu_wrmsr (c->ack_msr, mask);
      do
	serve_counter (PINNED (&c->slots[lowest (mask)]), regs);
      while ((mask &= mask - 1) != 0);
      mask = overflowed (c, global);
    }
}

/* An NMI and no counter had overflowed.  TRUE: it is ours all the same. */
static boolean_t __attribute__ ((noinline))
is_spurious (struct x86_pmu_cpu *c)
{
  /* Where the APIC masks its counter entry at each delivery, and that is what
     we see, a counter did send it: one that the interrupt before has served.
     Elsewhere an interrupt soon after one that was ours is taken for ours. */
  if (c->late ? c->served_at != 0
		&& pmu_clock_ns () - c->served_at < LATE_WINDOW
	      : lapic_pmi_masked ())
    {
      c->stats.spurious++;
      return TRUE;
    }
  c->stats.unknown++;
  return FALSE;
}

static inline uint64_t __attribute__ ((always_inline))
interrupt (int cpu, struct x86_pmu_cpu *c, struct x86_pmu_frame *frame,
	   boolean_t global)
{
  unsigned int nest = pmu_nest[cpu];
  uint64_t mask;

  if (!global)
    stop (c);
  mask = overflowed (c, global);
  if (mask != 0)
    {
      c->stats.interrupts++;
      /* What the callback does must not start the counters. */
      pmu_nest[cpu] = nest + 1;
      serve (c, mask, &frame->regs, global);
      pmu_nest[cpu] = nest;
      lapic_pmi_unmask ();
    }
  else if (is_spurious (c))
    lapic_pmi_unmask ();
  else
    frame->not_ours = TRUE;

  if (nest != 0)
    return 0;
  if (!global)
    start (c);
  return c->used;
}

static uint64_t __attribute__ ((noinline))
interrupt_by_value (int cpu, struct x86_pmu_cpu *c,
		    struct x86_pmu_frame *frame)
{
  return interrupt (cpu, c, frame, FALSE);
}

uint64_t
x86_pmu_interrupt (int cpu, struct x86_pmu_frame *frame)
{
  struct x86_pmu_cpu *c;
  uint64_t run = 0;

#if PMU_MAX_CPUS == 1
  cpu = 0;			/* and the compiler knows all addresses */
#endif
  c = PINNED (&x86_pmu_cpus[cpu]);
  pmu_nmi_begin (cpu);
  if (!c->ready)
    {
      if (hpet_sent_nmi ())
	pmu_clock_nmi (cpu, &frame->regs);
      else
	frame->not_ours = TRUE;
    }
  else if (!c->global)
    run = interrupt_by_value (cpu, c, frame);
  else
    run = interrupt (cpu, c, frame, TRUE);
  pmu_nmi_end (cpu);
  return run;
}

void
x86_pmu_disable (void)
{
  int cpu = cpu_this ();
  struct x86_pmu_cpu *c = &x86_pmu_cpus[cpu];
  struct pmu_regs here;
  uint64_t mask;
  int tries;

  stop (c);
  /* The interrupt of an overflow that came just before is on its way, and
     belongs to where it happened. */
  for (tries = STOP_TRIES; (mask = overflowed (c, c->global)) != 0; tries--)
    {
      if (tries != 0)
	{
	  cpu_pause ();
	  continue;
	}
      here.ip = (unsigned long) __builtin_return_address (0);
      here.sp = here.fp = (unsigned long) __builtin_frame_address (0);
      here.flags = 0;
      here.user = FALSE;
      c->stats.missed++;
      serve (c, mask, &here, c->global);
      lapic_pmi_unmask ();
      return;
    }
}

void
x86_pmu_enable (void)
{
  start (&x86_pmu_cpus[cpu_this ()]);
}

/* Write what event counts, and in which modes, unless it is there. */
static void
program_select (struct x86_pmu_cpu *c, const struct pmu_event *event,
		unsigned int index)
{
  unsigned int shift = (index - X86_PMU_FIXED) * FIXED_BITS;
  uint64_t field = FIXED_PMI;

  if (index < X86_PMU_FIXED)
    {
      if (c->select[index] == event->config)
	return;
      c->select[index] = event->config;
      /* Without global registers it starts with the others. */
      if (c->global)
	cpu_wrmsr (select_msr (&x86_pmu, index), event->config);
      return;
    }
  if (event->config & X86_SEL_OS)
    field |= FIXED_OS;
  if (event->config & X86_SEL_USR)
    field |= FIXED_USR;
  field = (c->fixed_ctrl & ~(FIXED_FIELD << shift)) | field << shift;
  if (field == c->fixed_ctrl)
    return;
  c->fixed_ctrl = field;
  cpu_wrmsr (x86_pmu.layout->fixed_ctrl, field);
}

/* Put event on the free counter index and let it count. */
static void
place (struct x86_pmu_cpu *c, struct pmu_event *event, unsigned int index)
{
  event->index = index;
  program_select (c, event, index);
  c->slots[index].event = event;
  program_counter (&c->slots[index]);
  c->used |= 1ULL << index;
}

/* A pmu_occupant_t. */
static uint64_t
occupant (const void *cpu, unsigned int index)
{
  return ((const struct x86_pmu_cpu *) cpu)->slots[index].event->counter_mask;
}

/* Free a counter that can hold event by moving others.  FALSE: in vain. */
static boolean_t __attribute__ ((noinline))
make_room (struct x86_pmu_cpu *c, const struct pmu_event *event,
	   unsigned int *index)
{
  uint8_t path[PMU_MAX_COUNTERS];
  struct pmu_event *moved;
  unsigned int i, nr;

  nr = pmu_match (event->counter_mask, c->used, occupant, c, path);
  if (nr == 0)
    return FALSE;
  for (i = 0; i + 1 < nr; i++)
    {
      moved = c->slots[path[i + 1]].event;
      x86_pmu_remove (moved);
      place (c, moved, path[i]);
    }
  *index = path[nr - 1];
  return TRUE;
}

boolean_t
x86_pmu_add (struct pmu_event *event)
{
  struct x86_pmu_cpu *c = &x86_pmu_cpus[cpu_this ()];
  uint64_t free = event->counter_mask & ~c->used;
  unsigned int index;

  if (!c->ready)
    return FALSE;
  if (free == 0)
    {
      if (!make_room (c, event, &index))
	return FALSE;
    }
  else
    {
      /* A fixed counter if there is one: few others can use it. */
      if (free >> X86_PMU_FIXED != 0)
	free &= ~below (X86_PMU_FIXED);
      index = lowest (free);
    }
  place (c, event, index);
  return TRUE;
}

void
x86_pmu_read (struct pmu_event *event)
{
  struct x86_pmu_slot *slot;

  /* No period can end here: every overflow was served when the counters
     stopped. */
  slot = &x86_pmu_cpus[cpu_this ()].slots[event->index];
  pmu_count_update (event, cpu_rdmsr (slot->msr), slot->mask);
}

void
x86_pmu_remove (struct pmu_event *event)
{
  struct x86_pmu_cpu *c = &x86_pmu_cpus[cpu_this ()];

  x86_pmu_read (event);
  c->used &= ~(1ULL << event->index);
  c->slots[event->index].event = 0;
  event->index = PMU_NO_COUNTER;
}

/* Interrupts must not freeze the counters: what runs until they are served
   would be missing from the counts of all others. */
static void
forbid_freeze (const struct x86_pmu *p)
{
  uint64_t debug;

  if (p->layout->debug_ctrl == 0)
    return;
  debug = cpu_rdmsr (p->layout->debug_ctrl);
  if (debug & DEBUG_FREEZE_ON_PMI)
    cpu_wrmsr (p->layout->debug_ctrl, debug & ~DEBUG_FREEZE_ON_PMI);
}

/* Every register stopped, zero and acknowledged.  TRUE: somebody, firmware
   perhaps, had a counter running. */
static boolean_t
clear_registers (const struct x86_pmu *p)
{
  boolean_t held = FALSE;
  unsigned int i;
  uint64_t left;

  if (p->layout->global_ctrl != 0)
    cpu_wrmsr (p->layout->global_ctrl, 0);
  for (i = 0; i < p->nr_general; i++)
    {
      if (cpu_rdmsr (select_msr (p, i)) & X86_SEL_EN)
	held = TRUE;
      cpu_wrmsr (select_msr (p, i), 0);
      cpu_wrmsr (counter_msr (p, i), 0);
    }
  if (p->fixed != 0)
    {
      if (cpu_rdmsr (p->layout->fixed_ctrl) != 0)
	held = TRUE;
      cpu_wrmsr (p->layout->fixed_ctrl, 0);
    }
  for (left = p->fixed; left != 0; left &= left - 1)
    cpu_wrmsr (counter_msr (p, X86_PMU_FIXED + lowest (left)), 0);
  forbid_freeze (p);
  if (p->layout->global_ack != 0)
    cpu_wrmsr (p->layout->global_ack, cpu_rdmsr (p->layout->global_status));
  return held;
}

/* How far from its wrap a counter can be started. */
static uint64_t
start_limit (const struct x86_pmu *p, unsigned int index, uint64_t mask)
{
  if (index < X86_PMU_FIXED && !p->full_width)
    return pmu_width_mask (p->layout->start_bits) & mask >> 1;
  return mask >> 1;
}

void
x86_pmu_cpu_init (int cpu)
{
  static const struct x86_pmu_cpu fresh;
  struct x86_pmu_cpu *c = &x86_pmu_cpus[cpu];
  struct x86_pmu_slot *slot;
  unsigned int index;
  uint64_t left;

  *c = fresh;
  c->global = x86_pmu.layout->global_ctrl != 0;
  c->late = x86_pmu.layout->late_interrupts;
  c->status_msr = x86_pmu.layout->global_status;
  c->ack_msr = x86_pmu.layout->global_ack;
  for (left = all_counters (&x86_pmu); left != 0; left &= left - 1)
    {
      index = lowest (left);
      slot = &c->slots[index];
      slot->msr = counter_msr (&x86_pmu, index);
      slot->write_msr = write_msr (&x86_pmu, index);
      slot->mask = pmu_width_mask (index >= X86_PMU_FIXED
				   ? x86_pmu.fixed_width
				   : x86_pmu.general_width);
      slot->limit = start_limit (&x86_pmu, index, slot->mask);
    }
  if (clear_registers (&x86_pmu) || (cpu == 0 && found_running))
    printf ("pmu: cpu%d: firmware was using the counters; taken over\n", cpu);
  found_running = FALSE;
  c->ready = TRUE;
  lapic_pmi_unmask ();
}

void
x86_pmu_cpu_quiesce (int cpu)
{
  struct x86_pmu_cpu *c = &x86_pmu_cpus[cpu];

  if (!c->ready)
    return;
  lapic_pmi_mask ();
  stop (c);
  c->ready = FALSE;
  c->used = 0;
}

boolean_t
x86_pmu_responds (const struct x86_pmu *p)
{
  const uint64_t select = X86_SEL_OS | X86_SEL_USR;
  uint64_t pattern = 0x5a5a5a;
  boolean_t good;

  if (p->full_width)
    pattern |= 1ULL << (p->general_width - 1);
  found_running |= clear_registers (p);
  cpu_wrmsr (write_msr (p, 0), pattern);
  cpu_wrmsr (select_msr (p, 0), select);
  good = cpu_rdmsr (counter_msr (p, 0)) == pattern
	 && cpu_rdmsr (select_msr (p, 0)) == select;
  clear_registers (p);
  return good;
}
