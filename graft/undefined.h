/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a set of object files needs from the kernel. */
#ifndef GRAFT_UNDEFINED_H
#define GRAFT_UNDEFINED_H

#include "image.h"

/* Sorted names without duplicates; owns them. */
struct names {
	char **all;
	size_t count;
};

/*
 * Names that some object refers to and none defines. An object that is not a relocatable file for
 * the kernel's machine is refused. Returns a status; the caller frees in any case.
 */
int undefined_names(struct names *undefined, const struct image *image, char *const *objects,
		    size_t count);
void names_free(struct names *names);

#endif
