/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug information that dwz moved out of several files into one they share:
 * .gnu_debugaltlink names it (DWARF 5, "supplementary object files").
 */
#ifndef PERFREPORT_ALTERNATE_H
#define PERFREPORT_ALTERNATE_H

#include <elfutils/libdw.h>

#include "object_files.h"

/* All zero is none. */
struct alternate {
	struct elf_file file;
	Dwarf *dwarf;
};

/* Find the file that dwarf, of the file at path, refers to if it does, and let
   it refer there.  alternate_close() it after the end of dwarf. */
void alternate_open(struct alternate *alternate, const struct search *search, Dwarf *dwarf,
		    const char *path);
void alternate_close(struct alternate *alternate);

#endif /* PERFREPORT_ALTERNATE_H */
