/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call tree: every distinct way from a task to a frame is a node.
 */
#ifndef PERFREPORT_TREE_H
#define PERFREPORT_TREE_H

#include <stddef.h>
#include <stdint.h>

#define TREE_ROOT 0

/* Samples and the events they stand for (the sum of their periods). */
struct amount {
	uint64_t samples;
	uint64_t weight;
};

struct node {
	uint32_t parent; /* smaller than the node's own index */
	uint32_t frame;	 /* undefined in the root */
};

struct tree {
	struct node *nodes;
	size_t nr, capacity;
	uint32_t *slots; /* node of (parent, frame), 0: free */
	size_t nr_slots;
};

void tree_init(struct tree *tree); /* with a root */
void tree_free(struct tree *tree);

/* The child of a node with this frame, made if new. */
uint32_t tree_child(struct tree *tree, uint32_t parent, uint32_t frame);

static inline void amount_add(struct amount *to, const struct amount *from)
{
	to->samples += from->samples;
	to->weight += from->weight;
}

#endif /* PERFREPORT_TREE_H */
