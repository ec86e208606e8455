/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock as a PMU: one software event, cpu-clock, in nanoseconds.
 *
 * It serves where the machine has no PMU, and beside one for the software
 * events.  Its overflows come from the clock interrupt, so code that runs
 * with interrupts off is charged to whoever turns them on again, and a
 * period shorter than a tick gives one overflow a tick that stands for
 * several.
 */
#ifndef _KERN_PMU_CLOCK_H_
#define _KERN_PMU_CLOCK_H_

#include <kern/pmu/pmu.h>

/* Nanoseconds; below it a tick would stand for more than a hundred periods. */
#define PMU_CLOCK_MIN_PERIOD	100000

/* Events of the clock that one CPU runs at a time. */
#define PMU_CLOCK_SLOTS		16

extern const struct pmu_ops pmu_clock_ops;

/* The clock interrupt of this CPU: account time, deliver overflows. */
void pmu_clock_tick (int cpu, const struct pmu_regs *regs);

#endif /* _KERN_PMU_CLOCK_H_ */
