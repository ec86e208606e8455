/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "export.h"
#include "views.h"

static void add_frames(const struct profile *profile, struct text *text)
{
	text_add(text, "\"shared\":{\"frames\":[");
	for (size_t i = 0; i < profile->frames.nr; i++) {
		const struct frame *frame = &profile->frames.list[i];

		text_add(text, i ? ",\n{\"name\":" : "\n{\"name\":");
		text_add_json(text, names_text(profile->names, frame->symbol));
		if (frame->dso) {
			text_add(text, ",\"file\":");
			text_add_json(text, names_text(profile->names, frame->dso));
		}
		text_add(text, "}");
	}
	text_add(text, "]},\n");
}

/* From the task, the outermost, in. */
static void add_stack(const struct tree *tree, uint32_t node, struct chain *chain,
		      struct text *text)
{
	chain->nr = 0;
	for (; node != TREE_ROOT; node = tree->nodes[node].parent) {
		chain->frames = must_grow(chain->frames, &chain->capacity, chain->nr + 1,
					  sizeof *chain->frames);
		chain->frames[chain->nr++] = tree->nodes[node].frame;
	}
	text_add(text, "[");
	for (size_t i = chain->nr; i > 0; i--)
		text_print(text, "%s%" PRIu32, i < chain->nr ? "," : "", chain->frames[i - 1]);
	text_add(text, "]");
}

static void add_event(const struct event *event, struct text *text)
{
	struct chain chain = {0};

	text_add(text, "{\"type\":\"sampled\",\"name\":");
	text_add_json(text, event->name);
	text_print(text,
		   ",\"unit\":\"none\",\"startValue\":0,\"endValue\":%" PRIu64 ",\n\"samples\":[",
		   event->total.weight);
	for (size_t i = 0; i < event->cells.nr; i++) {
		text_add(text, i ? ",\n" : "");
		add_stack(&event->tree, event->cells.list[i].node, &chain, text);
	}
	text_add(text, "],\n\"weights\":[");
	for (size_t i = 0; i < event->cells.nr; i++)
		text_print(text, "%s%" PRIu64, i ? "," : "", event->cells.list[i].self.weight);
	text_add(text, "]}");
	chain_free(&chain);
}

void export_speedscope(const struct profile *profile, const struct options *options,
		       struct text *text)
{
	const char *separator = "";

	text_add(text, "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\n"
		       "\"exporter\":\"machperf " MACHPERF_VERSION "\",\"name\":");
	text_add_json(text, export_title(profile, options));
	text_add(text, ",\"activeProfileIndex\":0,\n");
	add_frames(profile, text);
	text_add(text, "\"profiles\":[");
	for (size_t i = 0; i < profile->nr_events; i++) {
		if (!view_wants(options, &profile->events[i]))
			continue;
		text_add(text, separator);
		add_event(&profile->events[i], text);
		separator = ",\n";
	}
	text_add(text, "]}\n");
}
