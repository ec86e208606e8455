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

/* Go round n times: nine instructions with one load, 4160 bytes behind the one
   before, from start on; one store; and two branches, one of them as good as
   random. */
void loop_walk(unsigned long n, const void *start);

/* Go round n times, each through LOOP_PAGES lines of code, each in a page of its
   own: a jump each, and two more instructions with a branch. */
#define LOOP_PAGES 80
void loop_pages(unsigned long n);

/* The generic events of this PMU: each on work whose events are known. */
struct pmu_description;
void probe_generic_events(const struct pmu_description *d);

/* A line on the console; one that is not good fails the test. */
void probe_check(const char *what, boolean_t good, unsigned long got, unsigned long wanted);

/* A handler that had the NMI's vector before us; it counts. */
void earlier_nmi(void);
extern volatile unsigned long earlier_nmis;

extern unsigned char probe_ready;

void probe_register_boot_data(phys_addr_t start, phys_addr_t end, boolean_t temporary);
void probe_bootstrap_create(void);
void probe_clock_interrupt(int usec, boolean_t user, boolean_t base, vm_offset_t pc);

#endif
