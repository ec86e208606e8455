/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "alloc.h"
#include "export.h"
#include "load.h"
#include "views.h"

unsigned int export_needs(enum export_format format)
{
	if (format == EXPORT_FIREFOX || format == EXPORT_CHROME)
		return LOAD_NAMES | LOAD_MOMENTS;
	return LOAD_NAMES;
}

void export_chain(struct chain *chain, const struct profile *profile, const struct tree *tree,
		  uint32_t node)
{
	chain->nr = 0;
	for (; node != TREE_ROOT; node = tree->nodes[node].parent) {
		uint32_t frame = tree->nodes[node].frame;

		if (profile->frames.list[frame].kind == FRAME_TASK)
			break;
		chain->frames = must_grow(chain->frames, &chain->capacity, chain->nr + 1,
					  sizeof *chain->frames);
		chain->frames[chain->nr++] = frame;
	}
}

const char *export_title(const struct profile *profile, const struct options *options)
{
	const char *command = profile_fact(profile, "command");
	const char *dashes = command ? strstr(command, " -- ") : NULL;
	const char *name = profile->bundle ? bundle_recorded_as(profile->bundle) : options->input;
	const char *slash = strrchr(name, '/');

	if (options->title != NULL)
		return options->title;
	if (dashes != NULL)
		return dashes + 4;
	return slash ? slash + 1 : name;
}

void export_loss(const struct event *event, struct text *text)
{
	text_print(text, "%s: %" PRIu64 " samples, lost %" PRIu64, event->name,
		   event->total.samples, event->lost);
	if (event->counted)
		text_print(text, ", throttled %" PRIu64 ", coalesced %" PRIu64, event->throttled,
			   event->coalesced);
	else
		text_print(text, ", throttled %" PRIu64 " times", event->throttles);
	text_print(text,
		   "; %" PRIu64 " callchains, %" PRIu64 " with user frames, %" PRIu64
		   " of these broken",
		   event->chains, event->user_chains, event->broken);
}

bool export_profile(const struct profile *profile, const struct options *options, struct text *text,
		    struct failure *failure)
{
	if ((export_needs(options->format) & LOAD_MOMENTS) && profile->last_time == 0) {
		failure_set(failure, EXIT_NO_SAMPLES,
			    "%s: its samples have no times, and this format draws time",
			    options->input);
		return false;
	}
	switch (options->format) {
	case EXPORT_PPROF:
		return export_pprof(profile, options, text, failure);
	case EXPORT_SPEEDSCOPE:
		export_speedscope(profile, options, text);
		return true;
	case EXPORT_FIREFOX:
		export_firefox(profile, options, text);
		return true;
	case EXPORT_CHROME:
		export_chrome(profile, options, text);
		return true;
	case EXPORT_JSON:
		export_json(profile, options, text);
		return true;
	default:
		view_folded(profile, options, text);
		return true;
	}
}
