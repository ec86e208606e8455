/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zhaoxin's performance counters: Intel's architectural version 2, told of by
 * the same leaf of CPUID, with events of their own, and counters that take
 * what is written to them in full width at the old address.
 *
 * Family 7, models 1bh (WuDaoKou) and 3bh (LuJiaZui).  There is no public
 * manual; encodings are those that Zhaoxin contributed to Linux (5.8,
 * arch/x86/events/zhaoxin).  Older processors of family 6 clear their status
 * only while the counters run, and are left to the clock.
 */

#include <i386/cpuid.h>
#include <i386/intel.h>
#include <i386/zhaoxin.h>

#define FAMILY		7
#define MODEL_WUDAOKOU	0x1b
#define MODEL_LUJIAZUI	0x3b

#define VERSION		2

/* Half of the width, as everywhere, for what is counted until the interrupt
   is served. */
#define START_BITS	47

/* umask << 8 | event select */
#define CYCLES			0x0082
#define INSTRUCTIONS		0x00c0
#define BUS_CYCLES		0x0083
#define CACHE_REFERENCES	0x0515
#define CACHE_MISSES		0x051a
#define STALLED_FRONTEND	0x01800101	/* inverted, counter mask 1 */
#define STALLED_BACKEND		0x040f

/* Bits of an event select that are not a user's; there are no others. */
#define RAW_IGNORED	(X86_SEL_USR | X86_SEL_OS | X86_SEL_INT | X86_SEL_EN)
#define RAW_ALLOWED \
  (X86_SEL_EVENT | X86_SEL_UMASK | X86_SEL_EDGE | X86_SEL_INV \
   | X86_SEL_CMASK)

/* An interrupt's tail must not overflow the counter again. */
#define MIN_PERIOD	128

static const struct x86_pmu_layout zhaoxin_layout =
{
  .select_base = 0x186,
  .counter_base = 0xc1,
  .stride = 1,
  .start_bits = START_BITS,
  .fixed_base = 0x309,
  .fixed_ctrl = 0x38d,
  .global_ctrl = 0x38f,
  .global_status = 0x38e,
  .global_ack = 0x390,
  .raw_ignored = RAW_IGNORED,
  .raw_allowed = RAW_ALLOWED,
  .min_period = MIN_PERIOD,
};

/* What one model has. */
struct zhaoxin_model
{
  unsigned int model;
  uint64_t branches, branch_misses;
  const struct x86_cache_event *cache;
  unsigned int nr_cache;
};

static const struct x86_cache_event wudaokou_cache[] =
{
  { X86_CACHE (L1D, READ, ACCESS), 0x0042 },
  { X86_CACHE (L1D, READ, MISS), 0x0538 },
  { X86_CACHE (L1D, WRITE, ACCESS), 0x0043 },
  { X86_CACHE (L1D, WRITE, MISS), 0x0562 },
  { X86_CACHE (L1I, READ, ACCESS), 0x0300 },
  { X86_CACHE (L1I, READ, MISS), 0x0301 },
  { X86_CACHE (DTLB, READ, ACCESS), 0x0042 },
  { X86_CACHE (DTLB, READ, MISS), 0x052c },
  { X86_CACHE (DTLB, WRITE, ACCESS), 0x0043 },
  { X86_CACHE (DTLB, WRITE, MISS), 0x0530 },
  { X86_CACHE (ITLB, READ, MISS), 0x0534 },
  { X86_CACHE (BPU, READ, ACCESS), 0x0700 },
  { X86_CACHE (BPU, READ, MISS), 0x0709 },
};

static const struct x86_cache_event lujiazui_cache[] =
{
  { X86_CACHE (L1D, READ, ACCESS), 0x0568 },
  { X86_CACHE (L1D, READ, MISS), 0x054b },
  { X86_CACHE (L1D, WRITE, ACCESS), 0x0669 },
  { X86_CACHE (L1D, WRITE, MISS), 0x0562 },
  { X86_CACHE (L1I, READ, ACCESS), 0x0300 },
  { X86_CACHE (L1I, READ, MISS), 0x0301 },
  { X86_CACHE (DTLB, READ, ACCESS), 0x0568 },
  { X86_CACHE (DTLB, READ, MISS), 0x052c },
  { X86_CACHE (DTLB, WRITE, ACCESS), 0x0669 },
  { X86_CACHE (DTLB, WRITE, MISS), 0x0530 },
  { X86_CACHE (ITLB, READ, MISS), 0x0534 },
  { X86_CACHE (BPU, READ, ACCESS), 0x0028 },
  { X86_CACHE (BPU, READ, MISS), 0x0029 },
};

static const struct zhaoxin_model zhaoxin_models[] =
{
  { MODEL_WUDAOKOU, 0x0700, 0x0709, wudaokou_cache,
    X86_ARRAY_SIZE (wudaokou_cache) },
  { MODEL_LUJIAZUI, 0x0028, 0x0029, lujiazui_cache,
    X86_ARRAY_SIZE (lujiazui_cache) },
};

/* The events of model; unavailable as CPUID has it. */
static void
zhaoxin_events (struct x86_pmu *p, const struct zhaoxin_model *model,
		uint32_t unavailable)
{
  static const uint64_t fixed[] = { INSTRUCTIONS, CYCLES, BUS_CYCLES };
  /* By their bits in CPUID, which are Intel's. */
  const struct { unsigned int generic; uint64_t encoding; } events[] =
    {
      { PERF_COUNT_HW_CPU_CYCLES, CYCLES },
      { PERF_COUNT_HW_INSTRUCTIONS, INSTRUCTIONS },
      { PERF_COUNT_HW_BUS_CYCLES, BUS_CYCLES },
      { PERF_COUNT_HW_CACHE_REFERENCES, CACHE_REFERENCES },
      { PERF_COUNT_HW_CACHE_MISSES, CACHE_MISSES },
      { PERF_COUNT_HW_BRANCH_INSTRUCTIONS, model->branches },
      { PERF_COUNT_HW_BRANCH_MISSES, model->branch_misses },
    };
  unsigned int i;

  for (i = 0; i < X86_ARRAY_SIZE (events); i++)
    if (!(unavailable >> i & 1))
      p->hardware[events[i].generic] = events[i].encoding;
  p->hardware[PERF_COUNT_HW_STALLED_CYCLES_FRONTEND] = STALLED_FRONTEND;
  p->hardware[PERF_COUNT_HW_STALLED_CYCLES_BACKEND] = STALLED_BACKEND;
  for (i = 0; i < X86_ARRAY_SIZE (fixed); i++)
    if (p->fixed >> i & 1)
      p->fixed_encoding[i] = fixed[i];
  p->cache = model->cache;
  p->nr_cache = model->nr_cache;
}

static boolean_t
zhaoxin_detect (struct x86_pmu *p)
{
  unsigned int family, model, i;
  uint32_t unavailable;

  if (!cpuid_vendor_is ("CentaurHauls") && !cpuid_vendor_is ("  Shanghai  "))
    return FALSE;
  cpuid_family_model (&family, &model);
  if (family != FAMILY)
    return FALSE;
  for (i = 0; zhaoxin_models[i].model != model; i++)
    if (i + 1 == X86_ARRAY_SIZE (zhaoxin_models))
      return FALSE;
  if (!intel_perfmon (p, &unavailable) || p->version != VERSION
      || p->general_width <= START_BITS)
    return FALSE;
  p->layout = &zhaoxin_layout;
  p->full_width = FALSE;
  zhaoxin_events (p, &zhaoxin_models[i], unavailable);
  return TRUE;
}

const struct x86_pmu_kind zhaoxin_pmu_kind =
{
  .name = "zhaoxin",
  .number = PERF_PMU_ZHAOXIN,
  .detect = zhaoxin_detect,
};
