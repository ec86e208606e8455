/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "diff.h"

/* Shares that differ by less are the same: rounding. */
#define LEAST_CHANGE 1e-9

const char *diff_class_name(enum diff_class class)
{
	static const char *const names[DIFF_CLASSES] = {"grown", "shrunk", "new", "removed",
							"same"};

	return names[class];
}

/* The merged frame of each frame of a side; free() it. */
static uint32_t *map_frames(struct profile *merged, const struct profile *side)
{
	uint32_t *map = must_calloc(side->frames.nr + 1, sizeof *map);

	for (size_t i = 0; i < side->frames.nr; i++) {
		const struct frame *frame = &side->frames.list[i];
		const char *symbol = frame->kind == FRAME_UNKNOWN
					 ? "[unresolved]"
					 : names_text(side->names, frame->symbol);

		map[i] = frames_named(&merged->frames, names_add(merged->names, symbol),
				      names_add(merged->names, names_text(side->names, frame->dso)),
				      frame->kind);
	}
	return map;
}

/* The merged node of each node of an event; free() it.  Parents come before
   their children. */
static uint32_t *map_nodes(struct diff_event *event, const struct tree *tree,
			   const uint32_t *frames)
{
	uint32_t *map = must_calloc(tree->nr, sizeof *map);

	for (size_t i = 1; i < tree->nr; i++)
		map[i] = tree_child(&event->tree, map[tree->nodes[i].parent],
				    frames[tree->nodes[i].frame]);
	return map;
}

static void add_amounts(struct diff_event *event, enum diff_side side, const uint32_t *nodes)
{
	const struct cells *cells = &event->sides[side]->cells;

	event->self[side] = must_calloc(event->tree.nr, sizeof **event->self);
	for (size_t i = 0; i < cells->nr; i++)
		amount_add(&event->self[side][nodes[cells->list[i].node]], &cells->list[i].self);
}

static double share(const struct amount *part, const struct event *event)
{
	return event->total.weight ? (double)part->weight / event->total.weight : 0;
}

/* The two-proportion z-test of the self samples, pooled. */
static double score(const struct diff_row *row, const struct diff_event *event)
{
	double base = event->sides[DIFF_BASE]->total.samples;
	double new = event->sides[DIFF_NEW]->total.samples;
	double pooled, deviation;

	if (base == 0 || new == 0)
		return 0;
	pooled = (row->self[DIFF_BASE].samples + row->self[DIFF_NEW].samples) / (base + new);
	deviation = sqrt(pooled * (1 - pooled) * (1 / base + 1 / new));
	if (deviation == 0)
		return 0;
	return (row->self[DIFF_NEW].samples / new - row->self[DIFF_BASE].samples / base) /
	       deviation;
}

static enum diff_class classify(const struct diff_row *row)
{
	double change = row->self_share[DIFF_NEW] - row->self_share[DIFF_BASE];

	if (row->total[DIFF_BASE].samples == 0)
		return DIFF_ADDED;
	if (row->total[DIFF_NEW].samples == 0)
		return DIFF_REMOVED;
	if (fabs(change) < LEAST_CHANGE)
		change = row->total_share[DIFF_NEW] - row->total_share[DIFF_BASE];
	if (fabs(change) < LEAST_CHANGE)
		return DIFF_SAME;
	return change > 0 ? DIFF_GROWN : DIFF_SHRUNK;
}

/* A function that calls itself is counted once in total: seen holds for each
   row the last node (+ 1) that was counted in it. */
static void add_node(struct diff_row *rows, uint32_t *seen, const struct diff_event *event,
		     enum diff_side side, uint32_t node)
{
	const struct amount *amount = &event->self[side][node];

	if (amount->samples == 0)
		return;
	amount_add(&rows[event->tree.nodes[node].frame].self[side], amount);
	for (uint32_t at = node; at != TREE_ROOT; at = event->tree.nodes[at].parent) {
		uint32_t frame = event->tree.nodes[at].frame;

		if (seen[frame] == node + 1)
			continue;
		seen[frame] = node + 1;
		amount_add(&rows[frame].total[side], amount);
	}
}

static int compare_rows(const void *left, const void *right, void *context)
{
	const struct diff_row *a = left, *b = right;
	const struct profile *merged = context;
	const struct frame *f = &merged->frames.list[a->frame];
	const struct frame *g = &merged->frames.list[b->frame];
	double x = fabs(a->self_share[DIFF_NEW] - a->self_share[DIFF_BASE]);
	double y = fabs(b->self_share[DIFF_NEW] - b->self_share[DIFF_BASE]);
	int result;

	if (x != y)
		return x > y ? -1 : 1;
	x = fabs(a->total_share[DIFF_NEW] - a->total_share[DIFF_BASE]);
	y = fabs(b->total_share[DIFF_NEW] - b->total_share[DIFF_BASE]);
	if (x != y)
		return x > y ? -1 : 1;
	result = strcmp(names_text(merged->names, f->symbol), names_text(merged->names, g->symbol));
	if (result == 0)
		result =
		    strcmp(names_text(merged->names, f->dso), names_text(merged->names, g->dso));
	return result ? result : (int)f->kind - (int)g->kind;
}

static void make_rows(struct diff *diff, struct diff_event *event)
{
	size_t nr = diff->merged.frames.nr;
	uint32_t *seen = must_calloc(nr, sizeof *seen);

	event->rows = must_calloc(nr, sizeof *event->rows);
	for (int side = 0; side < DIFF_SIDES; side++) {
		memset(seen, 0, nr * sizeof *seen);
		for (size_t i = 1; i < event->tree.nr; i++)
			add_node(event->rows, seen, event, side, i);
	}
	for (size_t i = 0; i < nr; i++) {
		struct diff_row row = event->rows[i];

		if (diff->merged.frames.list[i].kind == FRAME_TASK ||
		    row.total[DIFF_BASE].samples + row.total[DIFF_NEW].samples == 0)
			continue;
		row.frame = i;
		for (int side = 0; side < DIFF_SIDES; side++) {
			row.self_share[side] = share(&row.self[side], event->sides[side]);
			row.total_share[side] = share(&row.total[side], event->sides[side]);
		}
		row.class = classify(&row);
		row.score = score(&row, event);
		event->rows[event->nr_rows++] = row;
	}
	free(seen);
	qsort_r(event->rows, event->nr_rows, sizeof *event->rows, compare_rows, &diff->merged);
}

static void make_event(struct diff *diff, struct diff_event *event, uint32_t *const *frames)
{
	uint32_t *nodes[DIFF_SIDES];

	tree_init(&event->tree);
	for (int side = 0; side < DIFF_SIDES; side++)
		nodes[side] = map_nodes(event, &event->sides[side]->tree, frames[side]);
	for (int side = 0; side < DIFF_SIDES; side++) {
		add_amounts(event, side, nodes[side]);
		free(nodes[side]);
	}
	make_rows(diff, event);
}

void diff_make(struct diff *diff, const struct profile *base, const struct profile *new,
	       const char *event)
{
	uint32_t *frames[DIFF_SIDES];

	memset(diff, 0, sizeof *diff);
	diff->sides[DIFF_BASE] = base;
	diff->sides[DIFF_NEW] = new;
	profile_init(&diff->merged, (struct search){.root = ""});
	frames[DIFF_BASE] = map_frames(&diff->merged, base);
	frames[DIFF_NEW] = map_frames(&diff->merged, new);
	diff->events = must_calloc(new->nr_events, sizeof *diff->events);
	for (size_t i = 0; i < new->nr_events; i++) {
		const struct event *other = profile_event(base, new->events[i].name);
		struct diff_event *both = &diff->events[diff->nr_events];

		if (other == NULL || (event != NULL && strcmp(event, other->name) != 0) ||
		    (other->total.samples == 0 && new->events[i].total.samples == 0))
			continue;
		both->sides[DIFF_BASE] = other;
		both->sides[DIFF_NEW] = &new->events[i];
		make_event(diff, both, frames);
		diff->nr_events++;
	}
	free(frames[DIFF_BASE]);
	free(frames[DIFF_NEW]);
}

void diff_free(struct diff *diff)
{
	for (size_t i = 0; i < diff->nr_events; i++) {
		tree_free(&diff->events[i].tree);
		free(diff->events[i].self[DIFF_BASE]);
		free(diff->events[i].self[DIFF_NEW]);
		free(diff->events[i].rows);
	}
	free(diff->events);
	profile_free(&diff->merged);
	memset(diff, 0, sizeof *diff);
}
