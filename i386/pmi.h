/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of an overflow interrupt (PMI), from the local APIC's NMI to the
 * driver, and the vectored interrupt of deferred work.
 */
#ifndef _I386_PMI_H_
#define _I386_PMI_H_

#include <kern/pmu/pmu.h>

/* The gate of vector 2 before ours: where unknown NMIs are passed on to; 0:
   there was none.  Read by the entry stub. */
extern unsigned long pmi_next_nmi;

/* The register that stops all counters when 0 is written to it; 0: none, or
   no PMU is ready.  Read by the entry stub. */
extern uint32_t pmi_global_msr;

/* Deferred work, called as a device's handler is: on the kernel's interrupt
   stack, interrupts off. */
void pmi_deferred (void);

/* wrap interrupt: what all device interrupts go through. */
void pmi_interrupt (void);

/* Entry stubs, in the width's own directory. */
void pmi_nmi_entry (void);
void pmi_deferred_entry (void);

/* Give this CPU the stack its NMIs run on, and put the gate in place: the
   width's own. */
void pmi_install_nmi (int cpu);

#endif /* _I386_PMI_H_ */
