/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The views: a profile in, a text out.
 */
#ifndef PERFREPORT_VIEWS_H
#define PERFREPORT_VIEWS_H

#include "diff.h"
#include "options.h"
#include "profile.h"
#include "text.h"

/* Is this event one the user wants to see? */
bool view_wants(const struct options *options, const struct event *event);

/* What the recording says of itself, and how complete it is; as JSON:
   docs/header.schema.json. */
void view_header(const struct profile *profile, const struct options *options, struct text *text);
void view_header_csv(const struct profile *profile, const struct options *options,
		     struct text *text);
void view_header_json(const struct profile *profile, const struct options *options,
		      struct text *text);

/* How much was lost or could not be named: comment lines. */
void view_honesty(const struct profile *profile, const struct event *event, struct text *text);

/* How many of the rows, from the first, --top and --percent-limit let through. */
size_t view_rows_shown(const struct options *options, const struct event *event,
		       const struct rows *rows);

/* The text of a row under a key; buffer is for those that are made, 512 bytes
   are enough. */
const char *view_cell_text(const struct profile *profile, const struct row *row, enum sort_key key,
			   char *buffer, size_t size);

/* Tables, as text, as a page, and as JSON (docs/report.schema.json). */
void view_report(const struct profile *profile, const struct options *options, struct text *text);
void view_report_page(const struct profile *profile, const struct options *options,
		      struct text *text);
void view_report_csv(const struct profile *profile, const struct options *options,
		     struct text *text);
void view_report_json(const struct profile *profile, const struct options *options,
		      struct text *text);

/* A path without its directory. */
const char *view_base_name(const char *path);

/* Parts of these: what an event has beside rows, and what stands behind the
   events; members of a JSON object. */
void view_event_json(const struct event *event, struct text *text);
void view_recording_json(const struct profile *profile, struct text *text);

/* Callers or callees of options->callers or ->callees.  Errors:
   EXIT_NO_SAMPLES, the symbol is in no callchain. */
bool view_relatives(const struct profile *profile, const struct options *options, struct text *text,
		    struct failure *failure);

/* What is new against a base, as text and as JSON (docs/diff.schema.json). */
void view_diff(const struct diff *diff, const struct options *options, struct text *text);
void view_diff_csv(const struct diff *diff, const struct options *options, struct text *text);
void view_diff_json(const struct diff *diff, const struct options *options, struct text *text);

/* Lines "task;outermost;...;innermost samples", sorted. */
void view_folded(const struct profile *profile, const struct options *options, struct text *text);

/* Samples over time, for each wanted event: a lane for each options->by, cut
   into options->bins; as text, CSV and JSON (docs/timeline.schema.json). */
void view_timeline(const struct profile *profile, const struct options *options, struct text *text);
void view_timeline_csv(const struct profile *profile, const struct options *options,
		       struct text *text);
void view_timeline_json(const struct profile *profile, const struct options *options,
			struct text *text);

/* Functions instruction by instruction, of a profile with exact frames, in the
   form that the options ask for (JSON: docs/annotate.schema.json).  Errors:
   EXIT_NO_SAMPLES, no such function; EXIT_MEMORY. */
bool view_annotate(struct profile *profile, const struct options *options, struct text *text,
		   struct failure *failure);

/* Interactive pages: the flame graph, the same with samples over time, of a
   diff.  Errors: EXIT_MEMORY. */
bool view_flame(const struct profile *profile, const struct options *options, struct text *text,
		struct failure *failure);
bool view_timeline_page(const struct profile *profile, const struct options *options,
			struct text *text, struct failure *failure);
bool view_diff_flame(const struct diff *diff, const struct options *options, struct text *text,
		     struct failure *failure);

#endif /* PERFREPORT_VIEWS_H */
