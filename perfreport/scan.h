/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The second pass: the samples, by several threads, each a part of the file
 * from its beginning on.
 */
#ifndef PERFREPORT_SCAN_H
#define PERFREPORT_SCAN_H

#include "hits.h"
#include "survey.h"
#include "wall.h"

/* When a sample was taken, and what it was. */
struct scan_moment {
	uint64_t time, weight;
	uint32_t hit;
};

/* A sample with a dump of the user's stack: where it stands, in which place. */
struct scan_dump {
	struct order_entry at;
	uint32_t place;
};

/* What a scan found. */
struct scan {
	struct hits hits;
	struct amount *totals;	 /* by event */
	uint64_t *chains;	 /* samples with a callchain, by event; only when counting */
	uint64_t *user_chains;	 /* of these, with user frames */
	uint64_t unassigned;	 /* samples of no known event */
	uint64_t damaged;	 /* that contradict themselves */
	uint64_t first, last;	 /* ns; first > last: none */
	struct scan_dump *dumps; /* not among the hits; sorted by time */
	size_t nr_dumps, dumps_capacity;
	struct scan_moment *moments; /* in the order of the file */
	size_t nr_moments, moments_capacity;
};

struct scan_options {
	bool count_only;	 /* look at nothing but what samples are of */
	bool moments;		 /* note when each was taken */
	const struct wall *wall; /* count what is blocked as on the CPU; NULL: apart */
	size_t threads;
};

/* Scan all samples of a survey; scan_free() it.  The result does not depend
   on the number of threads. */
void scan_make(struct scan *scan, const struct survey *survey, const struct perfdata *file,
	       const struct history *history, const struct scan_options *options);
void scan_free(struct scan *scan);

#endif /* PERFREPORT_SCAN_H */
