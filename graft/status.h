/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How graft reports: one clear line on standard error, and an exit code that
 * says what kind of thing went wrong.
 */
#ifndef GRAFT_STATUS_H
#define GRAFT_STATUS_H

#include <stddef.h>

enum {
	STATUS_OK = 0,
	STATUS_REFUSED = 1, /* the inputs were read, and what they ask for is unsafe or disagrees */
	STATUS_USAGE = 2,   /* wrong command line */
	STATUS_FAILED = 3,  /* a file or a tool let us down */
};

/* Prints "graft: MESSAGE"; returns STATUS_REFUSED. */
int refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "graft: MESSAGE"; returns STATUS_FAILED. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Allocation that cannot fail: says so and exits with STATUS_FAILED. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xformat(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
