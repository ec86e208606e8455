/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples that the user wants to see, of those there are.
 */
#ifndef PERFREPORT_FILTER_H
#define PERFREPORT_FILTER_H

#include <regex.h>

#include "failure.h"
#include "profile.h"

/* What a sample must have; NULL: anything. */
struct filter {
	const char *task;   /* name */
	const char *thread; /* number */
	const char *dso;    /* the object it ran in */
	const char *symbol; /* the function it ran in, an extended regular expression */
};

/* Leave the samples out that the filter does not let through; each event
   counts them in filtered.  Errors: EXIT_USAGE, no regular expression. */
bool filter_apply(struct profile *profile, const struct filter *filter, struct failure *failure);

#endif /* PERFREPORT_FILTER_H */
