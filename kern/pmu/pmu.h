/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Performance counters: what the rest of the kernel half may know of them.
 *
 * A PMU driver is a struct pmu_ops.  A struct pmu_event is one thing counted
 * on one CPU; whoever counts (kern/sampling, the self-test) owns the
 * structure and embeds it.  Overflow comes back through a callback, so this
 * directory knows nothing of samples.
 */
#ifndef _KERN_PMU_PMU_H_
#define _KERN_PMU_PMU_H_

#include <kern/pmu/pmu_env.h>	/* kernel types; swapped in host tests */

#define PMU_MAX_COUNTERS	64	/* bits of a counter mask */
#define PMU_NO_COUNTER		(-1)
#define PMU_CPU_NAME_SIZE	48

/* What the interrupted code looked like; filled by the interrupt stubs. */
struct pmu_regs
{
  unsigned long ip;
  unsigned long sp;
  unsigned long fp;		/* frame pointer */
  unsigned long flags;
  boolean_t user;		/* it ran in user mode */
  const unsigned long *saved;	/* where the stub put the other registers, in
				   the width's own order; NULL: nowhere */
};

/* What to count: the parts of struct perf_event_attr a PMU needs. */
struct pmu_request
{
  uint32_t type;		/* PERF_TYPE_* */
  uint64_t config;
  boolean_t exclude_user;
  boolean_t exclude_kernel;
  uint64_t period;		/* 0 counts only */
};

/*
 * One thing counted on one CPU.
 *
 * Owner: from pmu_event_add () on, the CPU it is added to; every field is
 * changed only on that CPU with its PMU quiet (between pmu_disable () and
 * pmu_enable ()), or by its overflow NMI.  While it is off every counter,
 * the embedder's lock holds it.
 */
struct pmu_event
{
  const struct pmu_ops *ops;	/* who counts it: the PMU, or the clock */
  uint64_t count;		/* events counted up to prev */
  uint64_t period;		/* 0 counts only */
  uint64_t left;		/* events to the next overflow */
  uint64_t prev;		/* raw value of the counter at the last look */
  uint64_t config;		/* driver's encoding */
  uint64_t counter_mask;	/* counters that can hold it; bit: index */
  int index;			/* the counter it is on, PMU_NO_COUNTER */
  void *owner;			/* for the overflow callback */
};

/*
 * An event's counter overflowed.  Called in NMI context (or, with a vectored
 * interrupt or the clock PMU, in interrupt context) on the CPU that counts:
 * no lock, no allocation, no fault, no printf.  overflows is how many periods
 * went by; 0 if the counter only made one of the turns that it needs for a
 * period wider than itself, and nothing is to be sampled.  regs is what was
 * interrupted.  The callee may change
 * event->period; it must not add or remove events.
 */
typedef void (*pmu_overflow_t) (struct pmu_event *event,
				unsigned int overflows,
				const struct pmu_regs *regs);

struct pmu_description;

/*
 * A PMU driver.  All of it runs with the caller's preemption off; cpu_* and
 * add to read run on the CPU concerned, and add, remove and read only with
 * that CPU's PMU quiet, so that no overflow comes in between.
 */
struct pmu_ops
{
  /* Recognise this machine's PMU from CPUID (and, where CPUID may lie, by
     write and read back).  Called once, on the boot CPU.  FALSE: not ours. */
  boolean_t (*probe) (void);

  /* Bring this CPU's PMU to a known quiet state and open the path of its
     overflow interrupt.  Called once on each CPU before any event. */
  void (*cpu_init) (int cpu);

  /* Mask the overflow interrupt and stop every counter: shutdown, panic. */
  void (*cpu_quiesce) (int cpu);

  /* Check a request and fill event; no hardware is touched.
     KERN_NOT_SUPPORTED: this PMU cannot count it; KERN_INVALID_VALUE: the
     period is below the minimum; KERN_INVALID_ARGUMENT: malformed. */
  kern_return_t (*event_init) (struct pmu_event *event,
			       const struct pmu_request *request);

  /* Stop and resume counting on this CPU as a whole; cheap.  Once disable
     returns every overflow has been handled.  Not nested: pmu_disable ()
     and pmu_enable () call them for the outermost pair. */
  void (*disable) (void);
  void (*enable) (void);

  /* Put the event on a counter that can hold it and let it count from where
     it stood; others may move to other counters to make room.  FALSE: there
     is no room for it beside them, and nothing was changed. */
  boolean_t (*add) (struct pmu_event *event);

  /* Bring count up to date and free the counter. */
  void (*remove) (struct pmu_event *event);

  /* Bring count up to date. */
  void (*read) (struct pmu_event *event);

  /* Forget modelled state (emulated PMU); NULL: nothing to forget. */
  void (*model_reset) (void);

  /* In the overflow callback: the instruction that caused the overflow, if it
     is known and regs are of the one behind it; else regs->ip.  NULL: never
     known. */
  unsigned long (*event_ip) (const struct pmu_regs *regs);

  /* Fill what this driver knows of *description, which is zero before. */
  void (*describe) (struct pmu_description *description);
};

/* What perf_info () says of the PMU. */
struct pmu_description
{
  uint32_t kind;		/* PERF_PMU_* */
  uint32_t version;
  uint32_t nr_counters;
  uint32_t nr_fixed;
  uint32_t width;		/* bits */
  uint32_t min_period;
  uint32_t flags;		/* PERF_INFO_* */
  uint32_t model_version;
  uint32_t icount_shift;
  uint32_t tsc_khz;		/* 0: unknown */
  uint64_t hw_events;		/* bit n: PERF_COUNT_HW n */
  char name[32];
};

/* The PMU in use; never NULL after pmu_init (). */
extern const struct pmu_ops *pmu;

/* Choose a driver: the first whose probe succeeds, else the clock PMU.
   Boot CPU, before any event; overflow is called for every overflow. */
void pmu_init (pmu_overflow_t overflow);

/* Make this CPU's PMU usable: its number, interrupt gate, NMI stack, driver.
   On the boot CPU, CPU 0, the PMU is tried too, and given up for the clock if
   it fails.  Another CPU that cannot interrupt takes no part.  Interrupts off
   on all but the boot CPU. */
void pmu_cpu_init (int cpu);

/* Stop every counter of this CPU for good. */
void pmu_cpu_quiesce (int cpu);

/* Check request and make event ready to be added.  Every field is
   set; the caller fills in owner afterwards.
   KERN_NOT_SUPPORTED, KERN_INVALID_VALUE, KERN_INVALID_ARGUMENT: as
   event_init of struct pmu_ops.  No hardware is touched. */
kern_return_t pmu_event_init (struct pmu_event *event,
			      const struct pmu_request *request);

/* Put event on a counter of this CPU, take it off, bring its count up to
   date.  Between pmu_disable () and pmu_enable (); add and remove as in
   struct pmu_ops. */
boolean_t pmu_event_add (struct pmu_event *event);
void pmu_event_remove (struct pmu_event *event);
void pmu_event_read (struct pmu_event *event);

/* A group is at most so large. */
#define PMU_GROUP_MAX		16

/* Whether events, at most PMU_GROUP_MAX, could all be on counters at once if
   nobody else used the PMU. */
boolean_t pmu_events_fit (struct pmu_event *const *events, unsigned int nr);

/* Forget the modelled state and the emulator's overflow counts on every CPU
   that takes part, where there is an emulated PMU; else nothing.  As
   pmu_call (). */
void pmu_model_reset (void);

/* Keep this CPU's counters (and so its PMI) quiet; pairs nest. */
void pmu_disable (void);
void pmu_enable (void);

/* Work that needs locks, asked for in NMI context: fn runs on the same CPU
   in interrupt context, interrupts off, as soon as they are on again (at the
   latest at the next clock interrupt).  Requests made before fn starts are
   served together.  fn is set once, at initialisation, on the boot CPU. */
void pmu_defer_init (void (*fn) (void));
void pmu_defer (void);

/* The processor's own name for itself, NUL ended; empty if it has none. */
void pmu_cpu_name (char name[PMU_CPU_NAME_SIZE]);

/* Fill *description. */
void pmu_describe (struct pmu_description *description);

/* The clock interrupt, for the clock PMU and for rotation; interrupt
   context, every tick of every CPU. */
void pmu_tick (int cpu, const struct pmu_regs *regs);

/* Monotonic time in nanoseconds; usable in NMI context. */
uint64_t pmu_clock_ns (void);

/* Units of the time stamp counter in nanoseconds. */
uint64_t pmu_cycles_ns (uint64_t cycles);

#endif /* _KERN_PMU_PMU_H_ */
