/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "views.h"

const char *view_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

const char *view_cell_text(const struct profile *profile, const struct row *row, enum sort_key key,
			   char *buffer, size_t size)
{
	switch (key) {
	case SORT_TASK:
		snprintf(buffer, size, "%s (%d)", names_text(profile->names, row->comm),
			 (int)row->pid);
		return buffer;
	case SORT_THREAD:
		snprintf(buffer, size, "%s/%d", names_text(profile->names, row->comm),
			 (int)row->tid);
		return buffer;
	case SORT_CPU:
		if (row->cpu == CPU_UNKNOWN)
			return "?";
		snprintf(buffer, size, "%" PRIu32, row->cpu);
		return buffer;
	case SORT_COMM:
		return names_text(profile->names, row->comm);
	case SORT_SRCLINE:
		return row->line ? view_base_name(names_text(profile->names, row->line)) : "?";
	case SORT_DSO:
		return names_text(profile->names, row->dso);
	default:
		return names_text(profile->names, profile->frames.list[row->frame].symbol);
	}
}

size_t view_rows_shown(const struct options *options, const struct event *event,
		       const struct rows *rows)
{
	double least = options->percent_limit / 100 * event->total.weight;
	size_t shown = 0;

	while (shown < rows->nr && (options->top == 0 || shown < options->top)) {
		const struct row *row = &rows->list[shown];

		if ((options->children ? row->total : row->self).weight < least)
			break;
		shown++;
	}
	return shown;
}

static void print_rows(const struct profile *profile, const struct options *options,
		       const struct event *event, const struct rows *rows, struct text *text)
{
	const struct sort *sort = &options->sort;
	size_t shown = view_rows_shown(options, event, rows);
	size_t width[SORT_KEYS];
	char buffer[512];

	for (size_t k = 0; k < sort->nr; k++) {
		width[k] = strlen(sort_key_name(sort->keys[k]));
		for (size_t i = 0; i < shown; i++) {
			size_t length = strlen(view_cell_text(
			    profile, &rows->list[i], sort->keys[k], buffer, sizeof buffer));

			if (length > width[k])
				width[k] = length;
		}
	}
	text_add(text, "#\n#   self    total   samples");
	for (size_t k = 0; k < sort->nr; k++)
		text_print(text, "  %-*s", k + 1 < sort->nr ? (int)width[k] : 0,
			   sort_key_name(sort->keys[k]));
	text_add(text, "\n");
	for (size_t i = 0; i < shown; i++) {
		const struct row *row = &rows->list[i];
		double whole = event->total.weight ? event->total.weight : 1;

		text_print(text, "%7.2f%% %7.2f%% %9" PRIu64, 100 * row->self.weight / whole,
			   100 * row->total.weight / whole, row->self.samples);
		for (size_t k = 0; k < sort->nr; k++) {
			const char *cell =
			    view_cell_text(profile, row, sort->keys[k], buffer, sizeof buffer);

			text_print(text, "  %s", cell);
			if (k + 1 < sort->nr)
				text_print(text, "%*s", (int)(width[k] - strlen(cell)), "");
		}
		text_add(text, "\n");
	}
	if (shown < rows->nr)
		text_print(text, "# %zu more rows\n", rows->nr - shown);
}

void view_report(const struct profile *profile, const struct options *options, struct text *text)
{
	view_header(profile, options, text);
	for (size_t i = 0; i < profile->nr_events; i++) {
		const struct event *event = &profile->events[i];
		struct rows rows;

		if (!view_wants(options, event))
			continue;
		text_add(text, "#\n");
		view_honesty(profile, event, text);
		rows_make(&rows, profile, event, &options->sort, options->children);
		print_rows(profile, options, event, &rows, text);
		rows_free(&rows);
	}
}

void view_report_csv(const struct profile *profile, const struct options *options,
		     struct text *text)
{
	const struct sort *sort = &options->sort;
	char buffer[512];

	text_add(text, "event,self,total,self_events,total_events");
	for (size_t k = 0; k < sort->nr; k++)
		text_print(text, ",%s", sort_key_name(sort->keys[k]));
	text_add(text, "\r\n");
	for (size_t e = 0; e < profile->nr_events; e++) {
		const struct event *event = &profile->events[e];
		struct rows rows;
		size_t shown;

		if (!view_wants(options, event))
			continue;
		rows_make(&rows, profile, event, sort, options->children);
		shown = view_rows_shown(options, event, &rows);
		for (size_t i = 0; i < shown; i++) {
			const struct row *row = &rows.list[i];

			text_add_csv(text, event->name);
			text_print(text, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
				   row->self.samples, row->total.samples, row->self.weight,
				   row->total.weight);
			for (size_t k = 0; k < sort->nr; k++) {
				text_add(text, ",");
				text_add_csv(text, view_cell_text(profile, row, sort->keys[k],
								  buffer, sizeof buffer));
			}
			text_add(text, "\r\n");
		}
		rows_free(&rows);
	}
}
