/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "view_annotate.h"
#include "views.h"

static void add_counts(const struct annotate_view *view, const struct amount *counts,
		       struct text *text)
{
	text_add(text, "\"samples\": [");
	for (size_t i = 0; i < view->nr_events; i++)
		text_print(text, "%s%" PRIu64, i ? ", " : "",
			   counts ? counts[view->events[i]].samples : 0);
	text_add(text, "], \"events\": [");
	for (size_t i = 0; i < view->nr_events; i++)
		text_print(text, "%s%" PRIu64, i ? ", " : "",
			   counts ? counts[view->events[i]].weight : 0);
	text_add(text, "]");
}

static void add_instruction(const struct annotate_view *view, const struct annotation *annotation,
			    size_t index, struct text *text)
{
	const struct instruction *instruction = &annotation->list[index];
	const char *file = names_text(view->profile->names, instruction->file);
	struct text line = {0};

	text_print(text, "{\"address\": %" PRIu64 ", \"bytes\": \"", instruction->address);
	for (unsigned int i = 0; i < instruction->size; i++)
		text_print(text, "%02x", instruction->bytes[i]);
	text_add(text, "\", \"text\": ");
	if (instruction->text != NULL)
		text_add_json(text, instruction->text);
	else
		text_add(text, "null");
	if (instruction->target)
		text_print(text, ", \"target\": %" PRIu64, instruction->target);
	if (instruction->line) {
		text_add(text, ", \"file\": ");
		text_add_json(text, file);
		text_print(text, ", \"line\": %" PRIu32, instruction->line);
	}
	if (annotate_new_line(annotation, index) &&
	    source_text_line(view->source, file, instruction->line, &line)) {
		text_add_bytes(&line, "", 1);
		text_add(text, ", \"source\": ");
		text_add_json(text, line.bytes);
	}
	text_free(&line);
	text_add(text, ", ");
	add_counts(view, instruction->counts, text);
	text_add(text, "}");
}

static void add_function(const struct annotate_view *view, const struct annotation *annotation,
			 struct text *text)
{
	const struct names *names = view->profile->names;

	text_add(text, "    {\"symbol\": ");
	text_add_json(text, names_text(names, annotation->frame->symbol));
	text_add(text, ", \"dso\": ");
	text_add_json(text, names_text(names, annotation->frame->dso));
	text_print(text, ", \"start\": %" PRIu64 ", \"end\": %" PRIu64 ",\n     ",
		   annotation->start, annotation->end);
	add_counts(view, annotation->totals, text);
	text_add(text, ", \"why\": ");
	if (annotation->why != NULL)
		text_add_json(text, annotation->why);
	else
		text_add(text, "null");
	text_add(text, ",\n     \"instructions\": [");
	for (size_t i = 0; i < annotation->nr; i++) {
		text_add(text, i ? ",\n      " : "\n      ");
		add_instruction(view, annotation, i, text);
	}
	text_add(text, "]}");
}

void view_annotate_json(const struct annotate_view *view, struct text *text)
{
	text_add(text, "{\n  \"events\": [");
	for (size_t i = 0; i < view->nr_events; i++) {
		text_add(text, i ? ",\n    {\n" : "\n    {\n");
		view_event_json(&view->profile->events[view->events[i]], text);
		text_print(text, "      \"unnamed\": %" PRIu64 "\n    }",
			   view->all.unnamed[view->events[i]].samples);
	}
	text_print(text, "\n  ],\n  \"more_functions\": %zu,\n  \"functions\": [",
		   view->all.nr - view->shown);
	for (size_t i = 0; i < view->shown; i++) {
		text_add(text, i ? ",\n" : "\n");
		add_function(view, &view->all.list[i], text);
	}
	text_add(text, "\n  ],\n");
	view_recording_json(view->profile, text);
	text_add(text, "}\n");
}
