/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Zhaoxin's performance counters as a kind of x86 PMU. */
#ifndef _I386_ZHAOXIN_H_
#define _I386_ZHAOXIN_H_

#include <i386/x86_pmu.h>

extern const struct x86_pmu_kind zhaoxin_pmu_kind;

#endif /* _I386_ZHAOXIN_H_ */
