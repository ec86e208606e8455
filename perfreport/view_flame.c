/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flame graph page: the template of flame/ with the data in it.
 *
 * Data, in JSON (flame/model.js reads it): each string once; "frames", three
 * numbers a frame: symbol, object, kind; and for each event "tree", its nodes
 * in depth-first order without the root: how many levels up from the node
 * before to the parent (0: the node before is the parent), frame, samples of
 * its own and, if "weighted", their events.  Numbers are ULEB128 in base64.
 * An event of a diff is that of the new recording with a "base", which has
 * what an event has but name and tree; each node then has the base's samples
 * and events too.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "export.h"
#include "layout.h"
#include "template.h"
#include "views.h"

/* Strings and frames in the order in which they first appear. */
struct page {
	const struct profile *profile; /* of the names and frames */
	struct text strings, frames, events;
	uint32_t *string_index; /* by name; 0: not yet, else index + 1 */
	size_t nr_strings, strings_room;
	uint32_t *frame_index; /* by frame, likewise */
	size_t nr_frames;
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

/* sides: by node, nr of them; the first is what the page begins with. */
static void add_tree(struct page *page, const struct tree *tree, struct amount *const *sides,
		     size_t nr, bool weighted)
{
	struct amount *sum = must_calloc(tree->nr, sizeof *sum);
	struct text bytes = {0};
	struct layout layout;
	uint32_t depth = 0;

	for (size_t i = 0; i < tree->nr; i++)
		for (size_t side = 0; side < nr; side++)
			amount_add(&sum[i], &sides[side][i]);
	layout_make(&layout, page->profile, tree, sum);
	for (size_t i = 1; i < tree->nr; i++) {
		uint32_t node = layout.order[i];

		text_add_varint(&bytes, depth + 1 - layout.depth[node]);
		depth = layout.depth[node];
		text_add_varint(&bytes, frame_of(page, tree->nodes[node].frame));
		for (size_t side = 0; side < nr; side++) {
			text_add_varint(&bytes, sides[side][node].samples);
			if (weighted)
				text_add_varint(&bytes, sides[side][node].weight);
		}
	}
	text_print(&page->events, ",\"nr_nodes\":%zu,\"tree\":\"", tree->nr - 1);
	text_add_base64(&page->events, bytes.bytes, bytes.length);
	text_add(&page->events, "\"}");
	text_free(&bytes);
	layout_free(&layout);
}

/* The members that an event and a base have. */
static void add_counts(const struct event *event, struct text *text)
{
	text_print(text,
		   "\"period\":%" PRIu64 ",\"frequency\":%" PRIu64 ",\"samples\":%" PRIu64
		   ",\"weight\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"throttled\":%" PRIu64
		   ",\"coalesced\":%" PRIu64 ",\"throttles\":%" PRIu64 ",\"counted\":%s",
		   event->period, event->frequency, event->total.samples, event->total.weight,
		   event->lost, event->throttled, event->coalesced, event->throttles,
		   event->counted ? "true" : "false");
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
	struct amount *self = layout_amounts(event);

	begin_event(page, event, weighted);
	add_tree(page, &event->tree, &self, 1, weighted);
	free(self);
}

static void add_diff_event(struct page *page, const struct diff_event *event)
{
	const struct event *base = event->sides[DIFF_BASE], *new = event->sides[DIFF_NEW];
	struct amount *const sides[] = {event->self[DIFF_NEW], event->self[DIFF_BASE]};
	bool weighted = is_weighted(base) || is_weighted(new) || base->period != new->period;

	begin_event(page, new, weighted);
	text_add(&page->events, ",\"base\":{");
	add_counts(base, &page->events);
	text_add(&page->events, "}");
	add_tree(page, &event->tree, sides, DIFF_SIDES, weighted);
}

static void add_pair(struct text *text, bool first, const char *a, const char *b)
{
	text_add(text, first ? "[" : ",[");
	text_add_json(text, a);
	text_add(text, ",");
	text_add_json(text, b);
	text_add(text, "]");
}

static void add_note(struct text *text, size_t empty, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* empty: the length of text when it has no note yet. */
static void add_note(struct text *text, size_t empty, const char *format, ...)
{
	char note[256];
	va_list args;

	va_start(args, format);
	vsnprintf(note, sizeof note, format, args);
	va_end(args);
	if (text->length > empty)
		text_add(text, ",");
	text_add_json(text, note);
}

static void add_notes(const struct profile *profile, struct text *text)
{
	size_t empty = text->length;

	for (size_t i = 0; i < profile->nr_events; i++)
		if (profile->events[i].filtered)
			add_note(text, empty, "%s: %" PRIu64 " samples left out as asked for",
				 profile->events[i].name, profile->events[i].filtered);

	if (profile->lost_unassigned)
		add_note(text, empty, "%" PRIu64 " records of no known event were lost",
			 profile->lost_unassigned);
	if (profile->samples_unassigned)
		add_note(text, empty, "%" PRIu64 " samples of no known event were left out",
			 profile->samples_unassigned);
	if (profile->damaged)
		add_note(text, empty, "%" PRIu64 " damaged records were left out",
			 profile->damaged);
}

static void add_facts(const struct profile *profile, struct text *text)
{
	struct text note = {0};
	bool first = true;

	text_add(text, "\"facts\":[");
	for (size_t i = 0; i < profile->nr_facts; i++)
		add_pair(text, i == 0, profile->facts[i].label, profile->facts[i].value);
	if (profile->first_time <= profile->last_time) {
		text_print(&note, "%.6f s", (profile->last_time - profile->first_time) / 1e9);
		text_add_bytes(&note, "", 1);
		add_pair(text, profile->nr_facts == 0, "sampled for", note.bytes);
	}
	text_free(&note);
	text_add(text, "],\n\"unresolved\":[");
	for (size_t i = 0; i < profile->objects.nr; i++) {
		const struct object *object = profile->objects.list[i];

		if (object->why == NULL || object->misses == 0)
			continue;
		add_pair(text, first, object->path, object->why);
		first = false;
	}
	text_add(text, "],\n\"incomplete\":");
	if (profile->incomplete != NULL)
		text_add_json(text, profile->incomplete);
	else
		text_add(text, "null");
	text_add(text, ",\n\"notes\":[");
	add_notes(profile, text);
	text_add(text, "]");
}

/* Events without samples too: that there were none is a result. */
static void add_events(struct page *page, const struct options *options)
{
	for (size_t i = 0; i < page->profile->nr_events; i++) {
		const struct event *event = &page->profile->events[i];

		if (view_wants(options, event))
			add_event(page, event);
	}
}

/* What goes into the page. */
struct content {
	const struct profile *profile; /* the recording it tells of; of a diff the new one */
	const struct diff *diff;       /* or NULL */
	const struct options *options;
};

static void add_data(const struct content *content, struct text *text)
{
	const struct diff *diff = content->diff;
	struct page page = {.profile = diff ? &diff->merged : content->profile};

	page.frame_index = must_calloc(page.profile->frames.nr, sizeof *page.frame_index);
	string_of(&page, 0);
	if (diff == NULL)
		add_events(&page, content->options);
	for (size_t i = 0; diff != NULL && i < diff->nr_events; i++)
		add_diff_event(&page, &diff->events[i]);
	text_print(text, "{\"icicle\":%s,\"diff\":%s,\n",
		   content->options->icicle ? "true" : "false", diff ? "true" : "false");
	add_facts(content->profile, text);
	text_add(text, ",\n\"strings\":[");
	text_add_bytes(text, page.strings.bytes, page.strings.length);
	text_print(text, "],\n\"nr_frames\":%zu,\"frames\":\"", page.nr_frames);
	text_add_base64(text, page.frames.bytes, page.frames.length);
	text_add(text, "\",\n\"events\":[");
	text_add_bytes(text, page.events.bytes, page.events.length);
	text_add(text, "]}");
	text_free(&page.strings);
	text_free(&page.frames);
	text_free(&page.events);
	free(page.string_index);
	free(page.frame_index);
}

static void add_title(const struct content *content, struct text *text)
{
	struct options base = *content->options;

	text_add_html(text, export_title(content->profile, content->options));
	if (content->diff == NULL || base.title != NULL)
		return;
	base.input = base.base;
	text_add(text, ": new vs base");
	if (strcmp(export_title(content->diff->sides[DIFF_BASE], &base),
		   export_title(content->profile, content->options)) == 0)
		return;
	text_add(text, " ");
	text_add_html(text, export_title(content->diff->sides[DIFF_BASE], &base));
}

static void add_files(const char *suffix, struct text *text)
{
	for (const struct template_file *file = template_files; file->name; file++) {
		const char *dot = strrchr(file->name, '.');

		if (dot != NULL && strcmp(dot, suffix) == 0)
			text_add_bytes(text, file->bytes, file->length);
	}
}

static void add_marker(const char *marker, size_t length, const struct content *content,
		       struct text *text)
{
	if (length == 7 && strncmp(marker, "VERSION", length) == 0)
		text_add(text, MACHPERF_VERSION);
	else if (length == 5 && strncmp(marker, "TITLE", length) == 0)
		add_title(content, text);
	else if (length == 5 && strncmp(marker, "STYLE", length) == 0)
		add_files(".css", text);
	else if (length == 6 && strncmp(marker, "SCRIPT", length) == 0)
		add_files(".js", text);
	else if (length == 4 && strncmp(marker, "DATA", length) == 0)
		add_data(content, text);
}

/* The template is the first of the files; @WORD@ in it is a marker. */
static void add_page(const struct content *content, struct text *text)
{
	const char *at = template_files[0].bytes, *marker;

	while ((marker = strchr(at, '@')) != NULL) {
		const char *end = strchr(marker + 1, '@');

		if (end == NULL)
			break;
		text_add_bytes(text, at, marker - at);
		add_marker(marker + 1, end - marker - 1, content, text);
		at = end + 1;
	}
	text_add(text, at);
}

void view_flame(const struct profile *profile, const struct options *options, struct text *text)
{
	const struct content content = {.profile = profile, .options = options};

	add_page(&content, text);
}

void view_diff_flame(const struct diff *diff, const struct options *options, struct text *text)
{
	const struct content content = {
	    .profile = diff->sides[DIFF_NEW], .diff = diff, .options = options};

	add_page(&content, text);
}
