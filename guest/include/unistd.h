/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _MACHPERF_LIBC_UNISTD_H_
#define _MACHPERF_LIBC_UNISTD_H_

#include <sys/types.h>

/* FD is 1 or 2: to the agent, or to the console without one. */
ssize_t write(int fd, const void *buffer, size_t size);

#endif
