/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "views.h"

bool view_wants(const struct options *options, const struct event *event)
{
	return options->event == NULL || strcmp(options->event, event->name) == 0;
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * part / whole : 0;
}

static void say_sampling(const struct event *event, struct text *text)
{
	const char *unit = event->nanoseconds ? "ns" : "events";

	text_print(text, "# event %s: %" PRIu64 " samples, ", event->name, event->total.samples);
	if (event->frequency)
		text_print(text, "%" PRIu64 " %s at %" PRIu64 " samples a second\n",
			   event->total.weight, unit, event->frequency);
	else if (event->period)
		text_print(text, "one every %" PRIu64 " %s\n", event->period, unit);
	else
		text_print(text, "%" PRIu64 " %s\n", event->total.weight, unit);
}

static void say_unwound(const struct event *event, struct text *text)
{
	static const char *const ends[UNWIND_ENDS] = {
	    [UNWIND_BEGINNING] = "to where the thread began",
	    [UNWIND_DUMP] = "out of the dump",
	    [UNWIND_NO_FILE] = "into code whose file is not here",
	    [UNWIND_NO_INFO] = "into code without unwind information",
	    [UNWIND_LOST] = "into nonsense",
	};
	const char *separator = "#   stack dumps unwound";

	for (int end = 0; end < UNWIND_ENDS; end++) {
		if (event->unwound[end] == 0)
			continue;
		text_print(text, "%s %s %" PRIu64, separator, ends[end], event->unwound[end]);
		separator = ",";
	}
	if (*separator == ',')
		text_add(text, "\n");
}

void view_honesty(const struct profile *profile, const struct event *event, struct text *text)
{
	if (event->imported) {
		text_print(
		    text,
		    "# event %s: %" PRIu64 " samples\n"
		    "#   from folded stacks: loss, period and broken callchains are not known\n",
		    event->name, event->total.samples);
		if (event->filtered)
			text_print(text, "#   left out as asked for: %" PRIu64 " samples\n",
				   event->filtered);
		return;
	}
	say_sampling(event, text);
	text_print(text, "#   lost %" PRIu64, event->lost);
	if (event->counted)
		text_print(text, ", throttled %" PRIu64 ", coalesced %" PRIu64 "\n",
			   event->throttled, event->coalesced);
	else
		text_print(text, ", throttled %" PRIu64 " times\n", event->throttles);
	if (event->filtered)
		text_print(text, "#   left out as asked for: %" PRIu64 " samples\n",
			   event->filtered);
	if (profile->lost_unassigned)
		text_print(text, "#   lost %" PRIu64 " more, of no known event\n",
			   profile->lost_unassigned);
	if (event->chains && !profile->named)
		text_print(text, "#   callchains %" PRIu64 ", with user frames %" PRIu64 "\n",
			   event->chains, event->user_chains);
	else if (event->chains)
		text_print(text,
			   "#   callchains %" PRIu64 ", with user frames %" PRIu64
			   ", of these broken %" PRIu64 " (%.1f %%)\n",
			   event->chains, event->user_chains, event->broken,
			   percent(event->broken, event->user_chains));
	else
		text_add(text, "#   no callchains\n");
	say_unwound(event, text);
}

static void say_unresolved(const struct profile *profile, struct text *text)
{
	bool title = false;

	for (size_t i = 0; i < profile->objects.nr; i++) {
		const struct object *object = profile->objects.list[i];

		if (object->why == NULL || object->misses == 0)
			continue;
		if (!title)
			text_add(text, "# objects without symbols:\n");
		title = true;
		text_print(text, "#   %s: %s\n", object->path, object->why);
	}
}

static void say_lineless(const struct profile *profile, struct text *text)
{
	bool title = false;

	for (size_t i = 0; i < profile->objects.nr; i++) {
		if (profile->objects.list[i]->lineless == 0)
			continue;
		if (!title)
			text_add(text, "# objects without debug information, so without lines and "
				       "inlined functions:\n");
		title = true;
		text_print(text, "#   %s%s\n", profile->objects.list[i]->path,
			   profile->objects.list[i]->alternate.missing
			       ? ": the file that its .gnu_debugaltlink names is not here"
			       : "");
	}
}

void view_header(const struct profile *profile, const struct options *options, struct text *text)
{
	for (size_t i = 0; i < profile->nr_facts; i++)
		text_print(text, "# %-13s %s\n", profile->facts[i].label, profile->facts[i].value);
	if (profile->first_time <= profile->last_time)
		text_print(text, "# %-13s %.6f s\n", "sampled for",
			   (profile->last_time - profile->first_time) / 1e9);
	if (profile->incomplete != NULL)
		text_print(text, "# INCOMPLETE: %s\n", profile->incomplete);
	if (profile->damaged)
		text_print(text, "# damaged records left out: %" PRIu64 "\n", profile->damaged);
	if (profile->samples_unassigned)
		text_print(text, "# samples of no known event left out: %" PRIu64 "\n",
			   profile->samples_unassigned);
	say_unresolved(profile, text);
	say_lineless(profile, text);
	if (options->view != VIEW_HEADER)
		return;
	for (size_t i = 0; i < profile->nr_events; i++)
		view_honesty(profile, &profile->events[i], text);
}

static void add_csv(struct text *text, const char *kind, const char *name, const char *value)
{
	text_add_csv(text, kind);
	text_add(text, ",");
	text_add_csv(text, name);
	text_add(text, ",");
	text_add_csv(text, value);
	text_add(text, "\r\n");
}

static void add_csv_number(struct text *text, const char *kind, const char *name, uint64_t value)
{
	char number[24];

	snprintf(number, sizeof number, "%" PRIu64, value);
	add_csv(text, kind, name, number);
}

static void add_csv_event(struct text *text, const struct event *event)
{
	add_csv_number(text, event->name, "samples", event->total.samples);
	add_csv_number(text, event->name, event->nanoseconds ? "ns" : "events",
		       event->total.weight);
	if (event->imported)
		return; /* no more is known */
	add_csv_number(text, event->name, event->frequency ? "frequency" : "period",
		       event->frequency ? event->frequency : event->period);
	add_csv_number(text, event->name, "lost", event->lost);
	if (event->counted) {
		add_csv_number(text, event->name, "throttled", event->throttled);
		add_csv_number(text, event->name, "coalesced", event->coalesced);
	} else {
		add_csv_number(text, event->name, "throttles", event->throttles);
	}
	add_csv_number(text, event->name, "callchains", event->chains);
	add_csv_number(text, event->name, "user callchains", event->user_chains);
}

void view_header_csv(const struct profile *profile, const struct options *options,
		     struct text *text)
{
	text_add(text, "of,name,value\r\n");
	for (size_t i = 0; i < profile->nr_facts; i++)
		add_csv(text, "recording", profile->facts[i].label, profile->facts[i].value);
	if (profile->first_time <= profile->last_time) {
		add_csv_number(text, "recording", "first time", profile->first_time);
		add_csv_number(text, "recording", "last time", profile->last_time);
	}
	if (profile->incomplete != NULL)
		add_csv(text, "recording", "incomplete", profile->incomplete);
	add_csv_number(text, "recording", "damaged", profile->damaged);
	add_csv_number(text, "recording", "samples of no event", profile->samples_unassigned);
	add_csv_number(text, "recording", "lost of no event", profile->lost_unassigned);
	for (size_t i = 0; i < profile->nr_events; i++)
		if (view_wants(options, &profile->events[i]))
			add_csv_event(text, &profile->events[i]);
}
