/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folded stacks as input: the text that stackcollapse scripts, perf's
 * stackcollapse and perfreport folded write, one line a stack:
 *
 *	task;outermost;...;innermost count
 *
 * A line "# event NAME" begins another event, other lines with "#" are
 * comments.  A frame's suffix says what it is: _[k] the kernel, _[j] made at
 * run time, _[i] inlined, _[w] waker.  If a line has one frame only, no line
 * begins with a task.
 */
#ifndef PERFREPORT_FOLDED_H
#define PERFREPORT_FOLDED_H

#include <stdbool.h>
#include <stddef.h>

#include "failure.h"
#include "profile.h"

/* May these bytes be folded stacks?  They are text. */
bool folded_probe(const char *bytes, size_t size);

/* Read them into an initialised profile.  Errors: EXIT_FORMAT, a line that is
   none. */
bool folded_load(struct profile *profile, const char *bytes, size_t size, const char *path,
		 struct failure *failure);

#endif /* PERFREPORT_FOLDED_H */
