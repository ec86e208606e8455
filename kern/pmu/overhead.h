/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What profiling costs the processor, and how much of it is allowed.
 *
 * Each CPU adds up the time its overflow interrupts and our hooks take, in
 * units of the time stamp counter.  Interrupts are measured from the first
 * instruction of C code to its last; what the processor and the stub in
 * assembly take before and after is not seen.  Interrupts that come while a
 * hook runs count for both; with counters on, most of a hook has them off.
 *
 * Of interrupts there is a budget, a share of each clock tick: once it is
 * spent, pmu_over_budget () is true until the tick that makes up for it, so
 * that over many ticks no more than the share is spent.
 */
#ifndef _KERN_PMU_OVERHEAD_H_
#define _KERN_PMU_OVERHEAD_H_

#include <kern/pmu/pmu.h>

/* Owner: the CPU with interrupts off; of began and nmi_* its NMI. */
struct pmu_overhead
{
  uint64_t began;		/* TSC at the interrupt that runs */
  uint64_t nmi_cycles;
  uint64_t allowed;		/* nmi_cycles above it are over budget */
  uint64_t nmis;
  uint64_t hook_cycles;
  uint64_t hooks;
  uint64_t ticked_at;		/* TSC; 0: not yet */
};

extern struct pmu_overhead pmu_overhead[PMU_MAX_CPUS];

/* No budget. */
#define PMU_BUDGET_ALL		100

/* Let interrupts take percent of each CPU's time, from its next tick on. */
void pmu_budget_set (unsigned int percent);
unsigned int pmu_budget (void);

/* A clock tick of this CPU; interrupts off. */
void pmu_budget_tick (void);

/* Add what cpu has spent so far to *sum; on that CPU, interrupts off. */
void pmu_overhead_add (int cpu, struct pmu_overhead *sum);

/* An overflow interrupt begins, and ends. */
static inline void
pmu_nmi_begin (int cpu)
{
  pmu_overhead[cpu].began = cpu_rdtsc ();
}

static inline void
pmu_nmi_end (int cpu)
{
  struct pmu_overhead *o = &pmu_overhead[cpu];

  o->nmis++;
  o->nmi_cycles += cpu_rdtsc_low () - (uint32_t) o->began;
}

/* When the interrupt that runs began, as pmu_clock_ns (). */
static inline uint64_t
pmu_nmi_ns (int cpu)
{
  return pmu_cycles_ns (pmu_overhead[cpu].began);
}

/* Whether this CPU's interrupts have spent their budget.  Any context. */
static inline boolean_t
pmu_over_budget (int cpu)
{
  const struct pmu_overhead *o = &pmu_overhead[cpu];

  return __builtin_expect (o->nmi_cycles > o->allowed, 0);
}

/* A hook begins; what it answers goes to pmu_hook_end () on the same CPU.
   Interrupts off, and no longer than a second. */
static inline uint32_t
pmu_hook_begin (void)
{
  return cpu_rdtsc_low ();
}

static inline void
pmu_hook_end (int cpu, uint32_t begin)
{
  struct pmu_overhead *o = &pmu_overhead[cpu];

  o->hooks++;
  o->hook_cycles += cpu_rdtsc_low () - begin;
}

#endif /* _KERN_PMU_OVERHEAD_H_ */
