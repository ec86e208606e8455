/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What perfrec stat counts: a workload on a kernel, once or several times, and
 * the same in other layouts.
 */
#ifndef PERFREC_SUBJECT_H
#define PERFREC_SUBJECT_H

#include "by_function.h"
#include "session.h"
#include "stat_options.h"
#include "stat_result.h"

/* An image of another layout, and what it counted. */
struct perturbed {
	struct options options;
	struct images images;
	struct perf_event_values values[MAX_EVENTS];
	struct by_function functions;
};

struct subject {
	struct stat_options options; /* a copy: workload and kernel may be others */
	struct images images;
	struct perf_event_attr attrs[MAX_EVENTS];
	int signals, output;		  /* as of struct session */
	char emulator[128];		  /* what it calls itself */
	char *geometry;			  /* of its PMU, as of the last run; malloc'd, or NULL */
	struct perf_event_values *values; /* [options.runs][events] */
	unsigned int runs;		  /* made so far */
	struct session session;		  /* of the last run */
	struct by_function functions;	  /* if asked for */
	struct perturbed *perturbed;	  /* [options.perturb] */
	struct stat_result result;
};

/* Find the images and make room.  options and signals are set.  Prints what is
   wrong; an exit code. */
int subject_prepare(struct subject *subject);

/* One more run; a workload that failed before has no more. */
int subject_run(struct subject *subject);

/* The runs in other layouts. */
int subject_perturb(struct subject *subject);

/* Whether the workload of the last run did well. */
bool subject_did_well(const struct subject *subject);

/* Put the result together. */
void subject_sum_up(struct subject *subject);

void subject_free(struct subject *subject);

#endif /* PERFREC_SUBJECT_H */
