/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate tried on itself: runs compared with runs of the same pool, and
 * with slowdowns put in.
 */
#ifndef PERFREPORT_GATE_TRIAL_H
#define PERFREPORT_GATE_TRIAL_H

#include "gate.h"
#include "gate_options.h"
#include "text.h"

/* What a trial gave. */
struct gate_trial {
	bool failed; /* the verdict is a regression */
	bool valid;  /* there is a verdict */
	bool caught; /* the function put in is among the regressions */
	bool first;  /* it is the first of them */
};

struct gate_trials {
	const struct gate_data *data; /* the pool is the base */
	const struct gate_settings *settings;
	struct stats_random random;
	struct stats_ranks ranks;
	size_t *order; /* of the pool; of its pairs, if it has any */
	size_t *begun; /* the pool in the order in which the runs began, if in pairs */
	size_t nr_pairs;
	size_t per_side;
};

/* Prepare trials of per_side runs of each side (0: the default) out of the
   base's.  Errors: EXIT_INPUT, too few runs; what makes them invalid. */
bool gate_trials_init(struct gate_trials *trials, const struct gate_data *data,
		      const struct gate_settings *settings, size_t per_side,
		      struct failure *failure);
void gate_trials_free(struct gate_trials *trials);

/* Draw two sides and judge them.  function: NO_FUNCTION, or one that has
   slowdown more of the event on the new side; exact: plus so many events. */
struct gate_trial gate_try(struct gate_trials *trials, size_t event, uint32_t function,
			   double slowdown, double exact);

/* The share of a function over the pool. */
double gate_pool_share(const struct gate_data *data, size_t event, uint32_t function);

/* perfreport gate --null and --selftest: what is printed, and the exit status. */
enum gate_exit gate_null(const struct gate_options *options, const struct gate_data *data,
			 struct text *text, struct failure *failure);
enum gate_exit gate_selftest(const struct gate_options *options, const struct gate_data *data,
			     struct text *text, struct failure *failure);

/* A pool for --selftest without --base: a model of a program, not a recording. */
bool gate_model_exact(struct gate_data *data, struct failure *failure);
bool gate_model_sampled(struct gate_data *data, struct failure *failure);

#endif /* PERFREPORT_GATE_TRIAL_H */
