/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's DWARF says of functions: inlined copies, arguments, where they are. */
#ifndef GRAFT_DEBUGINFO_H
#define GRAFT_DEBUGINFO_H

#include "hooks.h"

/* A function that holds inlined copies of another. */
struct inlined {
	const char *function;
	const char *cu; /* its source file */
};

/* Facts about one function. Strings belong to the debug information and live as long as it. */
struct function_info {
	bool found;	      /* it has a DW_TAG_subprogram */
	unsigned nr_args;     /* formal parameters */
	unsigned arg_words;   /* machine words they take */
	bool variadic;	      /* it takes more arguments than it names */
	bool large_args;      /* one is larger than a word */
	unsigned result_size; /* bytes; 0: void */
	bool own_unit_sites;  /* called from its own compilation unit, as far as is known */
	struct inlined *inlined;
	size_t nr_inlined;
};

struct debuginfo {
	struct Dwarf *dwarf;
	struct function_info *functions; /* one for each hook, in their order */
	size_t count;
};

/* Looks all hooked functions up; after sites_find. Returns a status; the caller frees in any case.
 */
int debuginfo_read(struct debuginfo *info, const struct image *image, const struct hooks *hooks);
void debuginfo_free(struct debuginfo *info);

#endif
