/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "lanes.h"

static const char *const key_names[LANE_KEYS] = {"task", "thread", "cpu", "event"};

const char *lane_key_name(enum lane_key key)
{
	return key_names[key];
}

static uint64_t key_of(enum lane_key key, const struct owner *owner, const struct cell *cell)
{
	switch (key) {
	case LANE_TASK:
		return owner->pid;
	case LANE_THREAD:
		return owner->tid;
	case LANE_CPU:
		return cell->cpu;
	default:
		return 0;
	}
}

/* The index of the lane of a cell, made if new.  A thread that changed its
   name has one for each. */
static size_t lane_of(struct lanes *lanes, const struct profile *profile, const struct cell *cell)
{
	const struct owner *owner = &profile->tasks.owners[cell->owner];
	uint64_t key = key_of(lanes->key, owner, cell);
	size_t i;

	for (i = 0; i < lanes->nr; i++)
		if (lanes->list[i].key == key &&
		    (lanes->key != LANE_THREAD || lanes->list[i].comm == owner->comm))
			break;
	if (i == lanes->nr) {
		lanes->list =
		    must_grow(lanes->list, &lanes->capacity, lanes->nr + 1, sizeof *lanes->list);
		lanes->list[lanes->nr++] = (struct lane){
		    .key = key, .bins = must_calloc(lanes->nr_bins, sizeof(struct amount))};
	}
	lanes->list[i].comm = owner->comm;
	return i;
}

/* The heaviest first; CPUs by number. */
static int compare(const void *left, const void *right, void *context)
{
	const struct lane *a = left, *b = right;
	const struct lanes *lanes = context;

	if (lanes->key != LANE_CPU && a->total.weight != b->total.weight)
		return a->total.weight > b->total.weight ? -1 : 1;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->comm > b->comm) - (a->comm < b->comm);
}

void lanes_make(struct lanes *lanes, const struct profile *profile, const struct event *event,
		enum lane_key key, size_t nr_bins)
{
	/* A time that is nonsense may make it nearly all of 64 bits: nothing is added to it. */
	uint64_t whole = profile->last_time - profile->first_time;
	uint32_t *lane = must_calloc(event->cells.nr, sizeof *lane);

	*lanes = (struct lanes){.key = key, .start = profile->first_time};
	lanes->bin = whole / nr_bins + 1;
	lanes->nr_bins = whole / lanes->bin + 1;
	for (size_t i = 0; i < event->cells.nr; i++)
		if (event->cells.list[i].self.samples)
			lane[i] = lane_of(lanes, profile, &event->cells.list[i]);
	for (size_t i = 0; i < event->moments.nr; i++) {
		const struct moment *moment = &event->moments.list[i];
		struct amount one = {.samples = 1, .weight = moment->weight};
		struct lane *to = &lanes->list[lane[moment->cell]];
		uint64_t since = moment->time > lanes->start ? moment->time - lanes->start : 0;

		amount_add(&to->total, &one);
		amount_add(&to->bins[since / lanes->bin], &one);
	}
	free(lane);
	if (lanes->nr)
		qsort_r(lanes->list, lanes->nr, sizeof *lanes->list, compare, lanes);
}

void lanes_free(struct lanes *lanes)
{
	for (size_t i = 0; i < lanes->nr; i++)
		free(lanes->list[i].bins);
	free(lanes->list);
	memset(lanes, 0, sizeof *lanes);
}

void lane_label(const struct lanes *lanes, const struct lane *lane, const struct profile *profile,
		const struct event *event, struct text *text)
{
	const char *comm = names_text(profile->names, lane->comm);

	switch (lanes->key) {
	case LANE_TASK:
		text_print(text, "%s (%d)", comm, (int)lane->key);
		break;
	case LANE_THREAD:
		text_print(text, "%s/%d", comm, (int)lane->key);
		break;
	case LANE_CPU:
		if (lane->key == CPU_UNKNOWN)
			text_add(text, "CPU unknown");
		else
			text_print(text, "CPU %" PRIu64, lane->key);
		break;
	default:
		text_add(text, event->name);
		break;
	}
}
