/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The high precision event timer as a source of periodic NMIs, for machines
 * whose processor has no counters.  IA-PC HPET Specification 1.0a.
 */
#ifndef _I386_HPET_H_
#define _I386_HPET_H_

#include <kern/pmu/pmu.h>

/* Find a timer that can send messages to the processor's APIC whose number is
   apic_id, and nobody uses.  Boot CPU, before NMIs are wanted; may allocate.
   FALSE: there is none. */
boolean_t hpet_find (unsigned int apic_id);

/* Have it send an NMI every so many nanoseconds, or stop it.  Usable in NMI
   context; started twice it is started. */
void hpet_start (uint32_t nanoseconds);
void hpet_stop (void);

/* Whether an NMI that no counter sent is the timer's: it runs, and the last
   was at least half a period ago.  NMI context. */
boolean_t hpet_sent_nmi (void);

#endif /* _I386_HPET_H_ */
