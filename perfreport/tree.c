/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "hash.h"
#include "tree.h"

void tree_init(struct tree *tree)
{
	memset(tree, 0, sizeof *tree);
	tree->nodes = must_grow(NULL, &tree->capacity, 1, sizeof *tree->nodes);
	tree->nodes[TREE_ROOT] = (struct node){0};
	tree->nr = 1;
	tree->nr_slots = 1024;
	tree->slots = must_calloc(tree->nr_slots, sizeof *tree->slots);
}

void tree_free(struct tree *tree)
{
	free(tree->nodes);
	free(tree->slots);
	memset(tree, 0, sizeof *tree);
}

static uint32_t *slot_of(const struct tree *tree, uint32_t parent, uint32_t frame)
{
	size_t mask = tree->nr_slots - 1;
	size_t at = hash_number((uint64_t)parent << 32 | frame) & mask;

	while (tree->slots[at]) {
		const struct node *node = &tree->nodes[tree->slots[at]];

		if (node->parent == parent && node->frame == frame)
			break;
		at = (at + 1) & mask;
	}
	return &tree->slots[at];
}

uint32_t tree_child(struct tree *tree, uint32_t parent, uint32_t frame)
{
	uint32_t *slot = slot_of(tree, parent, frame);

	if (*slot)
		return *slot;
	tree->nodes = must_grow(tree->nodes, &tree->capacity, tree->nr + 1, sizeof *tree->nodes);
	tree->nodes[tree->nr] = (struct node){.parent = parent, .frame = frame};
	*slot = tree->nr++;
	if (tree->nr * 2 > tree->nr_slots) {
		free(tree->slots);
		tree->nr_slots *= 2;
		tree->slots = must_calloc(tree->nr_slots, sizeof *tree->slots);
		for (size_t i = 1; i < tree->nr; i++)
			*slot_of(tree, tree->nodes[i].parent, tree->nodes[i].frame) = i;
	}
	return tree->nr - 1;
}
