/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What perf_info () and perf_overhead () answer. */
#ifndef _KERN_SAMPLING_INFO_H_
#define _KERN_SAMPLING_INFO_H_

#include <kern/sampling/env.h>

/* Describe this kernel and its PMU; every byte of *info is set. */
void perf_info_fill (struct perf_info_data *info);

/* Add up what profiling has cost; as pmu_call (). */
void perf_overhead_fill (struct perf_overhead_data *overhead);

#endif /* _KERN_SAMPLING_INFO_H_ */
