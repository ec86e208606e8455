/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the graft comes up with the kernel. */

#include <kern/pmu/call.h>
#include <kern/pmu/overhead.h>
#include <kern/sampling/buffer.h>
#include <kern/sampling/env.h>
#include <kern/sampling/hooks.h>
#include <kern/sampling/sample.h>
#include <kern/sampling/sched.h>
#include <kern/sampling/target.h>

/* Percent that overflow interrupts may take; time is cheap where it is
   emulated, and samples that were asked for are not. */
#define DEFAULT_BUDGET	25

extern void biosmem_register_boot_data (phys_addr_t, phys_addr_t, boolean_t);
extern phys_addr_t biosmem_directmap_end (void);
extern void bootstrap_create (void);

#if KERNEL_SMP
extern struct machine_slot machine_slot[];	/* kern/machine.c */
#endif

/* Where the kernel's image begins, and where ours ends behind it. */
extern char _start[], graft_end[];

#if KERNEL_SMP
/* Of <i386at/biosmem.c>: the heap shrinks from either end. */
extern phys_addr_t biosmem_heap_bottom, biosmem_heap_top;
extern unsigned long biosmem_bootalloc (unsigned int nr_pages);

/* GDT, IDT and TSS of a processor, struct mp_desc_table. */
#define DESCRIPTOR_PAGES	4
#endif

extern void biosmem_setup (void);

void
perf_biosmem_setup (void)
{
#if KERNEL_SMP
  phys_addr_t bottom = biosmem_heap_bottom, top = biosmem_heap_top;

  biosmem_bootalloc ((PMU_MAX_CPUS - 1) * DESCRIPTOR_PAGES);
  biosmem_setup ();
  biosmem_heap_bottom = bottom;
  biosmem_heap_top = top;
#else
  biosmem_setup ();
#endif
}

void
perf_biosmem_register_boot_data (phys_addr_t start, phys_addr_t end,
				 boolean_t temporary)
{
  if (start == (unsigned long) _start - PERF_DIRECTMAP_BASE)
    end = (unsigned long) graft_end - PERF_DIRECTMAP_BASE;
  biosmem_register_boot_data (start, end, temporary);
}

/* Wait until every other CPU that runs has had its first clock interrupt,
   where it makes itself ready (hooks.c); they are started already.  A tick or
   two.  FALSE: one of them never ticks, and nothing can be measured on this
   machine. */
static boolean_t
await_cpus (void)
{
#if KERNEL_SMP
  const unsigned int tries = 1U << 28;
  unsigned int i, cpu;

  for (cpu = 0; cpu < PMU_MAX_CPUS; cpu++)
    {
      if (! machine_slot[cpu].running)
	continue;
      for (i = 0; i < tries && ! (pmu_cpus & 1UL << cpu); i++)
	cpu_pause ();
      if (! (pmu_cpus & 1UL << cpu))
	{
	  printf ("perf: cpu%u runs but is not to be had; no profiling\n", cpu);
	  return FALSE;
	}
    }
#endif
  return TRUE;
}

void
perf_bootstrap_create (void)
{
  struct pmu_description description;
  unsigned int cpu;

  callchain_init ();
  user_page_limit = biosmem_directmap_end ();
  perf_target_init ();
  pmu_init (perf_overflow);
  pmu_defer_init (perf_buffer_wake_all);
  pmu_cpu_init (0);
  pmu_describe (&description);
  perf_min_period = description.min_period;
  pmu_budget_set (description.flags & PERF_INFO_EMULATED ? PMU_BUDGET_ALL
		  : DEFAULT_BUDGET);
  perf_ready = 1;
  if (await_cpus ())
    for (cpu = 0; cpu < PMU_MAX_CPUS; cpu++)
      if (pmu_cpus & 1UL << cpu)
	perf_nr_cpus = cpu + 1;
  bootstrap_create ();
}
