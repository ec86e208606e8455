/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of perfrec stat. */
#ifndef PERFREC_STAT_OPTIONS_H
#define PERFREC_STAT_OPTIONS_H

#include "options.h"

#define MOST_VARIANTS 16

enum stat_format {
	STAT_TEXT,
	STAT_JSON,
	STAT_CSV,
};

struct stat_options {
	struct options session;
	bool per_function;
	unsigned int runs;
	unsigned int perturb;		     /* more runs, in other layouts */
	const char *variants[MOST_VARIANTS]; /* other links of the workload, for these */
	unsigned int nr_variants;
	const char *against;	    /* another workload, run in turns with it */
	const char *against_kernel; /* or the same on another kernel */
	const char *against_output;
	enum stat_format format;
	const char *output; /* NULL: standard error for text, else standard output */
};

/* Fill *options from the arguments behind "perfrec stat" (argv[0] is "stat").
   Prints what is wrong or, asked for help, the help.  An exit code; *done says
   that there is nothing more to do. */
int parse_stat_options(struct stat_options *options, int argc, char *const *argv, bool *done);

#endif /* PERFREC_STAT_OPTIONS_H */
