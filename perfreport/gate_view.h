/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A verdict, written.  The same runs, rules and options give the same bytes.
 */
#ifndef PERFREPORT_GATE_VIEW_H
#define PERFREPORT_GATE_VIEW_H

#include "gate.h"
#include "gate_options.h"
#include "text.h"

struct gate_view {
	const struct gate_data *data;
	const struct gate_result *result;
	const struct gate_rules *rules;
	bool all; /* rows that did not change, too */
};

/* In the format asked for. */
void gate_view(const struct gate_view *view, enum gate_format format, struct text *text);

/* Each format. */
void gate_view_text(const struct gate_view *view, struct text *text);
void gate_view_json(const struct gate_view *view, struct text *text);  /* docs/gate.schema.json */
void gate_view_junit(const struct gate_view *view, struct text *text); /* docs/junit.xsd */
void gate_view_markdown(const struct gate_view *view, struct text *text); /* GitHub's */
void gate_view_sarif(const struct gate_view *view, struct text *text);	  /* SARIF 2.1.0 */

/* Parts of all of them.  The name of a row: "function [object]", "(total)". */
void gate_put_name(const struct gate_view *view, const struct gate_row *row, struct text *text);

/* A count: whole, or with one digit. */
void gate_put_count(struct text *text, double count);

/* "new 1234 vs base 1200 (+34, +2.83 %)" */
void gate_put_change(const struct gate_view *view, const struct gate_row *row, struct text *text);

/* Why it was decided so: "exact", "significant, p 1e-05, 95 % interval ...". */
void gate_put_why(const struct gate_view *view, const struct gate_row *row, struct text *text);

/* How many rows are shown: they come first. */
size_t gate_rows_shown(const struct gate_view *view);

#endif /* PERFREPORT_GATE_VIEW_H */
