/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does the PMU that announced itself really count and interrupt?
 *
 * Hypervisors exist that offer the registers and leave them dead, and
 * machines whose overflow interrupt goes nowhere.  So before anybody relies
 * on a PMU it is tried, as rr and kvm-unit-tests do.
 */
#ifndef _KERN_PMU_SELFTEST_H_
#define _KERN_PMU_SELFTEST_H_

#include <kern/pmu/pmu_env.h>

/* Try the PMU in use on the running CPU; print a line of verdict for each
   check, and one for all.  Before any event, after the CPU's pmu_cpu_init ().
   An emulated PMU's model is reset afterwards.  FALSE: it is not to be
   used. */
boolean_t pmu_selftest (void);

#endif /* _KERN_PMU_SELFTEST_H_ */
