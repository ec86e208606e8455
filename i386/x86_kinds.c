/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of x86 PMU, and the one driver of all of them.  A new kind is a
 * description, and a line in the list here; docs/adding-a-cpu.md.
 */

#include <i386/amd.h>
#include <i386/emulator.h>
#include <i386/intel.h>
#include <i386/zhaoxin.h>

const struct x86_pmu_kind *const x86_pmu_kinds[] =
{
  &zhaoxin_pmu_kind,	/* before Intel's: it has the same leaf of CPUID */
  &intel_pmu_kind,
  &amd_pmu_kind,
  0
};

/* Whether the registers are as *p has it; what was promised and is not there
   is taken back. */
static boolean_t
settle (struct x86_pmu *p)
{
  if (x86_pmu_responds (p))
    return TRUE;
  if (!p->full_width)
    return FALSE;
  p->full_width = FALSE;
  return x86_pmu_responds (p);
}

static boolean_t
x86_probe (void)
{
  static const struct x86_pmu nothing;
  const struct x86_pmu_kind *const *kind;
  struct x86_pmu found;

  for (kind = x86_pmu_kinds; *kind != 0; kind++)
    {
      found = nothing;
      if (!(*kind)->detect (&found))
	continue;
      if (!settle (&found))
	{
	  printf ("pmu: %s counters are announced, but do not keep what is "
		  "written to them\n", (*kind)->name);
	  continue;
	}
      found.kind = *kind;
      x86_pmu = found;
      return TRUE;
    }
  return FALSE;
}

const struct pmu_ops x86_pmu_ops =
{
  .probe = x86_probe,
  .cpu_init = x86_pmu_cpu_init,
  .cpu_quiesce = x86_pmu_cpu_quiesce,
  .event_init = x86_pmu_event_init,
  .disable = x86_pmu_disable,
  .enable = x86_pmu_enable,
  .add = x86_pmu_add,
  .remove = x86_pmu_remove,
  .read = x86_pmu_read,
  .model_reset = emulator_model_reset,
  .event_ip = emulator_event_ip,
  .describe = x86_pmu_describe,
};
