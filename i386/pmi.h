/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of an overflow interrupt (PMI), from the local APIC's NMI to the
 * driver, and the vectored interrupt of deferred work.
 */
#ifndef _I386_PMI_H_
#define _I386_PMI_H_

#include <kern/pmu/pmu.h>

/* How NMIs fared; owner: the CPU. */
struct pmi_stats
{
  unsigned long nmis;		/* all of them */
  unsigned long unknown;	/* not ours: passed on, or nobody's */
};

extern struct pmi_stats pmi_stats[PMU_MAX_CPUS];

/* The gate of vector 2 before ours: where unknown NMIs are passed on to; 0:
   there was none.  Read by the entry stub. */
extern unsigned long pmi_next_nmi;

/* The register that stops all counters when 0 is written to it; 0: none, or
   no PMU is ready.  Read by the entry stub. */
extern uint32_t pmi_global_msr;

/* What the entry stub of an NMI makes on its stack; nmi.S knows the layout. */
struct pmi_frame
{
  struct pmu_regs regs;
  unsigned long not_ours;	/* set for the stub: pass the NMI on */
};

/* Called by the entry stub of an NMI.  Returns what to write to the register
   pmi_global_msr. */
uint64_t pmi_nmi (int cpu, struct pmi_frame *frame);

/* Called by the entry stub of the deferred-work interrupt, on the kernel's
   interrupt stack with interrupts off. */
void pmi_deferred (void);

/* Entry stubs, in the width's own directory. */
void pmi_nmi_entry (void);
void pmi_deferred_entry (void);

/* Give this CPU the stack its NMIs run on, and put the gate in place: the
   width's own. */
void pmi_install_nmi (int cpu);

#endif /* _I386_PMI_H_ */
