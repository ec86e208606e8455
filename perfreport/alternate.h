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
	bool missing;  /* it is referred to, but not here */
	void *nothing; /* what is referred to then */
};

/* Find the file that dwarf, of files->dwarf, refers to if it does, by its name
   and by its build-id, and let dwarf refer there.  alternate_close() it after
   the end of dwarf. */
void alternate_open(struct alternate *alternate, const struct search *search, Dwarf *dwarf,
		    const struct object_files *files);
void alternate_close(struct alternate *alternate);

#endif /* PERFREPORT_ALTERNATE_H */
