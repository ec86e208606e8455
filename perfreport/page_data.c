/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data of a page, which flame/model.js reads: JSON, a NUL, and numbers in
 * ULEB128.  The JSON says where in the numbers a list is: [offset, length].
 *
 *   frames   of each: symbol and object (indexes of "strings"), kind
 *   tree     of an event, its nodes in depth-first order without the root: how
 *            many levels up from the node before to the parent (0: the node
 *            before is the parent), frame
 *   cells    of an event, by node: nodes on from the cell before, thread (an
 *            index of "threads"), CPU + 1 (0: unknown), samples and, if
 *            "weighted", their events; of a diff the base's samples and
 *            events too
 *   moments  of an event, by time: slots on from the one before, cell, samples
 *            and, if "weighted", events; in a page with "time" only
 *
 * An event of a diff is that of the new recording with a "base", which has
 * what an event has but name and lists.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "layout.h"
#include "page.h"
#include "views.h"

/* Time is cut into slots: as many as a wide screen can use, fewer when that
   would make the page large. */
#define SLOTS_MOST   16384
#define SLOTS_LEAST  512
#define MOMENTS_MOST 400000

/* Strings, frames and threads in the order in which they first appear. */
struct page {
	const struct page_content *content;
	const struct profile *profile; /* of the names and frames */
	struct text strings, threads, events, numbers;
	struct text frames;	/* in ULEB128 */
	uint32_t *string_index; /* by name; 0: not yet, else index + 1 */
	size_t nr_strings, strings_room;
	uint32_t *frame_index; /* by frame, likewise */
	size_t nr_frames;
	uint32_t *thread_index; /* by owner, likewise */
	size_t nr_threads;
	uint32_t nr_slots; /* of time */
	uint64_t slot;	   /* ns */
};

static uint32_t string_of(struct page *page, name_t name)
{
	size_t before = page->strings_room;

	page->string_index = must_grow(page->string_index, &page->strings_room, name + 1,
				       sizeof *page->string_index);
	memset(page->string_index + before, 0,
	       (page->strings_room - before) * sizeof *page->string_index);
	if (page->string_index[name] == 0) {
		text_add(&page->strings, page->nr_strings ? "," : "");
		text_add_json(&page->strings, names_text(page->profile->names, name));
		page->string_index[name] = ++page->nr_strings;
	}
	return page->string_index[name] - 1;
}

static uint32_t frame_of(struct page *page, uint32_t index)
{
	const struct frame *frame = &page->profile->frames.list[index];

	if (page->frame_index[index] == 0) {
		text_add_varint(&page->frames, string_of(page, frame->symbol));
		text_add_varint(&page->frames, string_of(page, frame->dso));
		text_add_varint(&page->frames, frame->kind);
		page->frame_index[index] = ++page->nr_frames;
	}
	return page->frame_index[index] - 1;
}

static uint32_t thread_of(struct page *page, uint32_t index)
{
	const struct owner *owner = &page->profile->tasks.owners[index];

	if (page->thread_index[index] == 0) {
		text_print(&page->threads, "%s[%" PRIu32 ",%d,%d]", page->nr_threads ? "," : "",
			   string_of(page, owner->comm), (int)owner->pid, (int)owner->tid);
		page->thread_index[index] = ++page->nr_threads;
	}
	return page->thread_index[index] - 1;
}

/* Do the samples stand for other numbers of events than the period? */
static bool is_weighted(const struct event *event)
{
	for (size_t i = 0; i < event->cells.nr; i++) {
		const struct amount *self = &event->cells.list[i].self;

		if (self->weight != self->samples * (event->period ? event->period : 1))
			return true;
	}
	return false;
}

static void add_amount(struct text *numbers, const struct amount *amount, bool weighted)
{
	text_add_varint(numbers, amount->samples);
	if (weighted)
		text_add_varint(numbers, amount->weight);
}

/* The member called name: what was added to the numbers since begin. */
static void add_list(struct page *page, const char *name, size_t begin)
{
	text_print(&page->events, ",\"%s\":[%zu,%zu]", name, begin, page->numbers.length - begin);
}

static void add_tree(struct page *page, const struct layout *layout)
{
	const struct tree *tree = layout->tree;
	size_t begin = page->numbers.length;
	uint32_t depth = 0;

	for (size_t i = 1; i < tree->nr; i++) {
		uint32_t node = layout->order[i];

		text_add_varint(&page->numbers, depth + 1 - layout->depth[node]);
		depth = layout->depth[node];
		text_add_varint(&page->numbers, frame_of(page, tree->nodes[node].frame));
	}
	text_print(&page->events, ",\"nr_nodes\":%zu", tree->nr - 1);
	add_list(page, "tree", begin);
}

/* The cells of an event in the order of the page. */
struct placed {
	uint32_t place; /* of the node in the layout */
	uint32_t cell;
};

static int compare_placed(const void *left, const void *right)
{
	const struct placed *a = left, *b = right;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return (a->cell > b->cell) - (a->cell < b->cell);
}

/* Cells without samples, which filters leave, stay out. */
static size_t place_cells(const struct event *event, const struct layout *layout,
			  struct placed **list)
{
	uint32_t *place = must_calloc(layout->tree->nr, sizeof *place);
	size_t nr = 0;

	*list = must_calloc(event->cells.nr, sizeof **list);
	for (size_t i = 0; i < layout->tree->nr; i++)
		place[layout->order[i]] = i;
	for (size_t i = 0; i < event->cells.nr; i++)
		if (event->cells.list[i].self.samples)
			(*list)[nr++] = (struct placed){place[event->cells.list[i].node], i};
	qsort(*list, nr, sizeof **list, compare_placed);
	free(place);
	return nr;
}

/* What falls into one slot of one cell. */
struct slotted {
	uint32_t slot, cell; /* of the page */
	struct amount amount;
};

static int compare_slotted(const void *left, const void *right)
{
	const struct slotted *a = left, *b = right;

	if (a->slot != b->slot)
		return a->slot < b->slot ? -1 : 1;
	return (a->cell > b->cell) - (a->cell < b->cell);
}

static uint32_t slot_of(const struct page *page, uint64_t time)
{
	uint64_t since = time > page->profile->first_time ? time - page->profile->first_time : 0;
	uint64_t slot = since / page->slot;

	return slot < page->nr_slots ? slot : page->nr_slots - 1;
}

/* The moments of an event by slot and cell, sorted; index: cell of the page by
   cell of the event. */
static size_t slot_moments(const struct page *page, const struct event *event,
			   const uint32_t *index, struct slotted **list)
{
	const struct moments *moments = &event->moments;
	size_t nr = 0;

	*list = must_calloc(moments->nr, sizeof **list);
	for (size_t i = 0; i < moments->nr; i++) {
		const struct moment *moment = &moments->list[i];

		(*list)[i] = (struct slotted){
		    slot_of(page, moment->time), index[moment->cell], {1, moment->weight}};
	}
	qsort(*list, moments->nr, sizeof **list, compare_slotted);
	for (size_t i = 0; i < moments->nr; i++) {
		if (nr && compare_slotted(&(*list)[nr - 1], &(*list)[i]) == 0)
			amount_add(&(*list)[nr - 1].amount, &(*list)[i].amount);
		else
			(*list)[nr++] = (*list)[i];
	}
	return nr;
}

static void add_moments(struct page *page, const struct event *event, const uint32_t *index,
			bool weighted)
{
	size_t begin = page->numbers.length, nr;
	struct slotted *list;
	uint32_t slot = 0;

	nr = slot_moments(page, event, index, &list);
	for (size_t i = 0; i < nr; i++) {
		text_add_varint(&page->numbers, list[i].slot - slot);
		slot = list[i].slot;
		text_add_varint(&page->numbers, list[i].cell);
		add_amount(&page->numbers, &list[i].amount, weighted);
	}
	free(list);
	text_print(&page->events, ",\"nr_moments\":%zu", nr);
	add_list(page, "moments", begin);
}

static void add_cells(struct page *page, const struct event *event, const struct layout *layout,
		      bool weighted)
{
	size_t begin = page->numbers.length, nr;
	uint32_t *index = must_calloc(event->cells.nr, sizeof *index), place = 0;
	struct placed *list;

	nr = place_cells(event, layout, &list);
	for (size_t i = 0; i < nr; i++) {
		const struct cell *cell = &event->cells.list[list[i].cell];

		index[list[i].cell] = i;
		text_add_varint(&page->numbers, list[i].place - place);
		place = list[i].place;
		text_add_varint(&page->numbers, thread_of(page, cell->owner));
		text_add_varint(&page->numbers, cell->cpu == CPU_UNKNOWN ? 0 : cell->cpu + 1ull);
		add_amount(&page->numbers, &cell->self, weighted);
	}
	text_print(&page->events, ",\"nr_cells\":%zu", nr);
	add_list(page, "cells", begin);
	if (page->content->moments)
		add_moments(page, event, index, weighted);
	free(list);
	free(index);
}

/* Of a diff threads and CPUs are not told apart. */
static void add_diff_cells(struct page *page, const struct diff_event *event,
			   const struct layout *layout, bool weighted)
{
	size_t begin = page->numbers.length, nr = 0, place = 0;

	for (size_t i = 0; i < layout->tree->nr; i++) {
		const struct amount *base = &event->self[DIFF_BASE][layout->order[i]];
		const struct amount *new = &event->self[DIFF_NEW][layout->order[i]];

		if (base->samples == 0 && new->samples == 0)
			continue;
		text_add_varint(&page->numbers, i - place);
		place = i;
		text_add_bytes(&page->numbers, "\0\0", 2);
		add_amount(&page->numbers, new, weighted);
		add_amount(&page->numbers, base, weighted);
		nr++;
	}
	text_print(&page->events, ",\"nr_cells\":%zu", nr);
	add_list(page, "cells", begin);
}

/* The members that an event and a base have. */
static void add_counts(const struct event *event, struct text *text)
{
	text_print(text,
		   "\"period\":%" PRIu64 ",\"frequency\":%" PRIu64 ",\"samples\":%" PRIu64
		   ",\"weight\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"throttled\":%" PRIu64
		   ",\"coalesced\":%" PRIu64 ",\"throttles\":%" PRIu64 ",\"counted\":%s,\"ns\":%s",
		   event->period, event->frequency, event->total.samples, event->total.weight,
		   event->lost, event->throttled, event->coalesced, event->throttles,
		   event->counted ? "true" : "false", event->nanoseconds ? "true" : "false");
	text_print(text, ",\"chains\":%" PRIu64 ",\"user_chains\":%" PRIu64 ",\"broken\":%" PRIu64,
		   event->chains, event->user_chains, event->broken);
}

static void begin_event(struct page *page, const struct event *event, bool weighted)
{
	struct text *text = &page->events;

	text_add(text, text->length ? ",\n{\"name\":" : "\n{\"name\":");
	text_add_json(text, event->name);
	text_add(text, ",");
	add_counts(event, text);
	text_print(text, ",\"weighted\":%s", weighted ? "true" : "false");
}

static void add_event(struct page *page, const struct event *event)
{
	bool weighted = is_weighted(event);
	struct layout layout;

	begin_event(page, event, weighted);
	layout_make(&layout, page->profile, &event->tree, layout_amounts(event));
	add_tree(page, &layout);
	add_cells(page, event, &layout, weighted);
	text_add(&page->events, "}");
	layout_free(&layout);
}

static void add_diff_event(struct page *page, const struct diff_event *event)
{
	const struct event *base = event->sides[DIFF_BASE], *new = event->sides[DIFF_NEW];
	bool weighted = is_weighted(base) || is_weighted(new) || base->period != new->period;
	struct amount *sum = must_calloc(event->tree.nr, sizeof *sum);
	struct layout layout;

	begin_event(page, new, weighted);
	text_add(&page->events, ",\"base\":{");
	add_counts(base, &page->events);
	text_add(&page->events, "}");
	for (size_t i = 0; i < event->tree.nr; i++)
		for (int side = 0; side < DIFF_SIDES; side++)
			amount_add(&sum[i], &event->self[side][i]);
	layout_make(&layout, page->profile, &event->tree, sum);
	add_tree(page, &layout);
	add_diff_cells(page, event, &layout, weighted);
	text_add(&page->events, "}");
	layout_free(&layout);
}

/* Events without samples too: that there were none is a result. */
static void add_events(struct page *page)
{
	const struct diff *diff = page->content->diff;

	for (size_t i = 0; diff == NULL && i < page->profile->nr_events; i++)
		if (view_wants(page->content->options, &page->profile->events[i]))
			add_event(page, &page->profile->events[i]);
	for (size_t i = 0; diff != NULL && i < diff->nr_events; i++)
		add_diff_event(page, &diff->events[i]);
}

/* Many samples get coarser slots. */
static void cut_time(struct page *page)
{
	const struct profile *profile = page->profile;
	uint64_t whole = profile->last_time - profile->first_time, moments = 0;

	for (size_t i = 0; i < profile->nr_events; i++)
		moments += profile->events[i].moments.nr;
	page->nr_slots = SLOTS_MOST;
	for (; moments > MOMENTS_MOST && page->nr_slots > SLOTS_LEAST; moments /= 2)
		page->nr_slots /= 2;
	page->slot = whole / page->nr_slots + 1;
	page->nr_slots = whole / page->slot + 1;
}

static void add_head(const struct page *page, struct text *text)
{
	const struct page_content *content = page->content;

	text_print(text, "{\"icicle\":%s,\"diff\":%s,\n",
		   content->options->icicle ? "true" : "false", content->diff ? "true" : "false");
	if (content->moments)
		text_print(text,
			   "\"time\":{\"start\":%" PRIu64 ",\"slot\":%" PRIu64
			   ",\"nr_slots\":%" PRIu32 "},\n",
			   page->profile->first_time, page->slot, page->nr_slots);
	page_facts(content->profile, text);
}

void page_data(const struct page_content *content, struct text *text)
{
	struct page page = {.content = content,
			    .profile = content->diff ? &content->diff->merged : content->profile};

	page.frame_index = must_calloc(page.profile->frames.nr, sizeof *page.frame_index);
	page.thread_index = must_calloc(page.profile->tasks.nr_owners, sizeof *page.thread_index);
	string_of(&page, 0);
	if (content->moments)
		cut_time(&page);
	add_events(&page);
	add_head(&page, text);
	text_add(text, "\"strings\":[");
	text_add_bytes(text, page.strings.bytes, page.strings.length);
	text_add(text, "],\n\"threads\":[");
	text_add_bytes(text, page.threads.bytes, page.threads.length);
	text_print(text, "],\n\"nr_frames\":%zu,\"frames\":[%zu,%zu],\n\"events\":[",
		   page.nr_frames, page.numbers.length, page.frames.length);
	text_add_bytes(text, page.events.bytes, page.events.length);
	text_add(text, "]}");
	text_add_bytes(text, "", 1);
	text_add_bytes(text, page.numbers.bytes, page.numbers.length);
	text_add_bytes(text, page.frames.bytes, page.frames.length);
	text_free(&page.strings);
	text_free(&page.threads);
	text_free(&page.events);
	text_free(&page.numbers);
	text_free(&page.frames);
	free(page.string_index);
	free(page.frame_index);
	free(page.thread_index);
}
