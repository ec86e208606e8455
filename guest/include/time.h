/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _MACHPERF_LIBC_TIME_H_
#define _MACHPERF_LIBC_TIME_H_

#include <stddef.h>

/* Time has no clock here: only what interfaces need to be declared. */
typedef long time_t;

struct tm {
	int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
};

#endif
