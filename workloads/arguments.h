/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numeric command lines, the same way in every workload. */
#ifndef WORKLOADS_ARGUMENTS_H
#define WORKLOADS_ARGUMENTS_H

#include <limits.h>

/* What a limit is where numbers have 32 bits. */
#define ARGUMENT_LIMIT(n) ((n) < ULONG_MAX ? (unsigned long)(n) : ULONG_MAX)

struct argument {
	const char *name; /* as in the usage line */
	const char *what; /* one line of help */
	unsigned long standard, min, max;
};

struct program {
	const char *name;
	const char *what; /* one line of help */
	const struct argument *arguments;
	unsigned nr_arguments;
};

/* Fill VALUES, one for each argument, from the command line; those not given
   have their standard value.  --help prints how to use the program and ends
   the task with status 0; a bad argument is named, with status 2. */
void arguments_read(const struct program *program, int argc, char **argv, unsigned long *values);

#endif
