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

/* Write text to path ("-": standard output).  A file is written beside its
   place under another name and renamed, unless path is no regular file (a
   pipe, /dev/null).  Errors: EXIT_OUTPUT, nothing left behind. */
bool output_write(const char *path, const struct text *text, struct failure *failure);

#endif /* PERFREPORT_OUTPUT_H */
