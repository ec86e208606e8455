/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time stamp counter as a clock of nanoseconds. */
#ifndef _I386_TSC_H_
#define _I386_TSC_H_

#include <kern/pmu/pmu_env.h>

/* The TSC's rate is khz; from now on pmu_clock_ns () counts nanoseconds.
   0: unknown, and it counts the TSC's own units. */
void tsc_set_rate (uint32_t khz);

/* The rate set; 0: unknown. */
uint32_t tsc_khz (void);

/* The rate in kHz as the processor tells it (CPUID leaves 0x15, 0x16);
   0: it does not. */
uint32_t tsc_announced_khz (void);

#endif /* _I386_TSC_H_ */
