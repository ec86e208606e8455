/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols of code made at run time: /tmp/perf-PID.map, which the program that
 * makes it writes; a line "START SIZE NAME" for each, in hex (Linux,
 * tools/perf/Documentation/jit-interface.txt).
 */
#ifndef PERFREPORT_JIT_MAP_H
#define PERFREPORT_JIT_MAP_H

#include <stdbool.h>

#include "object_files.h"
#include "symtab.h"

/* Is there a map at path, below the search's root or in its bundle? */
bool jit_map_is_there(const struct search *search, const char *path);

/* Read the map at path, below the search's root or out of its bundle.  NULL, or
   why there are no symbols, static; *file is where they came from. */
const char *jit_map_read(struct symtab *symtab, const struct search *search, const char *path,
			 char **file);

#endif /* PERFREPORT_JIT_MAP_H */
