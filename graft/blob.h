/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our objects linked at their place behind the kernel's end. */
#ifndef GRAFT_BLOB_H
#define GRAFT_BLOB_H

#include "hooks.h"
#include "tool.h"

#define BUILD_ID_SIZE 20 /* what perf keeps of one */

/* A section of the blob. */
struct blob_section {
	const char *name;
	GElf_Shdr shdr;
	size_t index; /* in the linked file */
};

struct blob {
	char *path;	    /* the linked file, in the scratch folder */
	struct buffer file; /* and its bytes */
	Elf *elf;
	struct symtab symbols;
	struct blob_section *sections;
	size_t nr_sections;
	struct buffer bytes; /* what is loaded, from base on */
	uint64_t base;
	size_t build_id; /* offset in bytes of the BUILD_ID_SIZE bytes of the build-id note */
};

/*
 * Assembles the trampolines and links them with the objects at the first page behind the kernel's
 * end, resolving what they lack against the kernel's symbols. Missing and ambiguous ones are
 * refused, each with its name. map: where ld writes its map, or NULL.  Returns a status; the caller
 * frees in any case.
 */
int blob_link(struct blob *blob, const struct image *image, const struct scratch *scratch,
	      const char *trampolines, char *const *objects, size_t nr_objects, const char *map);
void blob_free(struct blob *blob);

#endif
