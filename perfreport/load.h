/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the bytes of a perf.data to a profile.
 */
#ifndef PERFREPORT_LOAD_H
#define PERFREPORT_LOAD_H

#include <stdbool.h>

#include "failure.h"
#include "profile.h"

/* What of the samples is wanted beyond their number. */
enum load_what {
	LOAD_NAMES = 1,	  /* where they fell: call trees and cells */
	LOAD_MOMENTS = 2, /* and when each was taken; goes with LOAD_NAMES */
	LOAD_EXACT = 4,	  /* frames that ran are of one address; likewise */
	LOAD_INLINED = 8, /* frames of inlined functions too; likewise */
	LOAD_LINES = 16,  /* frames are of one source line; likewise */
	LOAD_WALL = 32,	  /* time on the CPU and blocked as one event, wall.h; likewise */
};

/* Read the recording at path ("-": standard input), a perf.data or folded
   stacks, into an initialised profile; if it is a bundle, the files of symbols
   too are those in it.  A recording that was cut is read up to the cut, and
   profile->incomplete says so.  what: a sum of LOAD_*; without LOAD_NAMES no
   file but the recording is opened.  Errors: EXIT_INPUT, EXIT_FORMAT. */
bool load(struct profile *profile, const char *path, unsigned int what, struct failure *failure);

#endif /* PERFREPORT_LOAD_H */
