/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What perf_info () answers. */
#ifndef _KERN_SAMPLING_INFO_H_
#define _KERN_SAMPLING_INFO_H_

#include <kern/sampling/env.h>

/* Describe this kernel and its PMU; every byte of *info is set. */
void perf_info_fill (struct perf_info_data *info);

#endif /* _KERN_SAMPLING_INFO_H_ */
