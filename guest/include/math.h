/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _MACHPERF_LIBC_MATH_H_
#define _MACHPERF_LIBC_MATH_H_

/* What the compiler can do by itself. */
#define HUGE_VAL __builtin_huge_val()
#define INFINITY __builtin_inff()
#define NAN	 __builtin_nanf("")
#define isnan(x) __builtin_isnan(x)
#define isinf(x) __builtin_isinf_sign(x)
#define fabs(x)	 __builtin_fabs(x)

#endif
