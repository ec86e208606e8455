/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loops of the PMU probe (loops.S), and its hooks (hooks.list). */
#ifndef TESTS_GUEST_PMU_PROBE_H
#define TESTS_GUEST_PMU_PROBE_H

#include <kern/pmu/pmu_env.h>

/* Go round n times: two instructions, one of them a branch, each.  The code
   of the first ends where the second begins, its own at loop_end. */
void loop_first(unsigned long n);
void loop_second(unsigned long n);
extern const char loop_end[];

/* A handler that had the NMI's vector before us; it counts. */
void earlier_nmi(void);
extern volatile unsigned long earlier_nmis;

extern unsigned char probe_ready;

void probe_register_boot_data(phys_addr_t start, phys_addr_t end, boolean_t temporary);
void probe_bootstrap_create(void);
void probe_clock_interrupt(int usec, boolean_t user, boolean_t base, vm_offset_t pc);

#endif
