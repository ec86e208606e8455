/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As NDEBUG says at each inclusion, so without a guard. */
#undef assert
#if defined NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) ((condition) ? (void)0 : __builtin_trap())
#endif
