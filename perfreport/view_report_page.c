/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of report as one HTML page that needs nothing else.
 */
#include <inttypes.h>
#include <string.h>

#include "export.h"
#include "template.h"
#include "views.h"

static void add_file(const struct template_file *files, const char *name, struct text *text)
{
	while (strcmp(files->name, name) != 0)
		files++;
	text_add_bytes(text, files->bytes, files->length);
}

static void add_head(const struct profile *profile, const struct options *options,
		     struct text *text)
{
	const char *title = export_title(profile, options);

	text_add(text,
		 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		 "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
		 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		 "<meta name=\"generator\" content=\"machperf " MACHPERF_VERSION "\">\n<title>");
	text_add_html(text, title);
	text_add(text, "</title>\n<style>\n");
	add_file(annotate_files, "style.css", text);
	add_file(report_files, "style.css", text);
	text_add(text, "</style>\n</head>\n<body>\n<h1>");
	text_add_html(text, title);
	text_add(text, "</h1>\n");
	if (profile->incomplete != NULL) {
		text_add(text, "<p class=\"bad\">Incomplete: ");
		text_add_html(text, profile->incomplete);
		text_add(text, "</p>\n");
	}
}

/* Comment lines of the text form: taken, and freed. */
static void add_lines(struct text *lines, struct text *text)
{
	text_add_bytes(lines, "", 1);
	text_add(text, "<pre>");
	text_add_html(text, lines->bytes);
	text_add(text, "</pre>\n");
	text_free(lines);
}

static void add_heads(const struct options *options, struct text *text)
{
	static const char *const numbers[] = {"self", "total", "samples", "events"};
	const char *sorted = options->children ? "total" : "self";

	text_add(text, "<table><thead><tr>");
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		text_print(text, "<th scope=\"col\"%s><button>%s</button></th>",
			   strcmp(numbers[i], sorted) == 0 ? " aria-sort=\"descending\"" : "",
			   numbers[i]);
	for (size_t k = 0; k < options->sort.nr; k++)
		text_print(text, "<th scope=\"col\" class=\"key\"><button>%s</button></th>",
			   sort_key_name(options->sort.keys[k]));
	text_add(text, "</tr></thead>\n<tbody>\n");
}

static void add_share(uint64_t part, uint64_t whole, struct text *text)
{
	double share = whole ? 100.0 * part / whole : 0;

	text_print(text,
		   "<td class=\"count\" style=\"--share:%.1f\" data-value=\"%" PRIu64
		   "\">%.2f%%</td>",
		   share, part, share);
}

static void add_row(const struct profile *profile, const struct options *options,
		    const struct event *event, const struct row *row, struct text *text)
{
	char buffer[512];

	text_add(text, "<tr>");
	add_share(row->self.weight, event->total.weight, text);
	add_share(row->total.weight, event->total.weight, text);
	text_print(text, "<td class=\"count\">%" PRIu64 "</td><td class=\"count\">%" PRIu64 "</td>",
		   row->self.samples, row->self.weight);
	for (size_t k = 0; k < options->sort.nr; k++) {
		text_add(text, "<td class=\"key\">");
		text_add_html(text, view_cell_text(profile, row, options->sort.keys[k], buffer,
						   sizeof buffer));
		text_add(text, "</td>");
	}
	text_add(text, "</tr>\n");
}

static void add_event(const struct profile *profile, const struct options *options,
		      const struct event *event, struct text *text)
{
	struct text lines = {0};
	struct rows rows;
	size_t shown;

	text_add(text, "<section><h2>");
	text_add_html(text, event->name);
	text_add(text, "</h2>\n");
	view_honesty(profile, event, &lines);
	add_lines(&lines, text);
	add_heads(options, text);
	rows_make(&rows, profile, event, &options->sort, options->children);
	shown = view_rows_shown(options, event, &rows);
	for (size_t i = 0; i < shown; i++)
		add_row(profile, options, event, &rows.list[i], text);
	text_add(text, "</tbody></table>\n");
	if (shown < rows.nr)
		text_print(text, "<p>%zu more rows</p>\n", rows.nr - shown);
	text_add(text, "</section>\n");
	rows_free(&rows);
}

void view_report_page(const struct profile *profile, const struct options *options,
		      struct text *text)
{
	struct text lines = {0};

	add_head(profile, options, text);
	text_add(text, "<details><summary>The recording</summary>");
	view_header(profile, options, &lines);
	add_lines(&lines, text);
	text_add(text, "</details>\n<label>Rows with <input id=\"find\" type=\"search\"></label>\n"
		       "<main>\n");
	for (size_t i = 0; i < profile->nr_events; i++)
		if (view_wants(options, &profile->events[i]))
			add_event(profile, options, &profile->events[i], text);
	text_add(text, "</main>\n<script>\n");
	add_file(report_files, "report.js", text);
	text_add(text, "</script>\n</body>\n</html>\n");
}
