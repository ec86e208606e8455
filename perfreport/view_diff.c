/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "views.h"

static const char *const side_names[DIFF_SIDES] = {"base", "new"};

static void add_row(const struct diff *diff, const struct diff_row *row, struct text *text)
{
	const struct frame *frame = &diff->merged.frames.list[row->frame];
	const char *dso = names_text(diff->merged.names, frame->dso);

	text_print(text, "%-7s  new vs base %+7.2f%% self %+7.2f%% total  %6.2f%% -> %6.2f%%",
		   diff_class_name(row->class),
		   100 * (row->self_share[DIFF_NEW] - row->self_share[DIFF_BASE]),
		   100 * (row->total_share[DIFF_NEW] - row->total_share[DIFF_BASE]),
		   100 * row->self_share[DIFF_BASE], 100 * row->self_share[DIFF_NEW]);
	if (row->self[DIFF_BASE].weight)
		text_print(text, "  x%-8.3f",
			   (double)row->self[DIFF_NEW].weight / row->self[DIFF_BASE].weight);
	else
		text_print(text, "  %-9s", "-");
	text_print(text, " %+6.1f  %s", row->score, names_text(diff->merged.names, frame->symbol));
	text_print(text, *dso == '[' ? "  %s\n" : "  [%s]\n", dso);
}

static void add_event(const struct diff *diff, const struct options *options,
		      const struct diff_event *event, struct text *text)
{
	size_t shown =
	    options->top && options->top < event->nr_rows ? options->top : event->nr_rows;
	const struct event *base = event->sides[DIFF_BASE], *new = event->sides[DIFF_NEW];

	text_add(text, "#\n");
	for (int side = 0; side < DIFF_SIDES; side++) {
		text_print(text, "# %s:\n", side_names[side]);
		view_honesty(diff->sides[side], event->sides[side], text);
	}
	if (base->period != new->period || base->frequency != new->frequency)
		text_add(text, "#   sampled in different ways: shares can be compared, x cannot\n");
	text_print(text, "# %s, new vs base: %" PRIu64 " -> %" PRIu64 " events", new->name,
		   base->total.weight, new->total.weight);
	if (base->total.weight)
		text_print(text, ", x%.3f", (double)new->total.weight / base->total.weight);
	text_add(text, "\n# class: change of share, self and total; share of self base -> new; x: "
		       "self events new/base; score; function\n");
	for (size_t i = 0; i < shown; i++)
		add_row(diff, &event->rows[i], text);
	if (shown < event->nr_rows)
		text_print(text, "# %zu more rows\n", event->nr_rows - shown);
}

/* Events of one side that the other has not. */
static void add_unmatched(const struct diff *diff, struct text *text)
{
	for (int side = 0; side < DIFF_SIDES; side++)
		for (size_t i = 0; i < diff->sides[side]->nr_events; i++) {
			const struct event *event = &diff->sides[side]->events[i];

			if (profile_event(diff->sides[!side], event->name) == NULL)
				text_print(text, "# event %s: only in the %s recording\n",
					   event->name, side_names[side]);
		}
}

/* Machines that are emulated otherwise count otherwise. */
static void add_other_machine(const struct diff *diff, struct text *text)
{
	static const char *const labels[] = {"model", "geometry", "icount-shift", "tsc-khz"};

	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		const char *base = profile_fact(diff->sides[DIFF_BASE], labels[i]);
		const char *new = profile_fact(diff->sides[DIFF_NEW], labels[i]);

		if (base != NULL && new != NULL && strcmp(base, new) != 0)
			text_print(text,
				   "# different machines: the %s is not the same, so neither are "
				   "cycles and misses of the same program\n",
				   labels[i]);
	}
}

void view_diff(const struct diff *diff, const struct options *options, struct text *text)
{
	text_print(text, "# new vs base: %s vs %s\n", options->input, options->base);
	for (int side = 0; side < DIFF_SIDES; side++) {
		text_print(text, "#\n# %s\n", side_names[side]);
		view_header(diff->sides[side], options, text);
	}
	add_other_machine(diff, text);
	add_unmatched(diff, text);
	for (size_t i = 0; i < diff->nr_events; i++)
		add_event(diff, options, &diff->events[i], text);
}

static void add_row_csv(const struct diff *diff, const struct diff_row *row, const char *event,
			struct text *text)
{
	const struct frame *frame = &diff->merged.frames.list[row->frame];

	text_add_csv(text, event);
	text_add(text, ",");
	text_add_csv(text, names_text(diff->merged.names, frame->symbol));
	text_add(text, ",");
	text_add_csv(text, names_text(diff->merged.names, frame->dso));
	text_print(text, ",%s", diff_class_name(row->class));
	for (int side = 0; side < DIFF_SIDES; side++)
		text_print(text, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.9f,%.9f",
			   row->self[side].samples, row->total[side].samples,
			   row->self[side].weight, row->total[side].weight, row->self_share[side],
			   row->total_share[side]);
	text_print(text, ",%.6f\r\n", row->score);
}

void view_diff_csv(const struct diff *diff, const struct options *options, struct text *text)
{
	text_add(text, "event,symbol,dso,class");
	for (int side = 0; side < DIFF_SIDES; side++)
		text_print(text,
			   ",%s_self,%s_total,%s_self_events,%s_total_events,%s_self_share,"
			   "%s_total_share",
			   side_names[side], side_names[side], side_names[side], side_names[side],
			   side_names[side], side_names[side]);
	text_add(text, ",score\r\n");
	for (size_t i = 0; i < diff->nr_events; i++) {
		const struct diff_event *event = &diff->events[i];

		for (size_t k = 0; k < event->nr_rows && (options->top == 0 || k < options->top);
		     k++)
			add_row_csv(diff, &event->rows[k], event->sides[DIFF_NEW]->name, text);
	}
}

static void add_side_json(const char *key, const struct amount *self, const struct amount *total,
			  double self_share, double total_share, struct text *text)
{
	text_print(text,
		   ", \"%s\": {\"self\": %" PRIu64 ", \"total\": %" PRIu64
		   ", \"self_events\": %" PRIu64 ", \"total_events\": %" PRIu64
		   ", \"self_share\": %.9f, \"total_share\": %.9f}",
		   key, self->samples, total->samples, self->weight, total->weight, self_share,
		   total_share);
}

static void add_row_json(const struct diff *diff, const struct diff_row *row, struct text *text)
{
	const struct frame *frame = &diff->merged.frames.list[row->frame];

	text_add(text, "        {\"symbol\": ");
	text_add_json(text, names_text(diff->merged.names, frame->symbol));
	text_add(text, ", \"dso\": ");
	text_add_json(text, names_text(diff->merged.names, frame->dso));
	text_print(text, ", \"class\": \"%s\"", diff_class_name(row->class));
	for (int side = 0; side < DIFF_SIDES; side++)
		add_side_json(side_names[side], &row->self[side], &row->total[side],
			      row->self_share[side], row->total_share[side], text);
	text_print(text,
		   ", \"new_vs_base\": {\"self_share\": %.9f, \"total_share\": %.9f, "
		   "\"score\": %.6f}}",
		   row->self_share[DIFF_NEW] - row->self_share[DIFF_BASE],
		   row->total_share[DIFF_NEW] - row->total_share[DIFF_BASE], row->score);
}

static void add_event_json(const struct diff *diff, const struct options *options,
			   const struct diff_event *event, struct text *text)
{
	text_add(text, "    {\"name\": ");
	text_add_json(text, event->sides[DIFF_NEW]->name);
	for (int side = 0; side < DIFF_SIDES; side++) {
		text_print(text, ",\n      \"%s\": {\n", side_names[side]);
		view_event_json(event->sides[side], text);
		text_print(text, "      \"side\": \"%s\"}", side_names[side]);
	}
	text_add(text, ",\n      \"rows\": [");
	for (size_t i = 0; i < event->nr_rows && (options->top == 0 || i < options->top); i++) {
		text_add(text, i ? ",\n" : "\n");
		add_row_json(diff, &event->rows[i], text);
	}
	text_add(text, "\n      ]}");
}

void view_diff_json(const struct diff *diff, const struct options *options, struct text *text)
{
	text_add(text, "{\n  \"events\": [");
	for (size_t i = 0; i < diff->nr_events; i++) {
		text_add(text, i ? ",\n" : "\n");
		add_event_json(diff, options, &diff->events[i], text);
	}
	text_add(text, "\n  ]");
	for (int side = 0; side < DIFF_SIDES; side++) {
		text_print(text, ",\n  \"%s\": {\n", side_names[side]);
		view_recording_json(diff->sides[side], text);
		text_add(text, "  }");
	}
	text_add(text, "\n}\n");
}
