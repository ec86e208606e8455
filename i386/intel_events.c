/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the generic events are called on Intel processors.
 *
 * The architectural events hold on every processor that does not deny them
 * (Intel SDM volume 3, table "UMask and Event Select Encodings for
 * Pre-Defined Architectural Performance Events").  Cache events differ by
 * model (intel_models.c); a processor that is not listed there has the
 * architectural ones and takes raw encodings.
 */

#include <i386/cpuid.h>
#include <i386/emulator.h>
#include <i386/intel.h>

/* umask << 8 | event select */
#define CYCLES			0x003c
#define INSTRUCTIONS		0x00c0
#define REF_CYCLES		0x013c

/* An architectural event: its bit in CPUID 0xa ebx, its generic number, and
   the fixed counter that can count it. */
struct intel_event
{
  unsigned int bit;
  unsigned int generic;		/* PERF_COUNT_HW_* */
  uint32_t encoding;
  int fixed;			/* -1: none */
};

static const struct intel_event intel_architectural[] =
{
  { 0, PERF_COUNT_HW_CPU_CYCLES, CYCLES, 1 },
  { 1, PERF_COUNT_HW_INSTRUCTIONS, INSTRUCTIONS, 0 },
  { 2, PERF_COUNT_HW_BUS_CYCLES, REF_CYCLES, -1 },
  { 3, PERF_COUNT_HW_CACHE_REFERENCES, INTEL_LLC_REFERENCES, -1 },
  { 4, PERF_COUNT_HW_CACHE_MISSES, INTEL_LLC_MISSES, -1 },
  { 5, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, INTEL_BRANCHES, -1 },
  { 6, PERF_COUNT_HW_BRANCH_MISSES, INTEL_BRANCH_MISSES, -1 },
};

/* Fixed counter 2 counts at the rate of the TSC, which the general event
   of nearly that name does not: so it has a name of its own. */
#define FIXED_REF_CYCLES	2
#define FIXED_REF_ENCODING	(X86_EVENT_FIXED_ONLY | 0x0300)

/* The emulator's PMU has Nehalem's cache events, whatever processor it
   plays. */
#define EMULATED_FAMILY		6
#define EMULATED_MODEL		0x1a

void
intel_events (struct x86_pmu *p, uint32_t unavailable)
{
  const struct intel_event *e;
  unsigned int family, model;

  for (e = intel_architectural;
       e < intel_architectural + X86_ARRAY_SIZE (intel_architectural); e++)
    {
      if (unavailable >> e->bit & 1)
	continue;
      p->hardware[e->generic] = e->encoding;
      if (e->fixed >= 0 && (p->fixed >> e->fixed & 1))
	p->fixed_encoding[e->fixed] = e->encoding;
    }
  if (p->fixed >> FIXED_REF_CYCLES & 1)
    {
      p->fixed_encoding[FIXED_REF_CYCLES] = FIXED_REF_ENCODING;
      p->hardware[PERF_COUNT_HW_REF_CPU_CYCLES] = FIXED_REF_ENCODING;
    }

  if (emulator.model_version != 0)
    {
      family = EMULATED_FAMILY;
      model = EMULATED_MODEL;
    }
  else
    cpuid_family_model (&family, &model);
  p->cache = intel_model_events (family, model, &p->nr_cache);
}
