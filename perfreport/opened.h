/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that naming and annotating opened: what a bundle must hold.
 */
#ifndef PERFREPORT_OPENED_H
#define PERFREPORT_OPENED_H

#include <stddef.h>

/* Where in a bundle (bundle.h) files stand. */
#define BUNDLE_ROOT  "files/" /* those found by their path, behind --symfs */
#define BUNDLE_CACHE "cache"  /* those found by build-id, laid out as the cache */

enum opened_how {
	OPENED_WHOLE, /* for all it holds: source text, symbols of a running kernel, a checksum */
	OPENED_ELF,   /* for its symbols, code and debug information */
	OPENED_WRONG, /* it is not the right one: all that counts is that it is there */
};

struct opened_file {
	char *member; /* its name in a bundle */
	char *path;   /* where it is now */
	enum opened_how how;
};

/* All zero is none. */
struct opened {
	struct opened_file *list;
	size_t nr, capacity;
};

/* Note a file: folder (BUNDLE_*) and what follows it make its name in a
   bundle.  opened NULL: nobody wants to know. */
void opened_add(struct opened *opened, const char *folder, const char *rest, const char *path,
		enum opened_how how);

/* Sort by name, and keep of those of one name the one that says most. */
void opened_sort(struct opened *opened);

void opened_free(struct opened *opened);

#endif /* PERFREPORT_OPENED_H */
