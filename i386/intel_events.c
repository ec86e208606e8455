/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the generic events are called on Intel processors.
 *
 * The architectural events hold on every processor that does not deny them
 * (Intel SDM volume 3, table "UMask and Event Select Encodings for
 * Pre-Defined Architectural Performance Events").  Cache events differ by
 * model; a processor that is not in the list has the architectural ones and
 * takes raw encodings.
 */

#include <i386/cpuid.h>
#include <i386/emulator.h>
#include <i386/intel.h>

/* umask << 8 | event select */
#define CYCLES			0x003c
#define INSTRUCTIONS		0x00c0
#define REF_CYCLES		0x013c
#define LLC_REFERENCES		0x4f2e
#define LLC_MISSES		0x412e
#define BRANCHES		0x00c4
#define BRANCH_MISSES		0x00c5

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
  { 3, PERF_COUNT_HW_CACHE_REFERENCES, LLC_REFERENCES, -1 },
  { 4, PERF_COUNT_HW_CACHE_MISSES, LLC_MISSES, -1 },
  { 5, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, BRANCHES, -1 },
  { 6, PERF_COUNT_HW_BRANCH_MISSES, BRANCH_MISSES, -1 },
};

/* Fixed counter 2 counts at the rate of the TSC, which the general event
   of nearly that name does not: so it has a name of its own. */
#define FIXED_REF_CYCLES	2
#define FIXED_REF_ENCODING	(X86_EVENT_FIXED_ONLY | 0x0300)

/* MEM_INST_RETIRED.LOADS and .STORES, L1D.REPL, L1I.MISSES, DTLB_MISSES.ANY,
   ITLB_MISSES.ANY.  Intel SDM volume 3, "Performance Monitoring Events for
   Processors Based on Nehalem Microarchitecture". */
static const struct x86_cache_event nehalem_cache[] =
{
  { X86_CACHE (L1D, READ, ACCESS), 0x010b },
  { X86_CACHE (L1D, READ, MISS), 0x0151 },
  { X86_CACHE (L1D, WRITE, ACCESS), 0x020b },
  { X86_CACHE (L1I, READ, MISS), 0x0280 },
  { X86_CACHE (LL, READ, ACCESS), LLC_REFERENCES },
  { X86_CACHE (LL, READ, MISS), LLC_MISSES },
  { X86_CACHE (DTLB, READ, ACCESS), 0x010b },
  { X86_CACHE (DTLB, READ, MISS), 0x0149 },
  { X86_CACHE (DTLB, WRITE, ACCESS), 0x020b },
  { X86_CACHE (ITLB, READ, MISS), 0x0185 },
  { X86_CACHE (BPU, READ, ACCESS), BRANCHES },
  { X86_CACHE (BPU, READ, MISS), BRANCH_MISSES },
};

/* Those of them that are architectural. */
static const struct x86_cache_event architectural_cache[] =
{
  { X86_CACHE (LL, READ, ACCESS), LLC_REFERENCES },
  { X86_CACHE (LL, READ, MISS), LLC_MISSES },
  { X86_CACHE (BPU, READ, ACCESS), BRANCHES },
  { X86_CACHE (BPU, READ, MISS), BRANCH_MISSES },
};

/* Models of family 6 whose cache events are the Nehalem table. */
static const uint8_t nehalem_models[] = { 0x1a, 0x1e, 0x1f, 0x2e };

static boolean_t
is_nehalem (void)
{
  unsigned int family, model, i;

  /* The emulator's PMU has these encodings whatever processor it plays. */
  if (emulator.model_version != 0)
    return TRUE;
  cpuid_family_model (&family, &model);
  if (family != 6)
    return FALSE;
  for (i = 0; i < X86_ARRAY_SIZE (nehalem_models); i++)
    if (nehalem_models[i] == model)
      return TRUE;
  return FALSE;
}

void
intel_events (struct x86_pmu *p, uint32_t unavailable)
{
  const struct intel_event *e;

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

  if (is_nehalem ())
    {
      p->cache = nehalem_cache;
      p->nr_cache = X86_ARRAY_SIZE (nehalem_cache);
    }
  else
    {
      p->cache = architectural_cache;
      p->nr_cache = X86_ARRAY_SIZE (architectural_cache);
    }
}
