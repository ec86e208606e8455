/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time that profiling takes; overhead.h. */

#include <kern/pmu/overhead.h>

#define NO_LIMIT	(~0ULL)

/* Until a budget is set there is none. */
struct pmu_overhead pmu_overhead[PMU_MAX_CPUS] =
{
  [0 ... PMU_MAX_CPUS - 1] = { .allowed = NO_LIMIT }
};

/* Percent; a word that any CPU's tick looks at. */
static volatile unsigned int budget = PMU_BUDGET_ALL;

void
pmu_budget_set (unsigned int percent)
{
  budget = percent;
}

unsigned int
pmu_budget (void)
{
  return budget;
}

void
pmu_budget_tick (void)
{
  struct pmu_overhead *o = &pmu_overhead[cpu_this ()];
  uint64_t now = cpu_rdtsc (), most;
  unsigned int percent = budget;

  if (percent >= PMU_BUDGET_ALL || o->ticked_at == 0)
    o->allowed = NO_LIMIT;
  else
    {
      /* What was overspent is made up for, what was not is not kept. */
      most = (now - o->ticked_at) / PMU_BUDGET_ALL * percent;
      if (o->allowed > o->nmi_cycles)
	o->allowed = o->nmi_cycles;
      o->allowed += most;
    }
  o->ticked_at = now;
}

void
pmu_overhead_add (int cpu, struct pmu_overhead *sum)
{
  const struct pmu_overhead *o = &pmu_overhead[cpu];

  sum->nmi_cycles += o->nmi_cycles;
  sum->nmis += o->nmis;
  sum->hook_cycles += o->hook_cycles;
  sum->hooks += o->hooks;
}
