/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "layout.h"

struct amount *layout_amounts(const struct event *event)
{
	struct amount *amounts = must_calloc(event->tree.nr, sizeof *amounts);

	for (size_t i = 0; i < event->cells.nr; i++)
		amount_add(&amounts[event->cells.list[i].node], &event->cells.list[i].self);
	return amounts;
}

struct sorting {
	const struct layout *layout;
	const struct profile *profile;
};

/* By parent; then the heaviest first; then by name, object, address. */
static int compare(const void *left, const void *right, void *context)
{
	const struct sorting *sorting = context;
	const struct layout *layout = sorting->layout;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	const struct node *x = &layout->tree->nodes[a], *y = &layout->tree->nodes[b];
	const struct frame *f = &sorting->profile->frames.list[x->frame];
	const struct frame *g = &sorting->profile->frames.list[y->frame];
	const struct names *names = sorting->profile->names;
	int result;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (layout->total[a].weight != layout->total[b].weight)
		return layout->total[a].weight > layout->total[b].weight ? -1 : 1;
	if (layout->total[a].samples != layout->total[b].samples)
		return layout->total[a].samples > layout->total[b].samples ? -1 : 1;
	if ((result = strcmp(names_text(names, f->symbol), names_text(names, g->symbol))) != 0 ||
	    (result = strcmp(names_text(names, f->dso), names_text(names, g->dso))) != 0)
		return result;
	return (f->start > g->start) - (f->start < g->start);
}

/* sorted holds the nodes but the root, brothers side by side. */
static void order_depth_first(struct layout *layout, const uint32_t *sorted)
{
	size_t nr = layout->tree->nr, used = 0, top = 0;
	uint32_t *first = must_calloc(nr, sizeof *first); /* in sorted */
	uint32_t *count = must_calloc(nr, sizeof *count);
	uint32_t *stack = must_calloc(nr, sizeof *stack);

	for (size_t i = nr - 1; i > 0; i--) {
		uint32_t parent = layout->tree->nodes[sorted[i - 1]].parent;

		first[parent] = i - 1;
		count[parent]++;
	}
	stack[top++] = TREE_ROOT;
	while (top) {
		uint32_t node = stack[--top];

		layout->order[used++] = node;
		for (uint32_t i = count[node]; i > 0; i--)
			stack[top++] = sorted[first[node] + i - 1];
	}
	free(first);
	free(count);
	free(stack);
}

void layout_make(struct layout *layout, const struct profile *profile, const struct tree *tree,
		 struct amount *self)
{
	struct sorting sorting = {.layout = layout, .profile = profile};
	uint32_t *sorted = must_calloc(tree->nr, sizeof *sorted);

	layout->tree = tree;
	layout->self = self;
	layout->total = must_calloc(tree->nr, sizeof *layout->total);
	layout->order = must_calloc(tree->nr, sizeof *layout->order);
	layout->depth = must_calloc(tree->nr, sizeof *layout->depth);
	memcpy(layout->total, self, tree->nr * sizeof *self);
	/* Parents have smaller indexes than their children. */
	for (size_t i = tree->nr - 1; i > 0; i--)
		amount_add(&layout->total[tree->nodes[i].parent], &layout->total[i]);
	for (size_t i = 1; i < tree->nr; i++) {
		layout->depth[i] = layout->depth[tree->nodes[i].parent] + 1;
		sorted[i - 1] = i;
	}
	qsort_r(sorted, tree->nr - 1, sizeof *sorted, compare, &sorting);
	order_depth_first(layout, sorted);
	free(sorted);
}

void layout_free(struct layout *layout)
{
	free(layout->self);
	free(layout->total);
	free(layout->order);
	free(layout->depth);
	memset(layout, 0, sizeof *layout);
}
