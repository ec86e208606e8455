/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "hash.h"
#include "rows.h"

const char *sort_key_name(enum sort_key key)
{
	static const char *const names[SORT_KEYS] = {"task", "thread",	"comm", "symbol",
						     "dso",  "srcline", "cpu"};

	return names[key];
}

bool sort_has(const struct sort *sort, enum sort_key key)
{
	for (size_t i = 0; i < sort->nr; i++)
		if (sort->keys[i] == key)
			return true;
	return false;
}

static bool same_key(const struct row *a, const struct row *b)
{
	return a->pid == b->pid && a->tid == b->tid && a->comm == b->comm && a->cpu == b->cpu &&
	       a->dso == b->dso && a->frame == b->frame && a->line == b->line;
}

static uint32_t *slot_of(const struct rows *rows, const struct row *key)
{
	uint32_t parts[] = {key->pid, key->tid,	  key->comm, key->cpu,
			    key->dso, key->frame, key->line};
	size_t mask = rows->nr_slots - 1, at = hash_bytes(parts, sizeof parts) & mask;

	while (rows->slots[at] && !same_key(&rows->list[rows->slots[at] - 1], key))
		at = (at + 1) & mask;
	return &rows->slots[at];
}

static struct row *get(struct rows *rows, const struct row *key)
{
	uint32_t *slot = slot_of(rows, key);

	if (*slot)
		return &rows->list[*slot - 1];
	rows->list = must_grow(rows->list, &rows->capacity, rows->nr + 1, sizeof *rows->list);
	rows->list[rows->nr] = *key;
	*slot = ++rows->nr;
	if (rows->nr * 2 > rows->nr_slots) {
		free(rows->slots);
		rows->nr_slots *= 2;
		rows->slots = must_calloc(rows->nr_slots, sizeof *rows->slots);
		for (size_t i = 0; i < rows->nr; i++)
			*slot_of(rows, &rows->list[i]) = i + 1;
	}
	return &rows->list[rows->nr - 1];
}

/* The half of a key that all frames of a cell share. */
static struct row key_of_cell(const struct profile *profile, const struct cell *cell,
			      const struct sort *sort)
{
	const struct owner *owner = &profile->tasks.owners[cell->owner];
	struct row key = {0};

	if (sort_has(sort, SORT_TASK)) {
		key.pid = owner->pid;
		key.comm = owner->comm;
	}
	if (sort_has(sort, SORT_THREAD)) {
		key.tid = owner->tid;
		key.comm = owner->comm;
	}
	if (sort_has(sort, SORT_COMM))
		key.comm = owner->comm;
	if (sort_has(sort, SORT_CPU))
		key.cpu = cell->cpu;
	return key;
}

struct by_frame {
	bool symbol, dso, line;
};

static void add_cell(struct rows *rows, const struct profile *profile, const struct event *event,
		     size_t index, struct row key, struct by_frame by)
{
	const struct cell *cell = &event->cells.list[index];

	for (uint32_t node = cell->node; node != TREE_ROOT; node = event->tree.nodes[node].parent) {
		uint32_t frame = event->tree.nodes[node].frame;
		struct row *row;

		if (profile->frames.list[frame].kind == FRAME_TASK)
			break;
		if (by.symbol)
			key.frame = frame;
		if (by.symbol || by.dso)
			key.dso = profile->frames.list[frame].dso;
		if (by.line)
			key.line = profile->frames.list[frame].line;
		row = get(rows, &key);
		if (node == cell->node)
			amount_add(&row->self, &cell->self);
		if (row->last_cell != index + 1) {
			row->last_cell = index + 1;
			amount_add(&row->total, &cell->self);
		}
		if (!by.symbol && !by.dso && !by.line)
			break;
	}
}

struct order_by {
	const struct profile *profile;
	bool total;
};

static int compare_text(const struct profile *profile, name_t a, name_t b)
{
	return a == b ? 0 : strcmp(names_text(profile->names, a), names_text(profile->names, b));
}

static int compare_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* By file, then number. */
static int compare_lines(const struct profile *profile, name_t a, name_t b)
{
	return a == b ? 0
		      : strverscmp(names_text(profile->names, a), names_text(profile->names, b));
}

static int compare_rows(const void *left, const void *right, void *context)
{
	const struct order_by *by = context;
	const struct row *a = left, *b = right;
	const struct amount *x = by->total ? &a->total : &a->self;
	const struct amount *y = by->total ? &b->total : &b->self;
	const struct frame *frames = by->profile->frames.list;
	int result;

	if ((result = compare_number(y->weight, x->weight)) != 0 ||
	    (result = compare_number(y->samples, x->samples)) != 0 ||
	    (result = compare_number(b->self.samples, a->self.samples)) != 0 ||
	    (result = compare_text(by->profile, a->comm, b->comm)) != 0 ||
	    (result = compare_number(a->pid, b->pid)) != 0 ||
	    (result = compare_number(a->tid, b->tid)) != 0 ||
	    (result = compare_number(a->cpu, b->cpu)) != 0 ||
	    (result = compare_text(by->profile, a->dso, b->dso)) != 0 ||
	    (result = compare_lines(by->profile, a->line, b->line)) != 0 || a->frame == b->frame)
		return result;
	if ((result =
		 compare_text(by->profile, frames[a->frame].symbol, frames[b->frame].symbol)) != 0)
		return result;
	return compare_number(frames[a->frame].start, frames[b->frame].start);
}

void rows_make(struct rows *rows, const struct profile *profile, const struct event *event,
	       const struct sort *sort, bool children)
{
	struct by_frame by = {.symbol = sort_has(sort, SORT_SYMBOL),
			      .dso = sort_has(sort, SORT_DSO),
			      .line = sort_has(sort, SORT_SRCLINE)};
	struct order_by order = {.profile = profile, .total = children};
	size_t kept = 0;

	memset(rows, 0, sizeof *rows);
	rows->nr_slots = 1024;
	rows->slots = must_calloc(rows->nr_slots, sizeof *rows->slots);
	for (size_t i = 0; i < event->cells.nr; i++)
		add_cell(rows, profile, event, i, key_of_cell(profile, &event->cells.list[i], sort),
			 by);
	for (size_t i = 0; i < rows->nr; i++)
		if (children || rows->list[i].self.samples)
			rows->list[kept++] = rows->list[i];
	rows->nr = kept;
	if (rows->nr)
		qsort_r(rows->list, rows->nr, sizeof *rows->list, compare_rows, &order);
}

void rows_free(struct rows *rows)
{
	free(rows->list);
	free(rows->slots);
	memset(rows, 0, sizeof *rows);
}
