/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86 performance counters: one driver, and a description of each kind.
 *
 * All x86 PMUs are the same machine with registers in other places: general
 * counters that an event-select register programs, perhaps counters fixed to
 * one event, perhaps global registers that start them all and tell which
 * overflowed.  A constant struct x86_pmu_layout says where the registers are
 * and what may be written to them; detection adds what CPUID says of this
 * machine, and what the generic events are called there, in struct x86_pmu.
 * x86_pmu.c does everything else.
 *
 * Counters are numbered by their bits in the global registers: general ones
 * from 0, fixed ones from X86_PMU_FIXED.
 */
#ifndef _I386_X86_PMU_H_
#define _I386_X86_PMU_H_

#include <kern/pmu/pmu.h>

#define X86_PMU_FIXED		32	/* index of fixed counter 0 */
#define X86_PMU_MAX_GENERAL	32
#define X86_PMU_MAX_FIXED	16

/* Fields of an event-select register, the same on every x86 PMU.  Intel SDM
   volume 3, "Architectural Performance Monitoring Version 1 Facilities". */
#define X86_SEL_EVENT		0x000000ffULL
#define X86_SEL_UMASK		0x0000ff00ULL
#define X86_SEL_USR		(1ULL << 16)
#define X86_SEL_OS		(1ULL << 17)
#define X86_SEL_EDGE		(1ULL << 18)
#define X86_SEL_INT		(1ULL << 20)
#define X86_SEL_EN		(1ULL << 22)
#define X86_SEL_INV		(1ULL << 23)
#define X86_SEL_CMASK		0xff000000ULL

/* Where the registers are, and what may be written.  0: there is none. */
struct x86_pmu_layout
{
  uint32_t select_base;		/* event select of general counter 0 */
  uint32_t counter_base;	/* general counter 0 */
  uint32_t full_base;		/* the same, written in full width */
  uint32_t stride;		/* from one general counter to the next */
  unsigned int start_bits;	/* a general counter can be started at up to
				   2^start_bits - 1, and minus that */
  uint32_t fixed_base;		/* fixed counter 0 */
  uint32_t fixed_ctrl;		/* four bits for each fixed counter */
  uint32_t global_ctrl;
  uint32_t global_status;
  uint32_t global_ack;		/* writing 1 clears that bit of the status */
  uint32_t debug_ctrl;		/* bit 12: interrupts freeze the counters */
  boolean_t late_interrupts;	/* the APIC's entry does not mask itself, and
				   an interrupt may come when its overflow
				   was served long since */
  uint64_t raw_ignored;		/* bits of a raw encoding the driver owns or a
				   user must not set: dropped */
  uint64_t raw_allowed;		/* bits a user may set; any other is refused */
  uint32_t min_period;
};

/* A generic cache event: the config of PERF_TYPE_HW_CACHE, and what it is
   called on this kind. */
struct x86_cache_event
{
  uint32_t config;
  uint64_t encoding;
};

/* The generic number of a cache event, by the parts of its names. */
#define X86_CACHE(id, op, result) \
  (PERF_COUNT_HW_CACHE_##id | PERF_COUNT_HW_CACHE_OP_##op << 8 \
   | PERF_COUNT_HW_CACHE_RESULT_##result << 16)

#define X86_ARRAY_SIZE(a)	(sizeof (a) / sizeof (a)[0])

/* An encoding that means something to a fixed counter only.  The bit is
   beyond those of a select register. */
#define X86_EVENT_FIXED_ONLY	(1ULL << 40)

struct x86_pmu;

/* A kind of PMU: its name, and how it is found. */
struct x86_pmu_kind
{
  const char *name;		/* as pmu_describe () gives it */
  uint32_t number;		/* PERF_PMU_* */

  /* Fill *found, which is zero before, from what CPUID says.  FALSE: this
     machine has no such PMU, or what it says makes no sense. */
  boolean_t (*detect) (struct x86_pmu *found);
};

/* Every kind, in the order they are tried in; NULL ended. */
extern const struct x86_pmu_kind *const x86_pmu_kinds[];

/* The driver of all of them. */
extern const struct pmu_ops x86_pmu_ops;

/* A PMU as found on this machine.  Written by detection, constant after. */
struct x86_pmu
{
  const struct x86_pmu_kind *kind;
  const struct x86_pmu_layout *layout;	/* NULL: none found */
  unsigned int version;
  unsigned int nr_general, general_width;
  uint32_t fixed;		/* bit: fixed counter that is there */
  unsigned int fixed_width;
  boolean_t full_width;		/* counters can be written at full_base */
  /* What fixed counter i counts (umask << 8 | event); 0: nothing we use. */
  uint64_t fixed_encoding[X86_PMU_MAX_FIXED];
  /* What PERF_COUNT_HW i is called; 0: it cannot be counted. */
  uint64_t hardware[PERF_COUNT_HW_MAX];
  const struct x86_cache_event *cache;
  unsigned int nr_cache;
};

/* What happened to a CPU's overflow interrupts since its initialisation. */
struct x86_pmu_stats
{
  unsigned long interrupts;	/* served */
  unsigned long spurious;	/* nothing left to serve */
  unsigned long unknown;	/* NMIs that came from elsewhere */
  unsigned long missed;		/* overflows found without an interrupt */
  unsigned long stuck;		/* status would not clear: PMU reset */
};

/* The PMU in use; its layout is NULL until detection found one. */
extern struct x86_pmu x86_pmu;

/* What became of cpu's overflow interrupts; for tests and support. */
const struct x86_pmu_stats *x86_pmu_get_stats (int cpu);

/* The parts of x86_pmu_ops, which stands with the kinds in x86_kinds.c: they
   are in x86_pmu.c, and what touches no hardware in x86_event.c. */
void x86_pmu_cpu_init (int cpu);
void x86_pmu_cpu_quiesce (int cpu);
kern_return_t x86_pmu_event_init (struct pmu_event *event,
				  const struct pmu_request *request);
void x86_pmu_disable (void);
void x86_pmu_enable (void);
boolean_t x86_pmu_add (struct pmu_event *event);
void x86_pmu_remove (struct pmu_event *event);
void x86_pmu_read (struct pmu_event *event);
void x86_pmu_describe (struct pmu_description *description);

/* Does the first counter hold what is written to it?  A hypervisor may
   announce registers that it then ignores.  Leaves every counter zero and
   stopped. */
boolean_t x86_pmu_responds (const struct x86_pmu *p);

/* What an NMI's entry stub makes on its stack; the stub knows the layout. */
struct x86_pmu_frame
{
  struct pmu_regs regs;
  unsigned long not_ours;	/* 0; set for the stub to pass the NMI on */
};

/* Serve this CPU's overflow interrupt.  NMI context.  Where there is a global
   control register the entry stub has written 0 to it, as early as it could,
   and writes what this returns to it as late as it can: so next to nothing
   of the interrupt is counted. */
uint64_t x86_pmu_interrupt (int cpu, struct x86_pmu_frame *frame);

#endif /* _I386_X86_PMU_H_ */
