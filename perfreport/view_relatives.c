/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Callers and callees of a symbol: the call tree turned around, or cut off
 * above it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "layout.h"
#include "views.h"

/* Lines lighter than this share of the symbol's own total are left out. */
#define LEAST_SHARE 0.005

struct relatives {
	struct tree tree; /* the symbol's frames are the root's children */
	struct amount *amounts;
	size_t capacity;
};

static bool is_symbol(const struct profile *profile, const struct event *event, uint32_t node,
		      const char *symbol)
{
	const struct frame *frame = &profile->frames.list[event->tree.nodes[node].frame];

	return frame->kind != FRAME_TASK &&
	       strcmp(names_text(profile->names, frame->symbol), symbol) == 0;
}

static void charge(struct relatives *relatives, uint32_t node, const struct amount *amount)
{
	size_t before = relatives->capacity;

	relatives->amounts = must_grow(relatives->amounts, &relatives->capacity, relatives->tree.nr,
				       sizeof *relatives->amounts);
	memset(relatives->amounts + before, 0,
	       (relatives->capacity - before) * sizeof *relatives->amounts);
	if (amount != NULL)
		amount_add(&relatives->amounts[node], amount);
}

/* From the innermost call of the symbol outwards. */
static void add_callers(struct relatives *relatives, const struct profile *profile,
			const struct event *event, const struct cell *cell, const char *symbol)
{
	uint32_t node = cell->node, to = TREE_ROOT;

	while (node != TREE_ROOT && !is_symbol(profile, event, node, symbol))
		node = event->tree.nodes[node].parent;
	if (node == TREE_ROOT)
		return;
	for (; node != TREE_ROOT; node = event->tree.nodes[node].parent)
		to = tree_child(&relatives->tree, to, event->tree.nodes[node].frame);
	charge(relatives, to, &cell->self);
}

/* The way down from the outermost call of the symbol. */
static uint32_t way_down(struct relatives *relatives, const struct event *event, uint32_t outermost,
			 uint32_t node)
{
	uint32_t to = TREE_ROOT;

	if (node != outermost)
		to = way_down(relatives, event, outermost, event->tree.nodes[node].parent);
	return tree_child(&relatives->tree, to, event->tree.nodes[node].frame);
}

static void add_callees(struct relatives *relatives, const struct profile *profile,
			const struct event *event, const struct cell *cell, const char *symbol)
{
	uint32_t outermost = TREE_ROOT;

	for (uint32_t node = cell->node; node != TREE_ROOT; node = event->tree.nodes[node].parent)
		if (is_symbol(profile, event, node, symbol))
			outermost = node;
	if (outermost != TREE_ROOT)
		charge(relatives, way_down(relatives, event, outermost, cell->node), &cell->self);
}

static void print_tree(const struct profile *profile, const struct event *event,
		       const struct layout *layout, struct text *text)
{
	double whole = event->total.weight ? event->total.weight : 1;
	double least = LEAST_SHARE * layout->total[TREE_ROOT].weight;

	text_add(text, "#\n#   self    total   samples\n");
	for (size_t i = 1; i < layout->tree->nr; i++) {
		uint32_t node = layout->order[i];
		const struct frame *frame = &profile->frames.list[layout->tree->nodes[node].frame];
		const char *dso = names_text(profile->names, frame->dso);

		if (layout->total[node].weight < least)
			continue;
		text_print(text, "%7.2f%% %7.2f%% %9" PRIu64 "  %*s%s",
			   100 * layout->self[node].weight / whole,
			   100 * layout->total[node].weight / whole, layout->total[node].samples,
			   (int)(2 * (layout->depth[node] - 1)), "",
			   names_text(profile->names, frame->symbol));
		if (frame->kind == FRAME_TASK)
			text_add(text, "  (task)\n");
		else
			text_print(text, *dso == '[' ? "  %s\n" : "  [%s]\n", dso);
	}
}

static void print_json(const struct profile *profile, const struct layout *layout,
		       struct text *text)
{
	uint32_t depth = 0;

	for (size_t i = 1; i < layout->tree->nr; i++) {
		uint32_t node = layout->order[i];
		const struct frame *frame = &profile->frames.list[layout->tree->nodes[node].frame];

		for (; depth >= layout->depth[node]; depth--)
			text_add(text, "]}");
		text_add(text, i > 1 && text->bytes[text->length - 1] == '}' ? ",\n" : "\n");
		text_add(text, "{\"symbol\": ");
		text_add_json(text, names_text(profile->names, frame->symbol));
		text_add(text, ", \"dso\": ");
		text_add_json(text, names_text(profile->names, frame->dso));
		text_print(text, ", \"self\": %" PRIu64 ", \"total\": %" PRIu64 ", \"children\": [",
			   layout->self[node].samples, layout->total[node].samples);
		depth = layout->depth[node];
	}
	for (; depth > 0; depth--)
		text_add(text, "]}");
}

/* A row for each place in the tree; what leads there, from the symbol on, is in
   the rows above of lesser depth. */
static void print_csv(const struct profile *profile, const struct event *event,
		      const struct layout *layout, struct text *text)
{
	for (size_t i = 1; i < layout->tree->nr; i++) {
		uint32_t node = layout->order[i];
		const struct frame *frame = &profile->frames.list[layout->tree->nodes[node].frame];

		text_add_csv(text, event->name);
		text_print(text, ",%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",",
			   layout->depth[node] - 1, layout->self[node].samples,
			   layout->total[node].samples, layout->self[node].weight,
			   layout->total[node].weight);
		text_add_csv(text, names_text(profile->names, frame->symbol));
		text_add(text, ",");
		text_add_csv(text, names_text(profile->names, frame->dso));
		text_add(text, "\r\n");
	}
}

static bool relate(const struct profile *profile, const struct options *options,
		   const struct event *event, struct text *text, bool first)
{
	const char *symbol = options->callers ? options->callers : options->callees;
	struct relatives relatives = {0};
	struct layout layout;
	bool found;

	tree_init(&relatives.tree);
	for (size_t i = 0; i < event->cells.nr; i++) {
		const struct cell *cell = &event->cells.list[i];

		if (options->callers != NULL)
			add_callers(&relatives, profile, event, cell, symbol);
		else
			add_callees(&relatives, profile, event, cell, symbol);
	}
	charge(&relatives, TREE_ROOT, NULL);
	layout_make(&layout, profile, &relatives.tree, relatives.amounts);
	found = relatives.tree.nr > 1;
	if (options->json) {
		text_add(text, first ? "\n{\"name\": " : ",\n{\"name\": ");
		text_add_json(text, event->name);
		text_print(text, ", \"samples\": %" PRIu64 ", \"tree\": [", event->total.samples);
		print_json(profile, &layout, text);
		text_add(text, "]}");
	} else if (options->csv) {
		print_csv(profile, event, &layout, text);
	} else {
		text_add(text, "#\n");
		view_honesty(profile, event, text);
		text_print(text, "# %s of %s\n", options->callers ? "callers" : "callees", symbol);
		print_tree(profile, event, &layout, text);
	}
	layout_free(&layout);
	tree_free(&relatives.tree);
	return found;
}

bool view_relatives(const struct profile *profile, const struct options *options, struct text *text,
		    struct failure *failure)
{
	const char *symbol = options->callers ? options->callers : options->callees;
	bool found = false, first = true;

	if (options->json) {
		text_print(text, "{\"%s\": ", options->callers ? "callers" : "callees");
		text_add_json(text, symbol);
		text_add(text, ", \"events\": [");
	} else if (options->csv) {
		text_add(text, "event,depth,self,total,self_events,total_events,symbol,dso\r\n");
	} else {
		view_header(profile, options, text);
	}
	for (size_t i = 0; i < profile->nr_events; i++) {
		if (!view_wants(options, &profile->events[i]))
			continue;
		found |= relate(profile, options, &profile->events[i], text, first);
		first = false;
	}
	if (options->json)
		text_add(text, "\n]}\n");
	if (!found)
		failure_set(
		    failure, EXIT_NO_SAMPLES,
		    "no sample has \"%s\" in its callchain; report --children lists what there is",
		    symbol);
	return found;
}
