/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _MACHPERF_LIBC_ERRNO_H_
#define _MACHPERF_LIBC_ERRNO_H_

extern int errno;

#define ENOENT 2
#define EINTR  4
#define EIO    5
#define ENOMEM 12
#define EACCES 13
#define EINVAL 22
#define ERANGE 34

#endif
