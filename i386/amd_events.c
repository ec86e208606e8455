/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the generic events are called on AMD processors.
 *
 * AMD has no architectural events; but within a line of families they stay.
 * BIOS and Kernel Developer's Guide for family 10h, "Performance Counter
 * Events", for what came before Zen; Processor Programming References for
 * families 17h and 19h, "Performance Monitor Counters", from there on.
 */

#include <i386/amd.h>

#define FAMILY_ZEN	0x17

/* unit mask << 8 | event select; bits 11:8 of that from bit 32 on */
#define CYCLES			0x0076
#define INSTRUCTIONS		0x00c0
#define BRANCHES		0x00c2
#define BRANCH_MISSES		0x00c3

/* Cycles at the P0 frequency, event 0x120; with PerfMonV2. */
#define ZEN_REF_CYCLES		0x100000120ULL

/* What one line of families has.  The L2 cache is the last a core can count
   by itself: of the L3 only the uncore knows. */
struct amd_line
{
  uint64_t hardware[PERF_COUNT_HW_MAX];
  const struct x86_cache_event *cache;
  unsigned int nr_cache;
};

/* Data accesses are not offered: event 0x40 does not tell loads from
   stores. */
static const struct x86_cache_event k7_cache[] =
{
  { X86_CACHE (L1D, READ, MISS), 0x0141 },
  { X86_CACHE (L1I, READ, ACCESS), 0x0080 },
  { X86_CACHE (L1I, READ, MISS), 0x0081 },
  { X86_CACHE (LL, READ, ACCESS), 0x037d },
  { X86_CACHE (LL, READ, MISS), 0x037e },
  { X86_CACHE (DTLB, READ, MISS), 0x0746 },
  { X86_CACHE (ITLB, READ, MISS), 0x0385 },
  { X86_CACHE (BPU, READ, ACCESS), BRANCHES },
  { X86_CACHE (BPU, READ, MISS), BRANCH_MISSES },
};

static const struct amd_line k7_line =
{
  .hardware =
  {
    [PERF_COUNT_HW_CPU_CYCLES] = CYCLES,
    [PERF_COUNT_HW_INSTRUCTIONS] = INSTRUCTIONS,
    [PERF_COUNT_HW_CACHE_REFERENCES] = 0x077d,
    [PERF_COUNT_HW_CACHE_MISSES] = 0x077e,
    [PERF_COUNT_HW_BRANCH_INSTRUCTIONS] = BRANCHES,
    [PERF_COUNT_HW_BRANCH_MISSES] = BRANCH_MISSES,
    [PERF_COUNT_HW_STALLED_CYCLES_FRONTEND] = 0x00d0,
    [PERF_COUNT_HW_STALLED_CYCLES_BACKEND] = 0x00d1,
  },
  .cache = k7_cache,
  .nr_cache = X86_ARRAY_SIZE (k7_cache),
};

/* LsDispatch; L2 requests from misses of the data cache; L2 requests and
   misses of group 1; misses of the L2 TLBs, of every page size; of the
   instruction cache. */
static const struct x86_cache_event zen_cache[] =
{
  { X86_CACHE (L1D, READ, ACCESS), 0x0129 },
  { X86_CACHE (L1D, READ, MISS), 0xc860 },
  { X86_CACHE (L1D, WRITE, ACCESS), 0x0229 },
  { X86_CACHE (L1I, READ, MISS), 0x0081 },
  { X86_CACHE (LL, READ, ACCESS), 0xff60 },
  { X86_CACHE (LL, READ, MISS), 0x0964 },
  { X86_CACHE (DTLB, READ, ACCESS), 0x0129 },
  { X86_CACHE (DTLB, READ, MISS), 0xf045 },
  { X86_CACHE (DTLB, WRITE, ACCESS), 0x0229 },
  { X86_CACHE (ITLB, READ, MISS), 0xff85 },
  { X86_CACHE (BPU, READ, ACCESS), BRANCHES },
  { X86_CACHE (BPU, READ, MISS), BRANCH_MISSES },
};

static const struct amd_line zen_line =
{
  .hardware =
  {
    [PERF_COUNT_HW_CPU_CYCLES] = CYCLES,
    [PERF_COUNT_HW_INSTRUCTIONS] = INSTRUCTIONS,
    [PERF_COUNT_HW_CACHE_REFERENCES] = 0xff60,
    [PERF_COUNT_HW_CACHE_MISSES] = 0x0964,
    [PERF_COUNT_HW_BRANCH_INSTRUCTIONS] = BRANCHES,
    [PERF_COUNT_HW_BRANCH_MISSES] = BRANCH_MISSES,
  },
  .cache = zen_cache,
  .nr_cache = X86_ARRAY_SIZE (zen_cache),
};

void
amd_events (struct x86_pmu *p, unsigned int family, boolean_t v2)
{
  const struct amd_line *line = family >= FAMILY_ZEN ? &zen_line : &k7_line;
  unsigned int i;

  for (i = 0; i < PERF_COUNT_HW_MAX; i++)
    p->hardware[i] = line->hardware[i];
  if (v2)
    p->hardware[PERF_COUNT_HW_REF_CPU_CYCLES] = ZEN_REF_CYCLES;
  p->cache = line->cache;
  p->nr_cache = line->nr_cache;
}
