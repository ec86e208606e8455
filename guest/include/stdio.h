/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _MACHPERF_LIBC_STDIO_H_
#define _MACHPERF_LIBC_STDIO_H_

#include <stdarg.h>
#include <stddef.h>

/* Formats: flags - 0, width, precision of strings, h l ll z, and
   d i u x X p c s %.  Output is not kept: a call is one write, or
   several if it is longer than 1024 bytes. */
int printf(const char *restrict format, ...) __attribute__((format(printf, 1, 2)));
int dprintf(int fd, const char *restrict format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *restrict to, size_t size, const char *restrict format, ...)
    __attribute__((format(printf, 3, 4)));
int vsnprintf(char *restrict to, size_t size, const char *restrict format, va_list arguments)
    __attribute__((format(printf, 3, 0)));
int puts(const char *s);

#endif
