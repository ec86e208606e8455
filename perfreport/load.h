/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the bytes of a perf.data to a profile.
 */
#ifndef PERFREPORT_LOAD_H
#define PERFREPORT_LOAD_H

#include <stdbool.h>

#include "failure.h"
#include "profile.h"

/* Read the recording at path ("-": standard input) into an initialised
   profile.  A recording that was cut is read up to the cut, and
   profile->incomplete says so.  Errors: EXIT_INPUT, EXIT_FORMAT. */
bool load(struct profile *profile, const char *path, struct failure *failure);

#endif /* PERFREPORT_LOAD_H */
