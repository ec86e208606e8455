/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the graft comes up with the kernel. */

#include <kern/sampling/buffer.h>
#include <kern/sampling/env.h>
#include <kern/sampling/hooks.h>
#include <kern/sampling/sample.h>
#include <kern/sampling/sched.h>
#include <kern/sampling/target.h>

extern void biosmem_register_boot_data (phys_addr_t, phys_addr_t, boolean_t);
extern phys_addr_t biosmem_directmap_end (void);
extern void bootstrap_create (void);

/* Where the kernel's image begins, and where ours ends behind it. */
extern char _start[], graft_end[];

void
perf_biosmem_register_boot_data (phys_addr_t start, phys_addr_t end,
				 boolean_t temporary)
{
  if (start == (unsigned long) _start - PERF_DIRECTMAP_BASE)
    end = (unsigned long) graft_end - PERF_DIRECTMAP_BASE;
  biosmem_register_boot_data (start, end, temporary);
}

void
perf_bootstrap_create (void)
{
  struct pmu_description description;

  user_page_limit = biosmem_directmap_end ();
  perf_target_init ();
  pmu_init (perf_overflow);
  pmu_defer_init (perf_buffer_wake_all);
  pmu_cpu_init (cpu_this ());
  pmu_describe (&description);
  perf_min_period = description.min_period;
  perf_ready = 1;
  bootstrap_create ();
}
