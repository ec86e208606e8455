/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gate_view.h"

void gate_put_count(struct text *text, double count)
{
	text_print(text, count == floor(count) ? "%.0f" : "%.1f", count);
}

void gate_put_name(const struct gate_view *view, const struct gate_row *row, struct text *text)
{
	const struct gate_data *data = view->data;
	const char *object;

	if (row->function == NO_FUNCTION) {
		text_add(text, "(total)");
		return;
	}
	object = gate_function_object(data, row->function);
	text_print(text, *object == '[' ? "%s %s" : "%s [%s]",
		   gate_function_name(data, row->function), object);
	if (data->functions[row->function].inlined != 0)
		text_print(text, " in %s",
			   names_text(data->names, data->functions[row->function].inlined));
	if (row->was != NO_FUNCTION)
		text_print(text, ", was %s", gate_function_name(data, row->was));
}

void gate_put_change(const struct gate_view *view, const struct gate_row *row, struct text *text)
{
	double change = row->new - row->base;

	(void)view;
	text_add(text, "new ");
	gate_put_count(text, row->new);
	text_add(text, " vs base ");
	gate_put_count(text, row->base);
	text_add(text, change < 0 ? " (-" : " (+");
	gate_put_count(text, fabs(change));
	if (!isnan(row->relative))
		text_print(text, ", %+.2f %%", 100 * row->relative);
	text_add(text, ")");
}

void gate_put_why(const struct gate_view *view, const struct gate_row *row, struct text *text)
{
	text_add(text, *row->why ? row->why : "equal");
	if (row->rule != NULL && row->rule->kind == GATE_SUPPRESS)
		text_print(text, " until %s by %s%s%s", row->rule->expires, row->rule->owner,
			   *row->rule->reason ? ": " : "", row->rule->reason);
	if (row->rule != NULL)
		text_print(text, ", %s:%u", view->rules->path, row->rule->line);
	if (view->result->regime == GATE_REGIME_STATISTICAL) {
		if (!isnan(row->p))
			text_print(text, ", p %.2g", row->p);
		if (!isnan(row->low))
			text_print(text, ", 95 %% interval %+.2f to %+.2f %%", 100 * row->low,
				   100 * row->high);
	} else if (!isnan(row->low)) {
		text_add(text, ", spread ");
		gate_put_count(text, row->low);
		text_add(text, " to ");
		gate_put_count(text, row->high);
	}
	if (row->allowed > 0) {
		text_add(text, ", budget +");
		gate_put_count(text, row->allowed);
	}
}

size_t gate_rows_shown(const struct gate_view *view)
{
	const struct gate_result *result = view->result;
	size_t nr;

	if (view->all)
		return result->nr_rows;
	for (nr = 0; nr < result->nr_rows; nr++)
		if (result->rows[nr].status >= GATE_WITHIN)
			break;
	return nr;
}

static void put_upper(struct text *text, const char *word)
{
	for (; *word; word++)
		text_print(text, "%c", *word >= 'a' && *word <= 'z' ? *word - 'a' + 'A' : *word);
}

void gate_view_text(const struct gate_view *view, struct text *text)
{
	const struct gate_result *result = view->result;
	size_t shown = gate_rows_shown(view);

	text_print(text, "%s: exit status %d; %s, new %zu vs base %zu run%s%s\n",
		   gate_verdict(result), result->exit,
		   result->regime == GATE_REGIME_DETERMINISTIC ? "deterministic" : "statistical",
		   result->runs[GATE_NEW], result->runs[GATE_BASE],
		   result->runs[GATE_BASE] == 1 ? "" : "s",
		   result->paired   ? ", in pairs"
		   : result->scaled ? ", the host's speed taken out"
				    : "");
	for (size_t i = 0; i < shown; i++) {
		const struct gate_row *row = &result->rows[i];

		put_upper(text, gate_status_name(row->status));
		text_print(text, " %s ", view->data->events[row->event].name);
		gate_put_name(view, row, text);
		text_add(text, ": ");
		gate_put_change(view, row, text);
		text_add(text, ": ");
		gate_put_why(view, row, text);
		text_print(text, "; %s\n", gate_class_name(row));
	}
	for (size_t i = 0; i < result->nr_notes; i++)
		text_print(text, "%s: %s\n", result->notes[i].fatal ? "INCONCLUSIVE" : "note",
			   result->notes[i].text);
	for (int status = 0; status < GATE_STATUSES; status++)
		text_print(text, "%s%zu %s", status ? ", " : "", result->counts[status],
			   gate_status_name(status));
	text_add(text, "\n");
}

void gate_view(const struct gate_view *view, enum gate_format format, struct text *text)
{
	static void (*const views[GATE_FORMATS])(const struct gate_view *, struct text *) = {
	    [GATE_TEXT] = gate_view_text,   [GATE_JSON] = gate_view_json,
	    [GATE_JUNIT] = gate_view_junit, [GATE_MARKDOWN] = gate_view_markdown,
	    [GATE_SARIF] = gate_view_sarif,
	};

	views[format](view, text);
}
