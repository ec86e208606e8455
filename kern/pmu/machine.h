/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kern/pmu asks of the machine-dependent half.
 */
#ifndef _KERN_PMU_MACHINE_H_
#define _KERN_PMU_MACHINE_H_

#include <kern/pmu/pmu.h>

/* The drivers of this machine's PMUs, tried in this order; NULL ended. */
extern const struct pmu_ops *const pmu_machine_drivers[];

/* Learn what the processor says of itself: time base, emulator.  Boot CPU,
   first of all. */
void pmu_machine_init (void);

/* Open the way of this CPU's overflow interrupt: gate and stack, then the
   local APIC with the interrupt still masked.  FALSE: there is none, and no
   PMU that needs it may be used. */
boolean_t pmu_machine_cpu_init (int cpu);

/* Run pmu_deferred () on this CPU in interrupt context soon.  Usable in NMI
   context.  FALSE: this machine cannot; the next clock interrupt serves. */
boolean_t pmu_machine_defer (void);

/* The same on another CPU, that takes part. */
boolean_t pmu_machine_interrupt (int cpu);

/* Find something that interrupts this CPU, the boot CPU, by an NMI at regular
   times without a PMU; after pmu_machine_cpu_init ().  FALSE: there is
   nothing. */
boolean_t pmu_machine_clock_find (void);

/* Have it do so every so many nanoseconds, or stop it; any context.  The NMI
   comes in at pmu_clock_nmi (). */
void pmu_machine_clock_start (uint32_t nanoseconds);
void pmu_machine_clock_stop (void);

/* Fill in the machine's part of *description. */
void pmu_machine_describe (struct pmu_description *description);

/* Served by kern/pmu: the deferred work of this CPU, in interrupt context,
   interrupts off. */
void pmu_deferred (int cpu);

/* Deliver overflows of event to whoever counts.  Called by drivers. */
extern pmu_overflow_t pmu_overflow;

/* How deep the pmu_disable () pairs of this CPU nest.  Owner: that CPU; its
   NMI leaves it as it found it.  Drivers hold it up while they serve an
   overflow, so that nothing the callback does turns the counters on. */
extern volatile unsigned int pmu_nest[PMU_MAX_CPUS];

#endif /* _KERN_PMU_MACHINE_H_ */
