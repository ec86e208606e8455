/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel, the processor and the PMU, described; info.h. */

#include <kern/pmu/call.h>
#include <kern/pmu/overhead.h>
#include <kern/sampling/info.h>
#include <kern/sampling/lock.h>
#include <kern/sampling/sched.h>

/* Copy a string, cut if need be, with its NUL. */
static void
copy_string (char *to, const char *from, unsigned int size)
{
  unsigned int i;

  for (i = 0; i < size - 1 && from[i] != '\0'; i++)
    to[i] = from[i];
  to[i] = '\0';
}

void
perf_info_fill (struct perf_info_data *info)
{
  struct pmu_description description;

  memset (info, 0, sizeof *info);
  pmu_describe (&description);
  info->abi_version = PERF_ABI_VERSION;
  info->nr_cpus = perf_nr_cpus;
  info->pmu_kind = description.kind;
  info->pmu_version = description.version;
  info->nr_counters = description.nr_counters;
  info->nr_fixed = description.nr_fixed;
  info->counter_width = description.width;
  info->min_period = description.min_period;
  info->flags = description.flags;
  info->model_version = description.model_version;
  info->icount_shift = description.icount_shift;
  info->tsc_khz = description.tsc_khz;
  info->hw_events = description.hw_events;
  pmu_cpu_name (info->cpu_name);
  copy_string (info->pmu_name, description.name, sizeof info->pmu_name);
  copy_string (info->kernel_version, version, sizeof info->kernel_version);
}

/* Of pmu_call (); perf_lock orders those who add. */
static void
overhead_add_here (void *sum)
{
  unsigned long flags = perf_lock ();

  pmu_disable ();		/* no interrupt changes it meanwhile */
  pmu_overhead_add (cpu_this (), sum);
  pmu_enable ();
  perf_unlock (flags);
}

void
perf_overhead_fill (struct perf_overhead_data *overhead)
{
  struct pmu_overhead sum;

  memset (&sum, 0, sizeof sum);
  memset (overhead, 0, sizeof *overhead);
  pmu_call (pmu_cpus, overhead_add_here, &sum);
  overhead->nmis = sum.nmis;
  overhead->nmi_ns = pmu_cycles_ns (sum.nmi_cycles);
  overhead->hooks = sum.hooks;
  overhead->hook_ns = pmu_cycles_ns (sum.hook_cycles);
  overhead->time = pmu_clock_ns ();
  overhead->nr_cpus = perf_nr_cpus;
  overhead->budget = pmu_budget ();
}
