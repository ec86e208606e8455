/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every record of a recording, one a line, in the order of the file.
 */
#ifndef PERFREPORT_DUMP_H
#define PERFREPORT_DUMP_H

#include <stdbool.h>

#include "failure.h"

enum dump_form { DUMP_TEXT, DUMP_JSON, DUMP_CSV };

/* Write the records of the recording at path ("-": standard input) to output
   ("-": standard output), as text, as lines of JSON (docs/dump.schema.json),
   or as CSV with a line for each field.
   Memory does not grow with the recording.  Of a recording that was cut the
   records before the cut are written.  Errors: EXIT_INPUT, EXIT_FORMAT,
   EXIT_OUTPUT; EXIT_INCOMPLETE, with all written that can be read. */
bool dump(const char *path, const char *output, enum dump_form form, struct failure *failure);

#endif /* PERFREPORT_DUMP_H */
