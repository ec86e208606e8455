/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AMD's performance counters: four at the addresses they have always had, six
 * at addresses of their own (PerfCtrExtCore), and these with registers that
 * stop them all and tell which overflowed (PerfMonV2).
 *
 * AMD64 Architecture Programmer's Manual volume 2, "Performance Monitoring
 * Counters"; CPUID functions 8000_0001h and 8000_0022h in volume 3.
 */

#include <i386/amd.h>
#include <i386/cpuid.h>

#define CPUID_FEATURES			0x80000001U
#define CPUID_FEATURES_ECX_CORE		(1U << 23)	/* PerfCtrExtCore */
#define CPUID_PERFMON			0x80000022U
#define CPUID_PERFMON_EAX_V2		(1U << 0)
#define CPUID_PERFMON_EBX_COUNTERS	0xf

#define NR_LEGACY	4
#define NR_CORE		6
#define WIDTH		48

#define FAMILY_FIRST		6	/* K7; older ones have other counters */
#define FAMILY_BULLDOZER	0x15

/* Family 15h can count most events on these only. */
#define NR_BULLDOZER	3

/* Of an event select: bits 11:8 of the event. */
#define AMD_SEL_EVENT_HIGH	(0xfULL << 32)

#define AMD_RAW_IGNORED \
  (X86_SEL_USR | X86_SEL_OS | X86_SEL_INT | X86_SEL_EN)

#define AMD_RAW_ALLOWED \
  (X86_SEL_EVENT | X86_SEL_UMASK | X86_SEL_EDGE | X86_SEL_INV \
   | X86_SEL_CMASK | AMD_SEL_EVENT_HIGH)

/* As for Intel: an interrupt's tail must not overflow the counter again. */
#define AMD_MIN_PERIOD	128

/* Counters are written in full width; half of it is kept, as everywhere, for
   what is counted until the interrupt is served. */
#define AMD_START_BITS	(WIDTH - 1)

static const struct x86_pmu_layout amd_legacy_layout =
{
  .select_base = 0xc0010000,	/* PerfEvtSel0 */
  .counter_base = 0xc0010004,	/* PerfCtr0 */
  .stride = 1,
  .start_bits = AMD_START_BITS,
  .late_interrupts = TRUE,
  .raw_ignored = AMD_RAW_IGNORED,
  .raw_allowed = AMD_RAW_ALLOWED,
  .min_period = AMD_MIN_PERIOD,
};

static const struct x86_pmu_layout amd_core_layout =
{
  .select_base = 0xc0010200,	/* Core::X86::Msr::PERF_CTL */
  .counter_base = 0xc0010201,	/* Core::X86::Msr::PERF_CTR */
  .stride = 2,
  .start_bits = AMD_START_BITS,
  .late_interrupts = TRUE,
  .raw_ignored = AMD_RAW_IGNORED,
  .raw_allowed = AMD_RAW_ALLOWED,
  .min_period = AMD_MIN_PERIOD,
};

static const struct x86_pmu_layout amd_v2_layout =
{
  .select_base = 0xc0010200,
  .counter_base = 0xc0010201,
  .stride = 2,
  .start_bits = AMD_START_BITS,
  .global_ctrl = 0xc0000301,	/* PerfCntrGlobalCtl */
  .global_status = 0xc0000300,	/* PerfCntrGlobalStatus */
  .global_ack = 0xc0000302,	/* PerfCntrGlobalStatusClr */
  .debug_ctrl = 0x1d9,		/* DebugCtl */
  .late_interrupts = TRUE,
  .raw_ignored = AMD_RAW_IGNORED,
  .raw_allowed = AMD_RAW_ALLOWED,
  .min_period = AMD_MIN_PERIOD,
};

static boolean_t
is_amd (void)
{
  return cpuid_vendor_is ("AuthenticAMD") || cpuid_vendor_is ("HygonGenuine");
}

static boolean_t
amd_detect (struct x86_pmu *p)
{
  unsigned int family, model;
  struct cpuid_regs r;

  if (!is_amd ())
    return FALSE;
  cpuid_family_model (&family, &model);
  if (family < FAMILY_FIRST)
    return FALSE;

  p->version = 1;
  p->general_width = WIDTH;
  p->layout = &amd_legacy_layout;
  p->nr_general = NR_LEGACY;
  if (cpuid_leaf (CPUID_FEATURES, &r) && (r.ecx & CPUID_FEATURES_ECX_CORE))
    {
      p->layout = &amd_core_layout;
      p->nr_general = NR_CORE;
    }
  if (p->layout == &amd_core_layout && cpuid_leaf (CPUID_PERFMON, &r)
      && (r.eax & CPUID_PERFMON_EAX_V2)
      && (r.ebx & CPUID_PERFMON_EBX_COUNTERS) != 0)
    {
      p->version = 2;
      p->layout = &amd_v2_layout;
      p->nr_general = r.ebx & CPUID_PERFMON_EBX_COUNTERS;
    }
  if (family == FAMILY_BULLDOZER)
    p->nr_general = NR_BULLDOZER;
  amd_events (p, family, p->version == 2);
  return TRUE;
}

const struct x86_pmu_kind amd_pmu_kind =
{
  .name = "amd",
  .number = PERF_PMU_AMD,
  .detect = amd_detect,
};
