/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the PMU code takes from its surroundings: the kernel's types and the
 * processor.
 *
 * This is the one header of the PMU half that is swapped: the host tests
 * have their own pmu_env.h, with the same types and with the processor's
 * instructions played by the PMU model.  So everything under kern/pmu, and
 * the drivers under i386, may include this and each other's headers only.
 */
#ifndef _KERN_PMU_PMU_ENV_H_
#define _KERN_PMU_PMU_ENV_H_

#include KERNEL_TYPES		/* made from the kernel's debug information */
#include <mach/perf_event.h>

#ifndef TRUE
#define TRUE	1
#define FALSE	0
#endif

#ifndef KERN_SUCCESS
#define KERN_SUCCESS		0	/* <mach/kern_return.h> */
#define KERN_INVALID_ARGUMENT	4
#define KERN_INVALID_VALUE	18
#endif

/* Processors that the kernel we are grafted onto is made for, its NCPUS; the
   build says of which kind it is. */
#if KERNEL_SMP
#define PMU_MAX_CPUS	8
#else
#define PMU_MAX_CPUS	1
#endif

extern int printf (const char *, ...);

#include <i386/cpu_access.h>

#endif /* _KERN_PMU_PMU_ENV_H_ */
