/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of perfrec record. */
#ifndef PERFREC_OPTIONS_H
#define PERFREC_OPTIONS_H

#include "events.h"

enum callchain {
	CALLCHAIN_FP,	 /* by frame pointers, in the kernel */
	CALLCHAIN_DWARF, /* registers and stack, unwound later */
	CALLCHAIN_NO,
};

struct options {
	struct event_list events;
	uint64_t period;    /* events per sample */
	uint64_t frequency; /* samples per second; 0: by period */
	enum callchain callchain;
	bool system_wide;
	uint64_t ring_size;   /* bytes, a power of two */
	unsigned int timeout; /* seconds of the host; 0: no limit */
	const char *output;
	const char *emulator;	 /* NULL: search */
	const char *kernel;	 /* NULL: search */
	const char *buildid_dir; /* NULL: the default */
	bool no_buildid_cache;
	bool quiet;
	const char *workload;
	char *const *arguments; /* NULL ended, without the workload */
};

/* Fill *options from the arguments behind "perfrec record" (argv[0] is
   "record").  Prints what is wrong or, asked for help, the help.  An exit
   code; *done says that there is nothing more to do. */
int parse_options(struct options *options, int argc, char *const *argv, bool *done);

#endif /* PERFREC_OPTIONS_H */
