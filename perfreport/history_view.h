/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What perfreport history prints and draws. */
#ifndef PERFREPORT_HISTORY_VIEW_H
#define PERFREPORT_HISTORY_VIEW_H

#include "run_db.h"
#include "text.h"

/* A trend: what is drawn, and where it changed. */
struct history_trend {
	const char *event, *function; /* "" : the total */
	const struct run_db_point *points;
	size_t nr;
	const size_t *changes; /* first indexes of segments */
	size_t nr_changes;
};

/* A line for each entry; * is the accepted one of its series. */
void history_view_list(const struct run_db_entry *entries, size_t nr, struct text *text);

/* One line: what changed, when, from what to what. */
void history_view_change(const struct history_trend *trend, size_t change, struct text *text);

/* The trend in characters. */
void history_view_text(const struct history_trend *trend, struct text *text);

/* The trend by gnuplot, as an SVG or PNG file that appears whole or not at
   all.  Errors: EXIT_OUTPUT, no gnuplot or no place. */
bool history_view_chart(const struct history_trend *trend, const char *path,
			struct failure *failure);

#endif /* PERFREPORT_HISTORY_VIEW_H */
