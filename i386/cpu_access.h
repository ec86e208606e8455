/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processor's instructions that drivers use, and nothing else, so that
 * the host tests can put the PMU model in their place.
 *
 * Intel SDM volume 2: RDMSR, WRMSR, CPUID, RDTSC, PAUSE.
 */
#ifndef _I386_CPU_ACCESS_H_
#define _I386_CPU_ACCESS_H_

struct cpuid_regs
{
  uint32_t eax, ebx, ecx, edx;
};

static inline uint64_t
cpu_rdmsr (uint32_t msr)
{
  uint32_t low, high;

  asm volatile ("rdmsr" : "=a" (low), "=d" (high) : "c" (msr) : "memory");
  return low | (uint64_t) high << 32;
}

static inline void
cpu_wrmsr (uint32_t msr, uint64_t value)
{
  asm volatile ("wrmsr"
		:: "c" (msr), "a" ((uint32_t) value),
		   "d" ((uint32_t) (value >> 32))
		: "memory");
}

static inline void
cpu_cpuid (uint32_t leaf, struct cpuid_regs *r)
{
  asm volatile ("cpuid"
		: "=a" (r->eax), "=b" (r->ebx), "=c" (r->ecx), "=d" (r->edx)
		: "0" (leaf), "2" (0));
}

static inline uint64_t
cpu_rdtsc (void)
{
  uint32_t low, high;

  asm volatile ("rdtsc" : "=a" (low), "=d" (high));
  return low | (uint64_t) high << 32;
}

static inline void
cpu_pause (void)
{
  asm volatile ("pause" ::: "memory");
}

/* Keep the compiler from moving memory accesses across: enough against code
   that runs on the same processor, as an NMI does. */
static inline void
cpu_barrier (void)
{
  asm volatile ("" ::: "memory");
}

/* The number of the running CPU; a uniprocessor kernel has CPU 0 only.  Not
   for NMI context, where the entry stub passes the number along. */
static inline int
cpu_this (void)
{
  return 0;
}

#endif /* _I386_CPU_ACCESS_H_ */
