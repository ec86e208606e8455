/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call tree in order: children of a node behind each other, the heaviest
 * first, and what each node has in all.
 */
#ifndef PERFREPORT_LAYOUT_H
#define PERFREPORT_LAYOUT_H

#include "profile.h"

struct layout {
	const struct tree *tree;
	struct amount *self, *total; /* by node */
	uint32_t *order;	     /* the nodes, each before its children */
	uint32_t *depth;	     /* by node; the root has 0 */
};

/* Lay out a tree whose nodes have the given amounts of their own; takes the
   array self over. */
void layout_make(struct layout *layout, const struct profile *profile, const struct tree *tree,
		 struct amount *self);
void layout_free(struct layout *layout);

/* The amounts that the cells of an event put on each node of its tree. */
struct amount *layout_amounts(const struct event *event);

#endif /* PERFREPORT_LAYOUT_H */
