/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often does the gate cry wolf, and does it see one? */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "gate_read.h"
#include "gate_trial.h"

#define MOST_FALSE  0.01 /* of the comparisons of runs with themselves */
#define LEVEL	    0.95
#define NULLS	    50	/* of a self-test */
#define TRIALS	    100 /* of each cell of the power curve */
#define EACH	    40	/* slowdowns put into each large function */
#define LARGE_SHARE 0.05
#define SLOWDOWN    0.02
#define MODEL_RUNS  40

/* Why trials had no verdict. */
static void put_invalid(struct text *text, const struct gate_data *data, size_t nr)
{
	text_print(text, "%zu comparisons had no verdict: %s\n", nr,
		   data->regime == GATE_REGIME_DETERMINISTIC
		       ? "so few images may lie apart by chance: count the base with --perturb 19, "
			 "for ten of each side"
		       : "the runs are too few (perfreport gate --base A --new A says why)");
}

enum gate_exit gate_null(const struct gate_options *options, const struct gate_data *data,
			 struct text *text, struct failure *failure)
{
	struct gate_trials trials;
	size_t failed = 0, invalid = 0;
	double bound;

	if (!gate_trials_init(&trials, data, &options->settings, options->per_side, failure)) {
		gate_trials_free(&trials);
		return failure->status;
	}
	for (size_t i = 0; i < options->null; i++) {
		struct gate_trial trial = gate_try(&trials, 0, NO_FUNCTION, 0, 0);

		failed += trial.failed;
		invalid += !trial.valid;
	}
	bound = stats_upper_bound(failed, options->null, LEVEL);
	text_print(
	    text,
	    "null: %lu comparisons of %zu runs with %zu others of the same %zu (%s): %zu false "
	    "failures, %.2f %%; at most %.2f %% (95 %% Clopper-Pearson bound)\n",
	    options->null, trials.per_side, trials.per_side, data->sides[GATE_BASE].nr,
	    gate_regime_name(data->regime), failed, 100.0 * failed / options->null, 100 * bound);
	gate_trials_free(&trials);
	if (invalid) {
		text_add(text, "null: ");
		put_invalid(text, data, invalid);
		return GATE_EXIT_INCONCLUSIVE;
	}
	return failed > MOST_FALSE * options->null ? GATE_EXIT_REGRESSION : GATE_EXIT_PASS;
}

/* What a series of trials came to. */
struct tally {
	size_t trials, caught, first;
};

static void put_tally(struct text *text, const struct tally *tally)
{
	text_print(text, "%zu of %zu caught (%.1f %%, at least %.1f %%), first in %zu (%.1f %%)\n",
		   tally->caught, tally->trials, 100.0 * tally->caught / tally->trials,
		   100 * stats_lower_bound(tally->caught, tally->trials, LEVEL), tally->first,
		   100.0 * tally->first / tally->trials);
}

static void add(struct tally *tally, struct gate_trial trial)
{
	tally->trials++;
	tally->caught += trial.caught;
	tally->first += trial.caught && trial.first;
}

/* One instruction more, in each function that has exact counts. */
static bool test_exact(struct gate_trials *trials, struct text *text)
{
	const struct gate_data *data = trials->data;
	struct tally tally = {0};

	for (size_t event = 0; event < data->nr_events; event++)
		for (uint32_t f = 0; f < data->nr_functions; f++)
			if (gate_is_exact(data, event, f) && gate_pool_share(data, event, f) > 0)
				add(&tally, gate_try(trials, event, f, 0, 1));
	if (tally.trials == 0) {
		text_add(text, "deterministic: no event is exact (instructions, branches)\n");
		return false;
	}
	text_add(text, "deterministic, one more event in one function: ");
	put_tally(text, &tally);
	return tally.caught == tally.trials;
}

static bool test_large(struct gate_trials *trials, struct text *text)
{
	const struct gate_data *data = trials->data;
	struct tally tally = {0};
	size_t nr = 0;

	for (size_t event = 0; event < data->nr_events; event++) {
		for (uint32_t f = 0; f < data->nr_functions; f++) {
			if (gate_pool_share(data, event, f) < LARGE_SHARE)
				continue;
			nr++;
			for (int i = 0; i < EACH; i++)
				add(&tally, gate_try(trials, event, f, SLOWDOWN, 0));
		}
	}
	if (nr == 0) {
		text_add(text, "statistical: no function holds 5 % of an event\n");
		return false;
	}
	text_print(text, "statistical, 2 %% slower, %zu functions of at least 5 %%: ", nr);
	put_tally(text, &tally);
	return tally.caught >= 0.99 * tally.trials && tally.first >= 0.95 * tally.trials;
}

/* One cell of the power curve: functions of a range of shares. */
static void put_power(struct gate_trials *trials, double low, double high, double slowdown,
		      struct text *text)
{
	const struct gate_data *data = trials->data;
	uint32_t *list = must_calloc(data->nr_functions + 1, sizeof *list);
	struct tally tally = {0};
	size_t nr = 0;

	for (uint32_t f = 0; f < data->nr_functions; f++) {
		double share = gate_pool_share(data, 0, f);

		if (share >= low && share < high)
			list[nr++] = f;
	}
	for (size_t i = 0; nr && i < TRIALS; i++)
		add(&tally, gate_try(trials, 0, list[i % nr], slowdown, 0));
	if (nr)
		text_print(text, " %6.0f %%", 100.0 * tally.caught / tally.trials);
	else
		text_add(text, "        -");
	free(list);
}

static void put_curve(struct gate_trials *trials, struct text *text)
{
	static const double shares[] = {0.002, 0.005, 0.01, 0.02, 0.05, 1.01};
	static const double slowdowns[] = {0.01, 0.02, 0.05, 0.1, 0.2};
	size_t nr = sizeof shares / sizeof *shares;

	text_print(text,
		   "power, %s: slower by       1 %%      2 %%      5 %%     10 %%     20 %%\n",
		   trials->data->events[0].name);
	for (size_t i = 0; i + 1 < nr; i++) {
		text_print(text, "  functions of %4.1f to %5.1f %% ", 100 * shares[i],
			   fmin(100, 100 * shares[i + 1]));
		for (size_t j = 0; j < sizeof slowdowns / sizeof *slowdowns; j++)
			put_power(trials, shares[i], shares[i + 1], slowdowns[j], text);
		text_add(text, "\n");
	}
}

static bool test_nulls(struct gate_trials *trials, struct text *text)
{
	size_t failed = 0, invalid = 0;

	for (int i = 0; i < NULLS; i++) {
		struct gate_trial trial = gate_try(trials, 0, NO_FUNCTION, 0, 0);

		failed += trial.failed;
		invalid += !trial.valid;
	}
	text_print(text, "%s, nothing changed: %zu false failures in %d, %zu without a verdict\n",
		   gate_regime_name(trials->data->regime), failed, NULLS, invalid);
	if (invalid)
		put_invalid(text, trials->data, invalid);
	return failed == 0 && invalid == 0;
}

static bool test_pool(const struct gate_options *options, const struct gate_data *data,
		      struct text *text, struct failure *failure)
{
	struct gate_trials trials;
	bool good = gate_trials_init(&trials, data, &options->settings, options->per_side, failure);

	if (good && data->regime == GATE_REGIME_DETERMINISTIC) {
		good = test_exact(&trials, text);
		good &= test_nulls(&trials, text);
	} else if (good) {
		good = test_large(&trials, text);
		good &= test_nulls(&trials, text);
		put_curve(&trials, text);
	}
	gate_trials_free(&trials);
	return good;
}

static bool test_model(const struct gate_options *options,
		       bool (*make)(struct gate_data *, struct failure *), struct text *text,
		       struct failure *failure)
{
	struct gate_data data;
	bool good;

	gate_data_init(&data);
	good = make(&data, failure) && test_pool(options, &data, text, failure);
	gate_data_free(&data);
	return good;
}

enum gate_exit gate_selftest(const struct gate_options *options, const struct gate_data *data,
			     struct text *text, struct failure *failure)
{
	bool good = true;

	if (data->sides[GATE_BASE].nr) {
		good = test_pool(options, data, text, failure);
	} else {
		text_add(text, "on a model of a program; --base RUNS... tests it on yours\n");
		good = test_model(options, gate_model_exact, text, failure);
		good &= test_model(options, gate_model_sampled, text, failure);
	}
	if (failure->status)
		return failure->status;
	text_print(text, "self-test: %s\n", good ? "passed" : "FAILED");
	return good ? GATE_EXIT_PASS : GATE_EXIT_REGRESSION;
}

/* A program of functions that hold 1 / 2, 1 / 4, ... of the events. */
static void add_model_run(struct gate_data *data, struct stats_random *random, double events,
			  double period)
{
	struct gate_run *run = gate_add_run(&data->sides[GATE_BASE], "model");
	size_t event = gate_event(data, period ? "cpu-clock" : "instructions:u");
	double speed = period ? 1 + 0.1 * stats_uniform(random) : 1;
	struct gate_quality *quality = gate_quality(run, event);
	char name[32];

	*quality = (struct gate_quality){.running = 1, .present = true};
	for (unsigned int f = 0; f < 12; f++) {
		double mean = events * (f < 6 ? 0.12 : 0.28 / 6) * speed, value;

		snprintf(name, sizeof name, "function_%u", f);
		value = period ? period * stats_poisson(random, mean / period) : floor(mean);
		gate_add_value(run, gate_function(data, name, "model", NULL, true), event, value);
		quality->total += value;
	}
	quality->samples = period ? quality->total / period : 0;
}

bool gate_model_exact(struct gate_data *data, struct failure *failure)
{
	struct stats_random random;

	stats_seed(&random, 1);
	add_model_run(data, &random, 1e6, 0);
	return gate_set_regime(data, GATE_REGIME_DETERMINISTIC, "model", failure);
}

bool gate_model_sampled(struct gate_data *data, struct failure *failure)
{
	struct stats_random random;

	stats_seed(&random, 1);
	for (int run = 0; run < MODEL_RUNS; run++)
		add_model_run(data, &random, 3e10, 1e5);
	return gate_set_regime(data, GATE_REGIME_STATISTICAL, "model", failure);
}
