/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intel's architectural performance monitoring as a kind of x86 PMU. */
#ifndef _I386_INTEL_H_
#define _I386_INTEL_H_

#include <i386/x86_pmu.h>

/* Architectural events, umask << 8 | event select. */
#define INTEL_LLC_REFERENCES	0x4f2e
#define INTEL_LLC_MISSES	0x412e
#define INTEL_BRANCHES		0x00c4
#define INTEL_BRANCH_MISSES	0x00c5

extern const struct x86_pmu_kind intel_pmu_kind;

/* Fill the registers and counters of *p, which is zero, as CPUID 0xa has
   them; other vendors have that leaf too.  *unavailable has a bit for each
   architectural event that is not there.  FALSE: no such leaf, or it makes
   no sense. */
boolean_t intel_perfmon (struct x86_pmu *p, uint32_t *unavailable);

/* Fill p's generic events: the architectural ones that are not in
   unavailable (CPUID 0xa ebx), and the cache events of this model. */
void intel_events (struct x86_pmu *p, uint32_t unavailable);

/* The cache events of a model, and how many: of one that is not known, those
   that are architectural. */
const struct x86_cache_event *intel_model_events (unsigned int family,
						  unsigned int model,
						  unsigned int *nr);

#endif /* _I386_INTEL_H_ */
