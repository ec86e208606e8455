/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work on other CPUs.
 *
 * What hangs on a CPU's counters is changed on that CPU only.  Whoever wants
 * it changed elsewhere asks there by an interrupt and waits until it is done,
 * so that a caller knows, as an example, that nothing is counted any more
 * once it has switched an event off.
 */
#ifndef _KERN_PMU_CALL_H_
#define _KERN_PMU_CALL_H_

#include <kern/pmu/pmu_env.h>

/* The CPUs that take part, by their bits.  Set by pmu_cpu_init (), before the
   first event. */
extern volatile unsigned long pmu_cpus;

/*
 * Run work (argument) on each of cpus, which all take part, and return when
 * it is done everywhere; on the calling CPU it runs without an interrupt.
 * Work runs with interrupts off and must not call this.  What the CPUs read
 * and write for work is ordered by the call and by its return.
 *
 * Thread or interrupt context; the caller holds no lock that work on another
 * CPU, or code there that has its interrupts off, might wait for.
 */
void pmu_call (unsigned long cpus, void (*work) (void *), void *argument);

/* Run what was asked of this CPU.  Interrupt context, interrupts off. */
void pmu_called (int cpu);

#endif /* _KERN_PMU_CALL_H_ */
