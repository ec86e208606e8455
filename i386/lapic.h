/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of the local APIC that overflow interrupts and deferred work
 * need.  Intel SDM volume 3, "Advanced Programmable Interrupt Controller".
 */
#ifndef _I386_LAPIC_H_
#define _I386_LAPIC_H_

#include <kern/pmu/pmu_env.h>

/* Find this machine's local APIC and map it.  Boot CPU, before NMIs; may
   allocate.  FALSE: there is none, it is off, or it is in x2APIC mode. */
boolean_t lapic_init (void);

/* Deliver counter overflows to this CPU as NMI, or keep them from it.  The
   processor itself masks them at each delivery.  Usable in NMI context. */
void lapic_pmi_unmask (void);
void lapic_pmi_mask (void);
boolean_t lapic_pmi_masked (void);

/* Interrupt this CPU at the vector as soon as its interrupts are on.  Usable
   in NMI context.  FALSE: the APIC was too busy to take it. */
boolean_t lapic_self_interrupt (unsigned int vector);

/* The number this CPU is known by to the others' APICs. */
unsigned int lapic_id (void);

/* Interrupt the CPU whose number is id at the vector.  Interrupts off, not in
   NMI context.  FALSE: this CPU's APIC was too busy to take it. */
boolean_t lapic_interrupt (unsigned int id, unsigned int vector);

/* End of a vectored interrupt. */
void lapic_eoi (void);

#endif /* _I386_LAPIC_H_ */
