/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a view goes: a file that appears whole or not at all, or standard
 * output.
 */
#ifndef PERFREPORT_OUTPUT_H
#define PERFREPORT_OUTPUT_H

#include <stdbool.h>

#include "failure.h"
#include "text.h"

/* One being written. */
struct output {
	const char *path; /* for messages too */
	char *temporary;  /* NULL: written in place */
	int fd;
};

/* Write text to path ("-": standard output).  A file is written beside its
   place under another name and renamed, unless path is no regular file (a
   pipe, /dev/null).  Errors: EXIT_OUTPUT, nothing left behind. */
bool output_write(const char *path, const struct text *text, struct failure *failure);

/* The same a piece at a time.  After output_begin() succeeded, output_end() is
   to be called: with good, all of it appears; without, nothing is left behind,
   failure stays as it was, and false is returned. */
bool output_begin(struct output *output, const char *path, struct failure *failure);
bool output_add(struct output *output, const struct text *text, struct failure *failure);
bool output_end(struct output *output, bool good, struct failure *failure);

#endif /* PERFREPORT_OUTPUT_H */
