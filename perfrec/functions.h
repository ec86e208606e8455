/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions of a program or kernel, by address. */
#ifndef PERFREC_FUNCTIONS_H
#define PERFREC_FUNCTIONS_H

#include "elf_file.h"

struct function {
	uint64_t start, end; /* addresses as the program is linked; end exclusive */
	const char *name;    /* in the ELF file */
	unsigned int rank;   /* of several with one start the least stays */
	uint64_t reach;	     /* the highest end of this function and those before */
};

/* In order of start, one for each.  All 0 is none. */
struct functions {
	struct function *list;
	size_t nr, room;
};

/* Take the functions from the symbol table of a file, which stays open as long
   as they are used; a file without one has none.  false: out of memory. */
bool functions_read(struct functions *functions, const struct elf_file *file);

/* The innermost function at an address; NULL: unknown. */
const struct function *functions_find(const struct functions *functions, uint64_t address);

void functions_free(struct functions *functions);

#endif /* PERFREC_FUNCTIONS_H */
