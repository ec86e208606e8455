/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AMD's performance counters as kinds of x86 PMU. */
#ifndef _I386_AMD_H_
#define _I386_AMD_H_

#include <i386/x86_pmu.h>

extern const struct x86_pmu_kind amd_pmu_kind;

/* Fill p's generic events for a processor of this family; v2: it has
   PerfMonV2. */
void amd_events (struct x86_pmu *p, unsigned int family, boolean_t v2);

#endif /* _I386_AMD_H_ */
