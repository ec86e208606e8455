/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock as a PMU: one software event, cpu-clock, in nanoseconds.
 *
 * It serves where the machine has no PMU, and beside one for the software
 * events.  Its overflows come from the clock interrupt, so code that runs
 * with interrupts off is charged to whoever turns them on again, and a
 * period shorter than a tick gives one overflow a tick that stands for
 * several.
 *
 * Where there is no PMU but something else that sends NMIs, these are what
 * drives it: samples come from everywhere then, and thousand times a second.
 */
#ifndef _KERN_PMU_CLOCK_H_
#define _KERN_PMU_CLOCK_H_

#include <kern/pmu/pmu.h>

/* Nanoseconds; below it a tick would stand for more than a hundred periods. */
#define PMU_CLOCK_MIN_PERIOD	100000

/* Events of the clock that one CPU runs at a time. */
#define PMU_CLOCK_SLOTS		16

/* Nanoseconds between NMIs, where they drive it. */
#define PMU_CLOCK_NMI_NS	1000000

extern const struct pmu_ops pmu_clock_ops;

/* There is no PMU: drive the clock by NMIs if the machine can, and say so.
   Boot CPU, before any event. */
void pmu_clock_choose (void);

/* Another CPU takes part.  NMIs come to one alone, so they are given up.
   Before any event. */
void pmu_clock_shared (void);

/* Whether clock interrupts drive it. */
boolean_t pmu_clock_is_interrupt (void);

/* An NMI of pmu_machine_clock_start (). */
void pmu_clock_nmi (int cpu, const struct pmu_regs *regs);

/* The clock interrupt of this CPU: account time, deliver overflows. */
void pmu_clock_tick (int cpu, const struct pmu_regs *regs);

#endif /* _KERN_PMU_CLOCK_H_ */
