/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of perfreport gate. */
#ifndef PERFREPORT_GATE_OPTIONS_H
#define PERFREPORT_GATE_OPTIONS_H

#include "gate.h"
#include "object.h"

enum gate_format { GATE_TEXT, GATE_JSON, GATE_JUNIT, GATE_MARKDOWN, GATE_SARIF, GATE_FORMATS };

struct gate_options {
	const char **files[GATE_SIDES];
	size_t nr_files[GATE_SIDES], capacity[GATE_SIDES];
	struct gate_settings settings;
	const char *rules;  /* NULL: none */
	const char *event;  /* NULL: all */
	const char *output; /* "-": standard output */
	enum gate_format format;
	const char *history; /* the base is what was accepted there */
	const char *series;
	char today[16];		/* YYYY-MM-DD */
	const char *write_runs; /* only write the base's runs as a table there */
	double fold;		/* of it: functions with less are put together */
	unsigned long null;	/* comparisons of runs with themselves; 0: none */
	unsigned long per_side; /* runs of each side in them; 0: the default */
	bool selftest;
	bool all; /* rows that did not change, too */
	struct search search;
	char *own_build_id_dir;
};

enum gate_parsed { GATE_PARSED, GATE_PARSED_HELP, GATE_PARSED_FAILED };

/* Read argv, whose first is "gate".  Errors: EXIT_USAGE. */
enum gate_parsed gate_options_parse(struct gate_options *options, int argc, char **argv,
				    struct failure *failure);
void gate_options_free(struct gate_options *options);

#endif /* PERFREPORT_GATE_OPTIONS_H */
