/* SPDX-License-Identifier: GPL-2.0-or-later */
/* C types of the arguments of <mach/perf.defs>. */
#ifndef _MACH_PERF_TYPES_H_
#define _MACH_PERF_TYPES_H_

typedef char perf_bytes_t[512];
typedef char perf_build_id_t[24];
typedef char perf_name_t[128];

#endif /* _MACH_PERF_TYPES_H_ */
