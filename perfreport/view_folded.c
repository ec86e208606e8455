/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "layout.h"
#include "views.h"

/* A frame's name; ";" parts frames, a line break lines. */
static void add_frame(struct text *text, const struct profile *profile, uint32_t frame)
{
	for (const char *c = names_text(profile->names, profile->frames.list[frame].symbol); *c;
	     c++)
		text_add_bytes(text, *c == ';' ? ":" : *c == '\n' ? " " : c, 1);
}

static int compare_lines(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

struct lines {
	char **list;
	size_t nr, capacity;
};

static void collect(const struct profile *profile, const struct event *event, struct lines *lines)
{
	struct amount *self = layout_amounts(event);
	struct layout layout;
	struct text path = {0};
	size_t *length; /* of the path down to each depth */
	size_t capacity = 0;

	layout_make(&layout, profile, &event->tree, self);
	length = must_grow(NULL, &capacity, 1, sizeof *length);
	length[0] = 0;
	for (size_t i = 1; i < event->tree.nr; i++) {
		uint32_t node = layout.order[i], depth = layout.depth[node];
		size_t end;

		path.length = length[depth - 1];
		if (depth > 1)
			text_add(&path, ";");
		add_frame(&path, profile, event->tree.nodes[node].frame);
		length = must_grow(length, &capacity, depth + 1, sizeof *length);
		length[depth] = end = path.length;
		if (layout.self[node].samples == 0)
			continue;
		text_print(&path, " %" PRIu64 "\n", layout.self[node].samples);
		lines->list =
		    must_grow(lines->list, &lines->capacity, lines->nr + 1, sizeof *lines->list);
		lines->list[lines->nr++] = must_copy(path.bytes, path.length);
		path.length = end;
	}
	free(length);
	text_free(&path);
	layout_free(&layout);
}

void view_folded(const struct profile *profile, const struct options *options, struct text *text)
{
	for (size_t e = 0; e < profile->nr_events; e++) {
		struct lines lines = {0};

		if (!view_wants(options, &profile->events[e]))
			continue;
		collect(profile, &profile->events[e], &lines);
		if (profile->nr_events > 1 && options->event == NULL)
			text_print(text, "# event %s\n", profile->events[e].name);
		if (lines.nr)
			qsort(lines.list, lines.nr, sizeof *lines.list, compare_lines);
		for (size_t i = 0; i < lines.nr; i++) {
			text_add(text, lines.list[i]);
			free(lines.list[i]);
		}
		free(lines.list);
	}
}
