/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "views.h"

static void add_name(struct text *text, const char *key, const struct profile *profile,
		     bool present, name_t name)
{
	text_print(text, ", \"%s\": ", key);
	if (present)
		text_add_json(text, names_text(profile->names, name));
	else
		text_add(text, "null");
}

static void add_row(const struct profile *profile, const struct sort *sort, const struct row *row,
		    struct text *text)
{
	bool symbol = sort_has(sort, SORT_SYMBOL);
	bool task = sort_has(sort, SORT_TASK), thread = sort_has(sort, SORT_THREAD);

	text_add(text, "        {\"symbol\": ");
	if (symbol)
		text_add_json(text,
			      names_text(profile->names, profile->frames.list[row->frame].symbol));
	else
		text_add(text, "null");
	add_name(text, "dso", profile, symbol || sort_has(sort, SORT_DSO), row->dso);
	if (sort_has(sort, SORT_SRCLINE))
		add_name(text, "srcline", profile, row->line != 0, row->line);
	if (task || thread || sort_has(sort, SORT_COMM))
		add_name(text, "task", profile, true, row->comm);
	if (task)
		text_print(text, ", \"pid\": %d", (int)row->pid);
	if (thread)
		text_print(text, ", \"tid\": %d", (int)row->tid);
	if (sort_has(sort, SORT_CPU) && row->cpu != CPU_UNKNOWN)
		text_print(text, ", \"cpu\": %" PRIu32, row->cpu);
	text_print(text,
		   ", \"self\": %" PRIu64 ", \"total\": %" PRIu64 ", \"self_events\": %" PRIu64
		   ", \"total_events\": %" PRIu64 "}",
		   row->self.samples, row->total.samples, row->self.weight, row->total.weight);
}

static void add_unwound(const struct event *event, struct text *text)
{
	static const char *const ends[UNWIND_ENDS] = {
	    [UNWIND_BEGINNING] = "beginning", [UNWIND_DUMP] = "dump", [UNWIND_NO_FILE] = "no_file",
	    [UNWIND_NO_INFO] = "no_info",     [UNWIND_LOST] = "lost",
	};
	uint64_t sum = 0;

	for (int end = 0; end < UNWIND_ENDS; end++)
		sum += event->unwound[end];
	if (sum == 0)
		return;
	text_add(text, "      \"unwound\": {");
	for (int end = 0; end < UNWIND_ENDS; end++)
		text_print(text, "%s\"%s\": %" PRIu64, end ? ", " : "", ends[end],
			   event->unwound[end]);
	text_add(text, "},\n");
}

/* Its name and how it was sampled. */
static void add_counts(const struct event *event, struct text *text)
{
	text_add(text, "      \"name\": ");
	text_add_json(text, event->name);
	text_print(text,
		   ",\n      \"period\": %" PRIu64 ",\n      \"frequency\": %" PRIu64
		   ",\n      \"samples\": %" PRIu64 ",\n      \"events\": %" PRIu64
		   ",\n      \"lost\": %" PRIu64 ",\n",
		   event->period, event->frequency, event->total.samples, event->total.weight,
		   event->lost);
	if (event->counted)
		text_print(text,
			   "      \"throttled\": %" PRIu64 ",\n      \"coalesced\": %" PRIu64 ",\n",
			   event->throttled, event->coalesced);
}

void view_event_json(const struct event *event, struct text *text)
{
	add_counts(event, text);
	if (event->filtered)
		text_print(text, "      \"filtered\": %" PRIu64 ",\n", event->filtered);
	text_print(text,
		   "      \"callchains\": %" PRIu64 ",\n      \"user_callchains\": %" PRIu64
		   ",\n      \"broken_callchains\": %" PRIu64 ",\n",
		   event->chains, event->user_chains, event->broken);
	add_unwound(event, text);
}

static void add_event(const struct profile *profile, const struct options *options,
		      const struct event *event, struct text *text)
{
	struct rows rows;
	size_t shown;

	rows_make(&rows, profile, event, &options->sort, options->children);
	text_add(text, "    {\n");
	view_event_json(event, text);
	text_add(text, "      \"rows\": [");
	shown = view_rows_shown(options, event, &rows);
	for (size_t i = 0; i < shown; i++) {
		text_add(text, i ? ",\n" : "\n");
		add_row(profile, &options->sort, &rows.list[i], text);
	}
	text_add(text, shown ? "\n      ]\n    }" : "]\n    }");
	rows_free(&rows);
}

static void add_unresolved(const struct profile *profile, struct text *text)
{
	const char *separator = "\n";

	text_add(text, "  \"unresolved\": [");
	for (size_t i = 0; i < profile->objects.nr; i++) {
		const struct object *object = profile->objects.list[i];

		if (object->why == NULL || object->misses == 0)
			continue;
		text_print(text, "%s    {\"dso\": ", separator);
		text_add_json(text, object->path);
		text_add(text, ", \"why\": ");
		text_add_json(text, object->why);
		text_add(text, "}");
		separator = ",\n";
	}
	text_add(text, *separator == ',' ? "\n  ]" : "]");
}

/* Objects whose lines or inlined functions were wanted and are not known. */
static void add_lineless(const struct profile *profile, struct text *text)
{
	bool first = true;

	for (size_t i = 0; i < profile->objects.nr; i++) {
		if (profile->objects.list[i]->lineless == 0)
			continue;
		text_add(text, first ? ",\n  \"without_lines\": [\n    " : ",\n    ");
		text_add_json(text, profile->objects.list[i]->path);
		first = false;
	}
	text_add(text, first ? "\n" : "\n  ]\n");
}

void view_recording_json(const struct profile *profile, struct text *text)
{
	text_add(text, "  \"recording\": {");
	for (size_t i = 0; i < profile->nr_facts; i++) {
		text_add(text, i ? ",\n    " : "\n    ");
		text_add_json(text, profile->facts[i].label);
		text_add(text, ": ");
		text_add_json(text, profile->facts[i].value);
	}
	text_add(text, profile->nr_facts ? "\n  },\n" : "},\n");
	text_add(text, "  \"incomplete\": ");
	if (profile->incomplete != NULL)
		text_add_json(text, profile->incomplete);
	else
		text_add(text, "null");
	text_add(text, ",\n");
	add_unresolved(profile, text);
	add_lineless(profile, text);
}

void view_report_json(const struct profile *profile, const struct options *options,
		      struct text *text)
{
	const char *separator = "\n";

	text_add(text, "{\n  \"events\": [");
	for (size_t i = 0; i < profile->nr_events; i++) {
		if (!view_wants(options, &profile->events[i]))
			continue;
		text_add(text, separator);
		add_event(profile, options, &profile->events[i], text);
		separator = ",\n";
	}
	text_add(text, "\n  ],\n");
	view_recording_json(profile, text);
	text_add(text, "}\n");
}

/* Nothing of it is named here, so its callchains are not judged. */
static void add_counted_event(const struct event *event, struct text *text)
{
	text_add(text, "    {\n");
	add_counts(event, text);
	text_print(text,
		   "      \"throttles\": %" PRIu64 ",\n      \"callchains\": %" PRIu64
		   ",\n      \"user_callchains\": %" PRIu64 "\n    }",
		   event->throttles, event->chains, event->user_chains);
}

void view_header_json(const struct profile *profile, const struct options *options,
		      struct text *text)
{
	const char *separator = "\n";

	text_add(text, "{\n  \"events\": [");
	for (size_t i = 0; i < profile->nr_events; i++) {
		if (!view_wants(options, &profile->events[i]))
			continue;
		text_add(text, separator);
		add_counted_event(&profile->events[i], text);
		separator = ",\n";
	}
	text_add(text, "\n  ],\n");
	if (profile->first_time <= profile->last_time)
		text_print(text, "  \"first_time\": %" PRIu64 ",\n  \"last_time\": %" PRIu64 ",\n",
			   profile->first_time, profile->last_time);
	text_print(text,
		   "  \"damaged\": %" PRIu64 ",\n  \"samples_unassigned\": %" PRIu64
		   ",\n  \"lost_unassigned\": %" PRIu64 ",\n",
		   profile->damaged, profile->samples_unassigned, profile->lost_unassigned);
	view_recording_json(profile, text);
	text_add(text, "}\n");
}
