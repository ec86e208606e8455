/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _MACHPERF_LIBC_LIMITS_H_
#define _MACHPERF_LIBC_LIMITS_H_

#define CHAR_BIT   8
#define SCHAR_MIN  (-128)
#define SCHAR_MAX  127
#define UCHAR_MAX  255
#define CHAR_MIN   SCHAR_MIN
#define CHAR_MAX   SCHAR_MAX
#define SHRT_MIN   (-32768)
#define SHRT_MAX   32767
#define USHRT_MAX  65535
#define INT_MIN	   (-INT_MAX - 1)
#define INT_MAX	   2147483647
#define UINT_MAX   4294967295U
#define LONG_MIN   (-LONG_MAX - 1)
#define LONG_MAX   __LONG_MAX__
#define ULONG_MAX  (2UL * LONG_MAX + 1)
#define LONG_WIDTH __LONG_WIDTH__
#define LLONG_MIN  (-LLONG_MAX - 1)
#define LLONG_MAX  __LONG_LONG_MAX__
#define ULLONG_MAX (2ULL * LLONG_MAX + 1)

#endif
