/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the forms of the view annotate share.
 */
#ifndef PERFREPORT_VIEW_ANNOTATE_H
#define PERFREPORT_VIEW_ANNOTATE_H

#include "annotate.h"
#include "options.h"
#include "source_text.h"

/* What is to be shown. */
struct annotate_view {
	struct profile *profile;
	const struct options *options;
	struct annotations all;
	size_t shown;	  /* functions, from the first; they have been read */
	uint32_t *events; /* those with samples that the user wants to see */
	size_t nr_events;
	struct source_text *source;
};

/* The share of an event that fell on an instruction, in percent of its
   function's. */
double annotate_share(const struct annotation *annotation, const struct instruction *instruction,
		      uint32_t event);

/* Does another source line begin with this instruction? */
bool annotate_new_line(const struct annotation *annotation, size_t index);

/* What is said in place of an instruction; a static text. */
const char *annotate_no_text(const struct annotation *annotation);

/* Append the whole view in one of its forms. */
void view_annotate_text(const struct annotate_view *view, struct text *text);
void view_annotate_csv(const struct annotate_view *view, struct text *text);
void view_annotate_json(const struct annotate_view *view, struct text *text);
void view_annotate_page(const struct annotate_view *view, struct text *text);

#endif /* PERFREPORT_VIEW_ANNOTATE_H */
