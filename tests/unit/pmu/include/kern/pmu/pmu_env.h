/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The surroundings of the PMU code in host tests, in place of the kernel's
 * header of the same name: its types, and a processor played by machine.c on
 * the PMU model.
 */
#ifndef _KERN_PMU_PMU_ENV_H_
#define _KERN_PMU_PMU_ENV_H_

#include <stdint.h>
#include <mach/perf_event.h>

typedef int boolean_t;
typedef int kern_return_t;
typedef unsigned long phys_addr_t, vm_size_t;

#define TRUE  1
#define FALSE 0

#define KERN_SUCCESS	      0
#define KERN_INVALID_ARGUMENT 4
#define KERN_INVALID_VALUE    18

#define PMU_MAX_CPUS 4

struct cpuid_regs {
	uint32_t eax, ebx, ecx, edx;
};

/* The kernel's own: what it says goes to the machine's console. */
int console_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define printf console_printf

uint64_t cpu_rdmsr(uint32_t msr);
void cpu_wrmsr(uint32_t msr, uint64_t value);
void cpu_cpuid(uint32_t leaf, struct cpuid_regs *r);
uint64_t cpu_rdtsc(void);
static inline uint32_t cpu_rdtsc_low(void)
{
	return (uint32_t)cpu_rdtsc();
}

void cpu_pause(void);

static inline void cpu_barrier(void)
{
	asm volatile("" ::: "memory");
}

static inline unsigned long cpu_irq_save(void)
{
	return 0;
}

static inline void cpu_irq_restore(unsigned long flags)
{
	(void)flags;
}

static inline void cpu_fence(void)
{
}

static inline int cpu_this(void)
{
	return 0;
}

#endif
