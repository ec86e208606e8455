/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deflate.h"
#include "export.h"
#include "page.h"
#include "template.h"

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

void page_facts(const struct profile *profile, struct text *text)
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
	text_add(text, "],\n");
}

static void add_title(const struct page_content *content, struct text *text)
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

/* The data as they stand in the page. */
static bool add_data(const struct page_content *content, struct text *text, struct failure *failure)
{
	struct text plain = {0}, packed = {0};
	bool good;

	page_data(content, &plain);
	good = deflate_text(&packed, &plain, DEFLATE_ZLIB, failure);
	text_free(&plain);
	if (good)
		text_add_base64(text, packed.bytes, packed.length);
	text_free(&packed);
	return good;
}

static bool add_marker(const char *marker, size_t length, const struct page_content *content,
		       struct text *text, struct failure *failure)
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
		return add_data(content, text, failure);
	return true;
}

/* The template is the first of the files; @WORD@ in it is a marker. */
bool page_write(const struct page_content *content, struct text *text, struct failure *failure)
{
	const char *at = template_files[0].bytes, *marker;

	while ((marker = strchr(at, '@')) != NULL) {
		const char *end = strchr(marker + 1, '@');

		if (end == NULL)
			break;
		text_add_bytes(text, at, marker - at);
		if (!add_marker(marker + 1, end - marker - 1, content, text, failure))
			return false;
		at = end + 1;
	}
	text_add(text, at);
	return true;
}
