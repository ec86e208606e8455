/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verdict for programs: docs/gate.schema.json, and SARIF 2.1.0 (OASIS). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gate_view.h"

static void put_number(struct text *text, const char *name, double number, const char *format)
{
	text_print(text, ", \"%s\": ", name);
	if (isnan(number) || isinf(number))
		text_add(text, "null");
	else
		text_print(text, format, number);
}

static void put_string(struct text *text, const char *name, const char *string)
{
	text_print(text, ", \"%s\": ", name);
	if (string != NULL)
		text_add_json(text, string);
	else
		text_add(text, "null");
}

static void put_row(const struct gate_view *view, const struct gate_row *row, struct text *text)
{
	const struct gate_data *data = view->data;
	bool total = row->function == NO_FUNCTION;
	const char *inlined =
	    total ? "" : names_text(data->names, data->functions[row->function].inlined);

	text_print(text, "    {\"status\": \"%s\"", gate_status_name(row->status));
	put_string(text, "event", data->events[row->event].name);
	put_string(text, "function", total ? NULL : gate_function_name(data, row->function));
	put_string(text, "object", total ? NULL : gate_function_object(data, row->function));
	put_string(text, "inlined", *inlined ? inlined : NULL);
	put_string(text, "was",
		   row->was == NO_FUNCTION ? NULL : gate_function_name(data, row->was));
	put_string(text, "class", gate_class_name(row));
	put_number(text, "new", row->new, "%.15g");
	put_number(text, "base", row->base, "%.15g");
	put_number(text, "change", row->new - row->base, "%.15g");
	put_number(text, "relative", row->relative, "%.6g");
	put_number(text, "share", row->share, "%.6g");
	put_number(text, "allowed", row->allowed, "%.15g");
	put_number(text, "low", row->low, "%.6g");
	put_number(text, "high", row->high, "%.6g");
	put_number(text, "p", row->p, "%.6g");
	put_string(text, "why", *row->why ? row->why : "equal");
	put_number(text, "rule", row->rule ? row->rule->line : NAN, "%.0f");
	text_add(text, "}");
}

static void put_notes(const struct gate_result *result, struct text *text)
{
	text_add(text, "  \"notes\": [");
	for (size_t i = 0; i < result->nr_notes; i++) {
		text_print(text, "%s    {\"fatal\": %s, \"text\": ", i ? ",\n" : "\n",
			   result->notes[i].fatal ? "true" : "false");
		text_add_json(text, result->notes[i].text);
		text_add(text, "}");
	}
	text_add(text, result->nr_notes ? "\n  ],\n" : "],\n");
}

void gate_view_json(const struct gate_view *view, struct text *text)
{
	const struct gate_result *result = view->result;
	size_t shown = gate_rows_shown(view);

	text_print(text,
		   "{\n  \"format\": 1,\n  \"verdict\": \"%s\",\n  \"exit\": %d,\n"
		   "  \"regime\": \"%s\",\n  \"runs\": {\"new\": %zu, \"base\": %zu},\n"
		   "  \"paired\": %s,\n  \"scaled\": %s,\n  \"tests\": %zu,\n",
		   gate_verdict(result), result->exit,
		   result->regime == GATE_REGIME_DETERMINISTIC ? "deterministic" : "statistical",
		   result->runs[GATE_NEW], result->runs[GATE_BASE],
		   result->paired ? "true" : "false", result->scaled ? "true" : "false",
		   result->tests);
	text_add(text, "  \"counts\": {");
	for (int status = 0; status < GATE_STATUSES; status++)
		text_print(text, "%s\"%s\": %zu", status ? ", " : "", gate_status_name(status),
			   result->counts[status]);
	text_add(text, "},\n");
	put_notes(result, text);
	text_add(text, "  \"rows\": [");
	for (size_t i = 0; i < shown; i++) {
		text_add(text, i ? ",\n" : "\n");
		put_row(view, &result->rows[i], text);
	}
	text_add(text, shown ? "\n  ]\n}\n" : "]\n}\n");
}

/* A JSON string made of a row. */
static void put_made(const struct gate_view *view, const struct gate_row *row, struct text *text)
{
	struct text made = {0};

	text_print(&made, "%s: ", view->data->events[row->event].name);
	gate_put_name(view, row, &made);
	text_add(&made, ": ");
	gate_put_change(view, row, &made);
	text_add(&made, ": ");
	gate_put_why(view, row, &made);
	text_add_bytes(&made, "", 1);
	text_add_json(text, made.bytes);
	text_free(&made);
}

/* A name as a relative URI (RFC 3986). */
static void put_uri(struct text *text, const char *name)
{
	text_add(text, "\"");
	for (; *name; name++) {
		unsigned char c = *name;

		if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
		    strchr("-._~", c))
			text_print(text, "%c", c);
		else
			text_print(text, "%%%02X", c);
	}
	text_add(text, "\"");
}

static void put_location(const struct gate_view *view, const struct gate_row *row,
			 struct text *text)
{
	const char *object, *name;
	struct text full = {0};

	if (row->function == NO_FUNCTION)
		return;
	object = gate_function_object(view->data, row->function);
	name = gate_function_name(view->data, row->function);
	text_print(&full, "%s!%s", object, name);
	text_add_bytes(&full, "", 1);
	text_add(text, ",\n         \"locations\": [{\"physicalLocation\": {\"artifactLocation\": "
		       "{\"uri\": ");
	put_uri(text, object);
	text_add(text, "}}, \"logicalLocations\": [{\"name\": ");
	text_add_json(text, name);
	text_add(text, ", \"fullyQualifiedName\": ");
	text_add_json(text, full.bytes);
	text_add(text, ", \"kind\": \"function\"}]}]");
	text_free(&full);
}

static void put_sarif_row(const struct gate_view *view, const struct gate_row *row,
			  struct text *text)
{
	static const char *const levels[GATE_STATUSES] = {
	    [GATE_REGRESSION] = "error", [GATE_INCONCLUSIVE] = "warning",
	    [GATE_IMPROVEMENT] = "note", [GATE_SUPPRESSED] = "note",
	    [GATE_WITHIN] = "none",	 [GATE_UNCHANGED] = "none"};
	const struct gate_rule *rule = row->rule;

	text_print(text,
		   "        {\"ruleId\": \"%s\", \"level\": \"%s\",\n         \"message\": "
		   "{\"text\": ",
		   gate_status_name(row->status), levels[row->status]);
	put_made(view, row, text);
	text_add(text, "}");
	put_location(view, row, text);
	if (row->status == GATE_SUPPRESSED && rule != NULL) {
		text_add(text, ",\n         \"suppressions\": [{\"kind\": \"external\", "
			       "\"justification\": ");
		text_add_json(text, *rule->reason ? rule->reason : rule->owner);
		text_add(text, "}]");
	}
	text_add(text, "}");
}

/* The reasons why there is no verdict are notifications of the tool. */
static void put_invocation(const struct gate_result *result, struct text *text)
{
	text_print(text,
		   "      \"invocations\": [{\"executionSuccessful\": %s, \"exitCode\": %d,\n"
		   "        \"toolExecutionNotifications\": [",
		   result->exit == GATE_EXIT_INCONCLUSIVE ? "false" : "true", result->exit);
	for (size_t i = 0; i < result->nr_notes; i++) {
		text_print(text, "%s          {\"level\": \"%s\", \"message\": {\"text\": ",
			   i ? ",\n" : "\n", result->notes[i].fatal ? "error" : "note");
		text_add_json(text, result->notes[i].text);
		text_add(text, "}}");
	}
	text_add(text, result->nr_notes ? "\n        ]}],\n" : "]}],\n");
}

void gate_view_sarif(const struct gate_view *view, struct text *text)
{
	size_t shown = gate_rows_shown(view);

	text_add(text,
		 "{\n  \"$schema\": \"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/"
		 "os/schemas/sarif-schema-2.1.0.json\",\n  \"version\": \"2.1.0\",\n"
		 "  \"runs\": [\n    {\n      \"tool\": {\"driver\": {\"name\": \"perfreport "
		 "gate\", \"version\": \"" MACHPERF_VERSION "\", \"rules\": [\n");
	for (int status = 0; status < GATE_WITHIN; status++)
		text_print(text,
			   "        {\"id\": \"%s\", \"shortDescription\": {\"text\": \"%s\"}}%s\n",
			   gate_status_name(status),
			   status == GATE_REGRESSION ? "More events than the base and its budget"
			   : status == GATE_INCONCLUSIVE ? "A change that cannot be judged"
			   : status == GATE_IMPROVEMENT	 ? "Fewer events than the base"
							 : "A regression that somebody answers for",
			   status + 1 < GATE_WITHIN ? "," : "");
	text_add(text, "      ]}},\n");
	put_invocation(view->result, text);
	text_add(text, "      \"results\": [");
	for (size_t i = 0; i < shown; i++) {
		text_add(text, i ? ",\n" : "\n");
		put_sarif_row(view, &view->result->rows[i], text);
	}
	text_add(text, shown ? "\n      ]\n    }\n  ]\n}\n" : "]\n    }\n  ]\n}\n");
}
