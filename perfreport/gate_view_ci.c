/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verdict for what shows test results: JUnit's XML, and Markdown. */
#include <stdlib.h>
#include <string.h>

#include "gate_view.h"

/* Append what put() makes, escaped for XML and HTML. */
static void put_escaped(void (*put)(const struct gate_view *, const struct gate_row *,
				    struct text *),
			const struct gate_view *view, const struct gate_row *row, struct text *text)
{
	struct text made = {0};

	put(view, row, &made);
	text_add_bytes(&made, "", 1);
	text_add_html(text, made.bytes);
	text_free(&made);
}

static void put_message(const struct gate_view *view, const struct gate_row *row, struct text *text)
{
	gate_put_change(view, row, text);
	text_add(text, ": ");
	gate_put_why(view, row, text);
}

static void put_case(const struct gate_view *view, const struct gate_row *row, struct text *text)
{
	static const char *const elements[GATE_STATUSES] = {[GATE_REGRESSION] = "failure",
							    [GATE_INCONCLUSIVE] = "error",
							    [GATE_SUPPRESSED] = "skipped"};
	const char *element = elements[row->status];

	text_add(text, "    <testcase classname=\"");
	text_add_html(text, view->data->events[row->event].name);
	text_add(text, "\" name=\"");
	put_escaped(gate_put_name, view, row, text);
	text_add(text, element ? "\" time=\"0\">\n" : "\" time=\"0\"/>\n");
	if (element == NULL)
		return;
	text_print(text, "      <%s", element);
	if (row->status != GATE_SUPPRESSED)
		text_print(text, " type=\"%s\"", gate_status_name(row->status));
	text_add(text, " message=\"");
	put_escaped(put_message, view, row, text);
	text_add(text, "\"/>\n    </testcase>\n");
}

/* What a case has no place for: the rows that did not fail. */
static void put_output(const struct gate_view *view, size_t shown, struct text *text)
{
	text_add(text, "    <system-out>");
	for (size_t i = 0; i < shown; i++) {
		const struct gate_row *row = &view->result->rows[i];

		if (row->status < GATE_IMPROVEMENT || row->status == GATE_SUPPRESSED)
			continue;
		text_add_html(text, view->data->events[row->event].name);
		text_add(text, " ");
		put_escaped(gate_put_name, view, row, text);
		text_add(text, ": ");
		put_escaped(put_message, view, row, text);
		text_add(text, "\n");
	}
	text_add(text, "</system-out>\n    <system-err/>\n");
}

static size_t fatal_notes(const struct gate_result *result)
{
	size_t nr = 0;

	for (size_t i = 0; i < result->nr_notes; i++)
		nr += result->notes[i].fatal;
	return nr;
}

/* The validity of the runs is a case of its own, so that there always is one. */
static void put_validity(const struct gate_result *result, struct text *text)
{
	text_add(text, "    <testcase classname=\"validity\" name=\"the runs can be compared\" "
		       "time=\"0\"");
	text_add(text, fatal_notes(result) ? ">\n" : "/>\n");
	if (!fatal_notes(result))
		return;
	/* One element: a case has one result. */
	text_add(text, "      <error type=\"inconclusive\" message=\"");
	for (size_t i = 0, nr = 0; i < result->nr_notes; i++) {
		if (!result->notes[i].fatal)
			continue;
		text_add(text, nr++ ? "; " : "");
		text_add_html(text, result->notes[i].text);
	}
	text_add(text, "\"/>\n    </testcase>\n");
}

void gate_view_junit(const struct gate_view *view, struct text *text)
{
	const struct gate_result *result = view->result;
	size_t shown = gate_rows_shown(view);
	size_t errors = result->counts[GATE_INCONCLUSIVE] + (fatal_notes(result) > 0);

	/* Nothing of the host and of today: the same input gives the same bytes. */
	text_print(text,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		   "  <testsuite id=\"0\" package=\"perfreport.gate\" name=\"%s\" "
		   "tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"\n"
		   "    timestamp=\"1970-01-01T00:00:00\" hostname=\"localhost\" time=\"0\">\n"
		   "    <properties/>\n",
		   gate_verdict(result), shown + 1, result->counts[GATE_REGRESSION], errors,
		   result->counts[GATE_SUPPRESSED]);
	put_validity(result, text);
	for (size_t i = 0; i < shown; i++)
		put_case(view, &result->rows[i], text);
	put_output(view, shown, text);
	text_add(text, "  </testsuite>\n</testsuites>\n");
}

/* A cell: "|" would end it. */
static void put_cell(const char *string, struct text *text)
{
	struct text escaped = {0};

	text_add_html(&escaped, string);
	for (size_t i = 0; i < escaped.length; i++) {
		if (strchr("|\\`*_[]", escaped.bytes[i]))
			text_add(text, "\\");
		text_add_bytes(text, &escaped.bytes[i], 1);
	}
	text_free(&escaped);
}

static void put_cell_of(void (*put)(const struct gate_view *, const struct gate_row *,
				    struct text *),
			const struct gate_view *view, const struct gate_row *row, struct text *text)
{
	struct text made = {0};

	put(view, row, &made);
	text_add_bytes(&made, "", 1);
	put_cell(made.bytes, text);
	text_free(&made);
}

void gate_view_markdown(const struct gate_view *view, struct text *text)
{
	const struct gate_result *result = view->result;
	size_t shown = gate_rows_shown(view);

	text_print(text, "### perfreport gate: %s\n\n", gate_verdict(result));
	for (int status = 0; status < GATE_STATUSES; status++)
		text_print(text, "%s%zu %s", status ? ", " : "", result->counts[status],
			   gate_status_name(status));
	text_print(text, "; new %zu vs base %zu run%s.\n", result->runs[GATE_NEW],
		   result->runs[GATE_BASE], result->runs[GATE_BASE] == 1 ? "" : "s");
	if (shown)
		text_add(text,
			 "\n| | event | function | new vs base | why |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < shown; i++) {
		const struct gate_row *row = &result->rows[i];

		text_print(text, "| %s | ", gate_status_name(row->status));
		put_cell(view->data->events[row->event].name, text);
		text_add(text, " | ");
		put_cell_of(gate_put_name, view, row, text);
		text_add(text, " | ");
		put_cell_of(gate_put_change, view, row, text);
		text_add(text, " | ");
		put_cell_of(gate_put_why, view, row, text);
		text_add(text, " |\n");
	}
	for (size_t i = 0; i < result->nr_notes; i++) {
		text_add(text, i ? "- " : "\n- ");
		text_print(text, "%s", result->notes[i].fatal ? "**inconclusive**: " : "");
		put_cell(result->notes[i].text, text);
		text_add(text, "\n");
	}
}
