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

/* Its low half: enough for differences of a few seconds. */
static inline uint32_t
cpu_rdtsc_low (void)
{
  uint32_t low, high;

  asm volatile ("rdtsc" : "=a" (low), "=d" (high));
  return low;
}

static inline void
cpu_pause (void)
{
  asm volatile ("pause" ::: "memory");
}

/* Turn this processor's interrupts off; the answer goes to
   cpu_irq_restore (). */
static inline unsigned long
cpu_irq_save (void)
{
  unsigned long flags;

  asm volatile ("pushf; pop %0; cli" : "=rm" (flags) :: "memory");
  return flags;
}

static inline void
cpu_irq_restore (unsigned long flags)
{
  asm volatile ("push %0; popf" :: "rm" (flags) : "memory", "cc");
}

/* Keep the compiler from moving memory accesses across: enough against code
   that runs on the same processor, as an NMI does. */
static inline void
cpu_barrier (void)
{
  asm volatile ("" ::: "memory");
}

/* Order this processor's stores before its later loads, as others see them;
   x86 keeps every other order by itself. */
static inline void
cpu_fence (void)
{
#if KERNEL_SMP
  __sync_synchronize ();
#else
  cpu_barrier ();
#endif
}

/*
 * The number of the running CPU, in any context: NMI code may not ask %gs,
 * which may still be the user's.  So the number stands in the limit of the
 * interrupt descriptor table, which each CPU has its own register for:
 * idt_number_cpu () makes the limit larger than the table by 1 + number.
 * Intel SDM volume 2, SIDT.
 *
 * CPU_UNKNOWN on a CPU that was not given its number yet.
 */
#define CPU_LIMIT_MASK	63U
#define CPU_UNKNOWN	63

static inline int
cpu_this (void)
{
#if KERNEL_SMP
  struct
  {
    uint16_t limit;
    unsigned long base;
  } __attribute__ ((packed)) idtr;

  asm ("sidt %0" : "=m" (idtr));
  return idtr.limit & CPU_LIMIT_MASK;
#else
  return 0;
#endif
}

#endif /* _I386_CPU_ACCESS_H_ */
