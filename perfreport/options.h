/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line.
 */
#ifndef PERFREPORT_OPTIONS_H
#define PERFREPORT_OPTIONS_H

#include <stdbool.h>

#include "failure.h"
#include "filter.h"
#include "lanes.h"
#include "object.h"
#include "rows.h"

enum view {
	VIEW_REPORT,
	VIEW_FLAME,
	VIEW_FOLDED,
	VIEW_HEADER,
	VIEW_EXPORT,
	VIEW_DIFF,
	VIEW_TIMELINE,
	VIEW_ANNOTATE,
	VIEW_DUMP,
	VIEW_BUNDLE,
	VIEWS
};

enum export_format {
	EXPORT_FOLDED,
	EXPORT_SPEEDSCOPE,
	EXPORT_PPROF,
	EXPORT_FIREFOX,
	EXPORT_CHROME,
	EXPORT_JSON,
	EXPORT_FORMATS
};

struct options {
	enum view view;
	const char *input;
	const char *base;   /* diff: the recording that input is compared with */
	const char *output; /* "-": standard output */
	struct search search;
	char *own_build_id_dir; /* what search points to when not given; freed at the end */
	bool wall;		/* time on the CPU and blocked as one event */
	bool inlined;		/* frames of inlined functions */
	size_t threads;		/* that read the samples; 0: one for each CPU */
	const char *event;	/* NULL: all */
	struct filter filter;
	struct sort sort;
	bool csv;
	double percent_limit; /* rows with less are not shown */
	bool children;
	bool json;
	const char *callers, *callees; /* a symbol, or NULL */
	size_t top;		       /* rows shown; 0: all */
	const char *title;	       /* of the page; NULL: made from the recording */
	bool icicle;
	bool flame;		   /* diff: the page, not the table */
	enum export_format format; /* EXPORT_FORMATS: not given */
	bool html;		   /* report, timeline, annotate: the page, not the table */
	const char *function;	   /* annotate: its name; NULL: the hottest */
	enum lane_key by;	   /* timeline: what has a lane of its own */
	size_t bins;		   /* timeline: columns */
};

enum parsed { PARSED, PARSED_HELP, PARSED_FAILED };

/* Read argv.  PARSED_HELP: the user asked for help or the version, which has
   been printed.  Errors: EXIT_USAGE. */
enum parsed options_parse(struct options *options, int argc, char **argv, struct failure *failure);

void options_free(struct options *options);

#endif /* PERFREPORT_OPTIONS_H */
