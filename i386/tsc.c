/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time stamp counter as a clock; see tsc.h.
 *
 * ns = tsc * multiplier >> shift, with a multiplier of 32 bits and the TSC
 * taken in two halves, so that nothing overflows and neither a division nor
 * 128 bits are needed.  At 1 GHz the result is the TSC itself, exactly.
 *
 * Intel SDM volume 3, "Time-Stamp Counter".
 */

#include <i386/cpuid.h>
#include <i386/tsc.h>
#include <kern/pmu/pmu.h>

#define CPUID_TSC		0x15
#define CPUID_FREQUENCY		0x16

#define KHZ_PER_MHZ		1000
#define NS_PER_MS		1000000ULL

/* Set once, before the clock is read in anger. */
static uint32_t rate_khz;
static uint32_t multiplier = 1;
static unsigned int shift;

void
tsc_set_rate (uint32_t khz)
{
  uint64_t m = 1;
  unsigned int s = 0;

  rate_khz = khz;
  if (khz != 0)
    {
      for (s = 32; (m = (NS_PER_MS << s) / khz) >> 32; s--)
	continue;
    }
  multiplier = m;
  shift = s;
}

uint32_t
tsc_khz (void)
{
  return rate_khz;
}

uint64_t
pmu_cycles_ns (uint64_t tsc)
{
  return (((tsc >> 32) * multiplier) << (32 - shift))
	 + ((tsc & 0xffffffff) * multiplier >> shift);
}

uint64_t
pmu_clock_ns (void)
{
  return pmu_cycles_ns (cpu_rdtsc ());
}

uint32_t
tsc_announced_khz (void)
{
  struct cpuid_regs r;
  uint64_t khz;

  if (cpuid_leaf (CPUID_TSC, &r) && r.eax != 0 && r.ebx != 0 && r.ecx != 0)
    {
      khz = (uint64_t) r.ecx * r.ebx / r.eax / 1000;
      if (khz != 0 && khz >> 32 == 0)
	return khz;
    }
  if (cpuid_leaf (CPUID_FREQUENCY, &r))
    return (r.eax & 0xffff) * KHZ_PER_MHZ;
  return 0;
}
