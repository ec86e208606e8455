/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intel's architectural performance monitoring as a kind of x86 PMU. */
#ifndef _I386_INTEL_H_
#define _I386_INTEL_H_

#include <i386/x86_pmu.h>

extern const struct x86_pmu_kind intel_pmu_kind;

/* Fill the registers and counters of *p, which is zero, as CPUID 0xa has
   them; other vendors have that leaf too.  *unavailable has a bit for each
   architectural event that is not there.  FALSE: no such leaf, or it makes
   no sense. */
boolean_t intel_perfmon (struct x86_pmu *p, uint32_t *unavailable);

/* Fill p's generic events: the architectural ones that are not in
   unavailable (CPUID 0xa ebx), and the cache events of this model. */
void intel_events (struct x86_pmu *p, uint32_t unavailable);

#endif /* _I386_INTEL_H_ */
