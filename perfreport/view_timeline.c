/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples over time as a table: a row for each lane, a character for each
 * column, the darker the more events fell there.
 */
#include <inttypes.h>
#include <string.h>

#include "lanes.h"
#include "views.h"

/* From nothing to the most; a column with any event is never blank. */
static const char shades[] = " .:-=+*#%@";

static char shade(uint64_t weight, uint64_t most)
{
	size_t steps = sizeof shades - 2;

	if (weight == 0)
		return shades[0];
	return shades[1 + (size_t)((double)weight * (steps - 1) / most + 0.5)];
}

/* The events of the heaviest column of any lane, at least 1. */
static uint64_t heaviest_bin(const struct lanes *lanes)
{
	uint64_t most = 1;

	for (size_t i = 0; i < lanes->nr; i++)
		for (size_t k = 0; k < lanes->nr_bins; k++)
			if (lanes->list[i].bins[k].weight > most)
				most = lanes->list[i].bins[k].weight;
	return most;
}

static void print_lane(const struct lanes *lanes, const struct lane *lane, const char *label,
		       int width, uint64_t most, const struct event *event, struct text *text)
{
	double whole = event->total.weight ? event->total.weight : 1;

	text_print(text, "%7.2f%% %9" PRIu64 "  %-*s |", 100 * lane->total.weight / whole,
		   lane->total.samples, width, label);
	for (size_t k = 0; k < lanes->nr_bins; k++)
		text_add_bytes(text, (char[]){shade(lane->bins[k].weight, most)}, 1);
	text_add(text, "|\n");
}

static size_t lanes_shown(const struct lanes *lanes, const struct options *options)
{
	return options->top && options->top < lanes->nr ? options->top : lanes->nr;
}

/* The labels, one behind the other, each with a NUL; returns the widest. */
static int add_labels(const struct lanes *lanes, size_t nr, const struct profile *profile,
		      const struct event *event, struct text *labels)
{
	size_t width = strlen(lane_key_name(lanes->key));

	for (size_t i = 0; i < nr; i++) {
		size_t begin = labels->length;

		lane_label(lanes, &lanes->list[i], profile, event, labels);
		if (labels->length - begin > width)
			width = labels->length - begin;
		text_add_bytes(labels, "", 1);
	}
	return width;
}

static void print_event(const struct profile *profile, const struct options *options,
			const struct event *event, struct text *text)
{
	struct text labels = {0};
	struct lanes lanes;
	const char *label;
	size_t shown;
	int width;

	lanes_make(&lanes, profile, event, options->by, options->bins);
	shown = lanes_shown(&lanes, options);
	width = add_labels(&lanes, shown, profile, event, &labels);
	label = labels.bytes;
	text_print(text,
		   "#\n# %zu columns of %.3f us, %.6f s in all; the darkest is %" PRIu64
		   " events\n#   share   samples  %s\n",
		   lanes.nr_bins, lanes.bin / 1e3, lanes.bin * lanes.nr_bins / 1e9,
		   heaviest_bin(&lanes), lane_key_name(options->by));
	for (size_t i = 0; i < shown; i++) {
		print_lane(&lanes, &lanes.list[i], label, width, heaviest_bin(&lanes), event, text);
		label += strlen(label) + 1;
	}
	if (shown < lanes.nr)
		text_print(text, "# %zu more rows\n", lanes.nr - shown);
	text_free(&labels);
	lanes_free(&lanes);
}

void view_timeline(const struct profile *profile, const struct options *options, struct text *text)
{
	view_header(profile, options, text);
	for (size_t i = 0; i < profile->nr_events; i++) {
		const struct event *event = &profile->events[i];

		if (!view_wants(options, event))
			continue;
		text_add(text, "#\n");
		view_honesty(profile, event, text);
		print_event(profile, options, event, text);
	}
}

void view_timeline_csv(const struct profile *profile, const struct options *options,
		       struct text *text)
{
	text_print(text, "event,%s,start_ns,end_ns,samples,events\r\n", lane_key_name(options->by));
	for (size_t e = 0; e < profile->nr_events; e++) {
		const struct event *event = &profile->events[e];
		struct lanes lanes;

		if (!view_wants(options, event))
			continue;
		lanes_make(&lanes, profile, event, options->by, options->bins);
		for (size_t i = 0; i < lanes_shown(&lanes, options); i++) {
			struct text label = {0};

			lane_label(&lanes, &lanes.list[i], profile, event, &label);
			text_add_bytes(&label, "", 1);
			for (size_t k = 0; k < lanes.nr_bins; k++) {
				text_add_csv(text, event->name);
				text_add(text, ",");
				text_add_csv(text, label.bytes);
				text_print(
				    text, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\r\n",
				    lanes.start + k * lanes.bin, lanes.start + (k + 1) * lanes.bin,
				    lanes.list[i].bins[k].samples, lanes.list[i].bins[k].weight);
			}
			text_free(&label);
		}
		lanes_free(&lanes);
	}
}

static void add_bins(const struct lanes *lanes, const struct lane *lane, struct text *text)
{
	text_add(text, "\"samples\": [");
	for (size_t k = 0; k < lanes->nr_bins; k++)
		text_print(text, "%s%" PRIu64, k ? "," : "", lane->bins[k].samples);
	text_add(text, "], \"events\": [");
	for (size_t k = 0; k < lanes->nr_bins; k++)
		text_print(text, "%s%" PRIu64, k ? "," : "", lane->bins[k].weight);
	text_add(text, "]}");
}

static void add_event_json(const struct profile *profile, const struct options *options,
			   const struct event *event, struct text *text)
{
	struct lanes lanes;

	lanes_make(&lanes, profile, event, options->by, options->bins);
	text_add(text, "    {\n");
	view_event_json(event, text);
	text_print(text,
		   "      \"start_ns\": %" PRIu64 ", \"bin_ns\": %" PRIu64
		   ", \"nr_bins\": %zu, \"by\": \"%s\",\n      \"lanes\": [",
		   lanes.start, lanes.bin, lanes.nr_bins, lane_key_name(options->by));
	for (size_t i = 0; i < lanes_shown(&lanes, options); i++) {
		struct text label = {0};

		lane_label(&lanes, &lanes.list[i], profile, event, &label);
		text_add_bytes(&label, "", 1);
		text_add(text, i ? ",\n        {\"lane\": " : "\n        {\"lane\": ");
		text_add_json(text, label.bytes);
		text_add(text, ", ");
		add_bins(&lanes, &lanes.list[i], text);
		text_free(&label);
	}
	text_add(text, "\n      ]}");
	lanes_free(&lanes);
}

void view_timeline_json(const struct profile *profile, const struct options *options,
			struct text *text)
{
	bool first = true;

	text_add(text, "{\n  \"events\": [");
	for (size_t i = 0; i < profile->nr_events; i++) {
		if (!view_wants(options, &profile->events[i]))
			continue;
		text_add(text, first ? "\n" : ",\n");
		add_event_json(profile, options, &profile->events[i], text);
		first = false;
	}
	text_add(text, "\n  ],\n");
	view_recording_json(profile, text);
	text_add(text, "}\n");
}
