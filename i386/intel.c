/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel architectural performance monitoring, versions 1 to 5, and what
 * later versions keep of them.
 *
 * Version 2 brought fixed counters and the global registers.  Version 3's
 * AnyThread, gone again with 5, is never used.  Version 4 resets the status
 * at the address where it was cleared before, by the same bits.  Version 5
 * may have any set of fixed counters.  Counters can be written in full width
 * where PERF_CAPABILITIES says so, whatever the version.
 *
 * Intel SDM volume 3, "Architectural Performance Monitoring"; the registers
 * are in volume 4, table "IA-32 Architectural MSRs"; CPUID leaf 0xa is in
 * volume 2.
 */

#include <i386/cpuid.h>
#include <i386/emulator.h>
#include <i386/intel.h>

#define CPUID_PERFMON	0xa

#define CPUID_1_ECX_PDCM		(1U << 15)
#define MSR_PERF_CAPABILITIES		0x345
#define CAPABILITY_FULL_WIDTH		(1ULL << 13)

/* Bits of an event select that are not a user's: the driver sets USR, OS,
   INT and EN; PC drives a pin, AnyThread looks into the other thread of the
   core, IN_TX and IN_TXCP change what transactions leave behind. */
#define INTEL_SEL_PC		(1ULL << 19)
#define INTEL_SEL_ANYTHREAD	(1ULL << 21)
#define INTEL_SEL_IN_TX		(1ULL << 32)
#define INTEL_SEL_IN_TXCP	(1ULL << 33)

#define INTEL_RAW_IGNORED \
  (X86_SEL_USR | X86_SEL_OS | X86_SEL_INT | X86_SEL_EN | INTEL_SEL_PC \
   | INTEL_SEL_ANYTHREAD | INTEL_SEL_IN_TX | INTEL_SEL_IN_TXCP)

#define INTEL_RAW_ALLOWED \
  (X86_SEL_EVENT | X86_SEL_UMASK | X86_SEL_EDGE | X86_SEL_INV \
   | X86_SEL_CMASK)

/*
 * Below this an event of the kernel would overflow again in the tail of its
 * own interrupt (some sixty instructions, and what they miss), and nothing
 * else would run; some events of Haswell and Broadwell ask for it too.
 */
#define INTEL_MIN_PERIOD	128

/* Writing a general counter takes 32 bits and extends the sign, but at its
   full-width alias. */
#define INTEL_START_BITS	31

static const struct x86_pmu_layout intel_v1_layout =
{
  .select_base = 0x186,		/* IA32_PERFEVTSEL0 */
  .counter_base = 0xc1,		/* IA32_PMC0 */
  .full_base = 0x4c1,		/* IA32_A_PMC0 */
  .stride = 1,
  .start_bits = INTEL_START_BITS,
  .raw_ignored = INTEL_RAW_IGNORED,
  .raw_allowed = INTEL_RAW_ALLOWED,
  .min_period = INTEL_MIN_PERIOD,
};

static const struct x86_pmu_layout intel_v2_layout =
{
  .select_base = 0x186,
  .counter_base = 0xc1,
  .full_base = 0x4c1,
  .stride = 1,
  .start_bits = INTEL_START_BITS,
  .fixed_base = 0x309,		/* IA32_FIXED_CTR0 */
  .fixed_ctrl = 0x38d,		/* IA32_FIXED_CTR_CTRL */
  .global_ctrl = 0x38f,		/* IA32_PERF_GLOBAL_CTRL */
  .global_status = 0x38e,	/* IA32_PERF_GLOBAL_STATUS */
  .global_ack = 0x390,		/* IA32_PERF_GLOBAL_OVF_CTRL, _STATUS_RESET */
  .debug_ctrl = 0x1d9,		/* IA32_DEBUGCTL */
  .raw_ignored = INTEL_RAW_IGNORED,
  .raw_allowed = INTEL_RAW_ALLOWED,
  .min_period = INTEL_MIN_PERIOD,
};

static unsigned int
minimum (unsigned int a, unsigned int b)
{
  return a < b ? a : b;
}

/* The fixed counters that leaf 0xa tells of: so many, and from version 5 on
   those in a bitmap besides. */
static uint32_t
fixed_counters (unsigned int version, const struct cpuid_regs *r)
{
  uint32_t fixed = (1U << minimum (r->edx & 0x1f, X86_PMU_MAX_FIXED)) - 1;

  if (version >= 5)
    fixed |= r->ecx & ((1U << X86_PMU_MAX_FIXED) - 1);
  return fixed;
}

static boolean_t
has_full_width (void)
{
  struct cpuid_regs r;

  return cpuid_leaf (1, &r) && (r.ecx & CPUID_1_ECX_PDCM)
	 && (cpu_rdmsr (MSR_PERF_CAPABILITIES) & CAPABILITY_FULL_WIDTH);
}

boolean_t
intel_perfmon (struct x86_pmu *p, uint32_t *unavailable)
{
  struct cpuid_regs r;
  uint32_t known;

  if (!cpuid_leaf (CPUID_PERFMON, &r))
    return FALSE;
  p->version = r.eax & 0xff;
  p->nr_general = minimum (r.eax >> 8 & 0xff, X86_PMU_MAX_GENERAL);
  p->general_width = r.eax >> 16 & 0xff;
  if (p->version == 0 || p->nr_general == 0
      || p->general_width <= INTEL_START_BITS || p->general_width > 64)
    return FALSE;

  p->layout = &intel_v1_layout;
  if (p->version >= 2)
    {
      p->layout = &intel_v2_layout;
      p->fixed = fixed_counters (p->version, &r);
      p->fixed_width = r.edx >> 5 & 0xff;
      if (p->fixed_width <= INTEL_START_BITS || p->fixed_width > 64)
	p->fixed = 0;
    }
  p->full_width = has_full_width ();

  /* The leaf tells of so many events; it says nothing of the others. */
  known = r.eax >> 24;
  *unavailable = r.ebx | (known >= 32 ? 0 : ~0U << known);
  return TRUE;
}

static boolean_t
intel_detect (struct x86_pmu *p)
{
  uint32_t unavailable;

  /* The emulator has this PMU on whatever processor it plays that has no
     other. */
  if (!cpuid_vendor_is ("GenuineIntel") && emulator.model_version == 0)
    return FALSE;
  if (!intel_perfmon (p, &unavailable))
    return FALSE;
  intel_events (p, unavailable);
  return TRUE;
}

const struct x86_pmu_kind intel_pmu_kind =
{
  .name = "intel",
  .number = PERF_PMU_INTEL,
  .detect = intel_detect,
};
