/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "export.h"
#include "views.h"

static void add_frames(const struct profile *profile, struct text *text)
{
	static const char *const kinds[FRAME_KINDS] = {"task", "user", "kernel", "graft",
						       "unresolved"};

	text_add(text, "  \"frames\": [");
	for (size_t i = 0; i < profile->frames.nr; i++) {
		const struct frame *frame = &profile->frames.list[i];

		text_add(text, i ? ",\n    {\"symbol\": " : "\n    {\"symbol\": ");
		text_add_json(text, names_text(profile->names, frame->symbol));
		text_add(text, ", \"dso\": ");
		text_add_json(text, names_text(profile->names, frame->dso));
		text_print(text, ", \"kind\": \"%s\"}", kinds[frame->kind]);
	}
	text_add(text, "\n  ],\n");
}

static void add_stack(const struct profile *profile, const struct event *event,
		      const struct cell *cell, struct chain *chain, struct text *text)
{
	const struct owner *owner = &profile->tasks.owners[cell->owner];

	export_chain(chain, profile, &event->tree, cell->node);
	text_add(text, "        {\"task\": ");
	text_add_json(text, names_text(profile->names, owner->comm));
	text_print(text, ", \"pid\": %d, \"tid\": %d", (int)owner->pid, (int)owner->tid);
	if (cell->cpu != CPU_UNKNOWN)
		text_print(text, ", \"cpu\": %" PRIu32, cell->cpu);
	text_add(text, ", \"frames\": [");
	for (size_t i = 0; i < chain->nr; i++)
		text_print(text, "%s%" PRIu32, i ? ", " : "", chain->frames[i]);
	text_print(text, "], \"samples\": %" PRIu64 ", \"events\": %" PRIu64 "}",
		   cell->self.samples, cell->self.weight);
}

static void add_event(const struct profile *profile, const struct event *event, struct text *text)
{
	struct chain chain = {0};

	text_add(text, "    {\n");
	view_event_json(event, text);
	text_add(text, "      \"stacks\": [");
	for (size_t i = 0; i < event->cells.nr; i++) {
		text_add(text, i ? ",\n" : "\n");
		add_stack(profile, event, &event->cells.list[i], &chain, text);
	}
	text_add(text, event->cells.nr ? "\n      ]\n    }" : "]\n    }");
	chain_free(&chain);
}

void export_json(const struct profile *profile, const struct options *options, struct text *text)
{
	const char *separator = "\n";

	text_add(text, "{\n");
	add_frames(profile, text);
	text_add(text, "  \"events\": [");
	for (size_t i = 0; i < profile->nr_events; i++) {
		if (!view_wants(options, &profile->events[i]))
			continue;
		text_add(text, separator);
		add_event(profile, &profile->events[i], text);
		separator = ",\n";
	}
	text_add(text, "\n  ],\n");
	view_recording_json(profile, text);
	text_add(text, "}\n");
}
