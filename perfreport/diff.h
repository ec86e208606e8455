/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two recordings laid over each other: a base and what is new.
 *
 * Functions are the same when symbol and object have the same names;
 * addresses mean nothing, and all that has no symbol in an object is one.
 */
#ifndef PERFREPORT_DIFF_H
#define PERFREPORT_DIFF_H

#include "profile.h"

enum diff_side { DIFF_BASE, DIFF_NEW, DIFF_SIDES };

enum diff_class {
	DIFF_GROWN,
	DIFF_SHRUNK,
	DIFF_ADDED,   /* in no callchain of the base */
	DIFF_REMOVED, /* in none of the new one */
	DIFF_SAME,
	DIFF_CLASSES
};

/* A function. */
struct diff_row {
	uint32_t frame; /* of the merged profile */
	struct amount self[DIFF_SIDES], total[DIFF_SIDES];
	enum diff_class class;
	double self_share[DIFF_SIDES], total_share[DIFF_SIDES]; /* of the side's events, 0 .. 1 */
	double score; /* of the change of self samples, in standard deviations */
};

/* An event both recordings have. */
struct diff_event {
	const struct event *sides[DIFF_SIDES];
	struct tree tree;		 /* of both */
	struct amount *self[DIFF_SIDES]; /* by node */
	struct diff_row *rows;		 /* the largest change of self first */
	size_t nr_rows;
};

struct diff {
	const struct profile *sides[DIFF_SIDES]; /* not ours */
	struct profile merged;			 /* names and frames only */
	struct diff_event *events;
	size_t nr_events;
};

/* Lay them over each other; event NULL: all that both have samples of.
   diff_free() it before the profiles. */
void diff_make(struct diff *diff, const struct profile *base, const struct profile *new,
	       const char *event);
void diff_free(struct diff *diff);

/* "grown", ... */
const char *diff_class_name(enum diff_class class);

#endif /* PERFREPORT_DIFF_H */
