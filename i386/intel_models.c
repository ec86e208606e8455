/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the cache events are called on one Intel model or another of family 6:
 * Intel SDM volume 3, "Performance Monitoring Events", and the event files
 * that Intel publishes for each.  A test holds every encoding to the name that
 * libpfm4 has it by (tests/unit/pmu/models.c).
 *
 * Accesses are loads and stores that retired.  A miss of the first level is a
 * line brought in, whoever asked; of a TLB, a walk of the page tables.
 */

#include <i386/intel.h>

#define ARCHITECTURAL						\
  { X86_CACHE (LL, READ, ACCESS), INTEL_LLC_REFERENCES },	\
  { X86_CACHE (LL, READ, MISS), INTEL_LLC_MISSES },		\
  { X86_CACHE (BPU, READ, ACCESS), INTEL_BRANCHES },		\
  { X86_CACHE (BPU, READ, MISS), INTEL_BRANCH_MISSES }

static const struct x86_cache_event architectural[] = { ARCHITECTURAL };

/* Nehalem and Westmere do not tell the misses of loads from those of stores. */
static const struct x86_cache_event nehalem[] =
{
  { X86_CACHE (L1D, READ, ACCESS), 0x010b },
  { X86_CACHE (L1D, READ, MISS), 0x0151 },
  { X86_CACHE (L1D, WRITE, ACCESS), 0x020b },
  { X86_CACHE (L1I, READ, MISS), 0x0280 },
  { X86_CACHE (DTLB, READ, ACCESS), 0x010b },
  { X86_CACHE (DTLB, READ, MISS), 0x0149 },
  { X86_CACHE (DTLB, WRITE, ACCESS), 0x020b },
  { X86_CACHE (ITLB, READ, MISS), 0x0185 },
  ARCHITECTURAL
};

/* From Sandy Bridge on they differ in where fetches and walks are counted. */
#define SINCE_SANDY_BRIDGE(fetches, load_walks, store_walks, fetch_walks) \
{								\
  { X86_CACHE (L1D, READ, ACCESS), 0x81d0 },			\
  { X86_CACHE (L1D, READ, MISS), 0x0151 },			\
  { X86_CACHE (L1D, WRITE, ACCESS), 0x82d0 },			\
  { X86_CACHE (L1I, READ, MISS), (fetches) },			\
  { X86_CACHE (DTLB, READ, ACCESS), 0x81d0 },			\
  { X86_CACHE (DTLB, READ, MISS), (load_walks) },		\
  { X86_CACHE (DTLB, WRITE, ACCESS), 0x82d0 },			\
  { X86_CACHE (DTLB, WRITE, MISS), (store_walks) },		\
  { X86_CACHE (ITLB, READ, MISS), (fetch_walks) },		\
  ARCHITECTURAL							\
}

static const struct x86_cache_event sandy_bridge[]
  = SINCE_SANDY_BRIDGE (0x0280, 0x0108, 0x0149, 0x0185);
static const struct x86_cache_event ivy_bridge[]
  = SINCE_SANDY_BRIDGE (0x0280, 0x8108, 0x0149, 0x0185);
static const struct x86_cache_event skylake[]
  = SINCE_SANDY_BRIDGE (0x0283, 0x0e08, 0x0e49, 0x0e85);
/* There the misses of fetches are what the second level is asked for. */
static const struct x86_cache_event sapphire_rapids[]
  = SINCE_SANDY_BRIDGE (0xe424, 0x0e12, 0x0e13, 0x0e11);

#define TABLE(events) (events), X86_ARRAY_SIZE (events)

static const struct intel_model
{
  uint8_t model;
  const struct x86_cache_event *cache;
  unsigned int nr_cache;
} models[] =
{
  { 0x1a, TABLE (nehalem) }, { 0x1e, TABLE (nehalem) },
  { 0x1f, TABLE (nehalem) }, { 0x2e, TABLE (nehalem) },
  /* Westmere */
  { 0x25, TABLE (nehalem) }, { 0x2c, TABLE (nehalem) },
  { 0x2f, TABLE (nehalem) },
  { 0x2a, TABLE (sandy_bridge) }, { 0x2d, TABLE (sandy_bridge) },
  { 0x3a, TABLE (ivy_bridge) }, { 0x3e, TABLE (ivy_bridge) },
  /* Haswell */
  { 0x3c, TABLE (sandy_bridge) }, { 0x3f, TABLE (sandy_bridge) },
  { 0x45, TABLE (sandy_bridge) }, { 0x46, TABLE (sandy_bridge) },
  /* Broadwell */
  { 0x3d, TABLE (sandy_bridge) }, { 0x47, TABLE (sandy_bridge) },
  { 0x4f, TABLE (sandy_bridge) }, { 0x56, TABLE (sandy_bridge) },
  { 0x4e, TABLE (skylake) }, { 0x5e, TABLE (skylake) },
  /* Skylake, Cascade Lake and Cooper Lake of servers */
  { 0x55, TABLE (skylake) },
  /* Kaby, Coffee and Comet Lake */
  { 0x8e, TABLE (skylake) }, { 0x9e, TABLE (skylake) },
  { 0xa5, TABLE (skylake) }, { 0xa6, TABLE (skylake) },
  /* Ice Lake */
  { 0x7d, TABLE (skylake) }, { 0x7e, TABLE (skylake) },
  { 0x6a, TABLE (skylake) }, { 0x6c, TABLE (skylake) },
  /* Tiger and Rocket Lake */
  { 0x8c, TABLE (skylake) }, { 0x8d, TABLE (skylake) },
  { 0xa7, TABLE (skylake) },
  { 0x8f, TABLE (sapphire_rapids) },
  /* Emerald Rapids */
  { 0xcf, TABLE (sapphire_rapids) },
};

const struct x86_cache_event *
intel_model_events (unsigned int family, unsigned int model, unsigned int *nr)
{
  const struct intel_model *m;

  if (family == 6)
    for (m = models; m < models + X86_ARRAY_SIZE (models); m++)
      if (m->model == model)
	{
	  *nr = m->nr_cache;
	  return m->cache;
	}
  *nr = X86_ARRAY_SIZE (architectural);
  return architectural;
}
