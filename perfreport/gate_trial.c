/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "gate_pairs.h"
#include "gate_trial.h"

/* Of each side, as docs/gate.md advises to record, with the reason. */
#define DEFAULT_RUNS  20
#define DEFAULT_PAIRS 160

static size_t default_runs(const struct gate_trials *trials, size_t nr)
{
	size_t most = trials->nr_pairs ? trials->nr_pairs : nr / 2;
	size_t runs = trials->nr_pairs ? DEFAULT_PAIRS : DEFAULT_RUNS;

	return trials->data->regime == GATE_REGIME_DETERMINISTIC || most < runs ? most : runs;
}

/* The pool against itself, whole: is it valid? */
static bool check_pool(const struct gate_trials *trials, struct failure *failure)
{
	struct gate_result result = {.regime = trials->data->regime};
	struct gate_sample sample;
	bool good = true;

	gate_sample_init(&sample, trials->data);
	gate_check_validity(&result, &sample, trials->settings);
	for (size_t i = 0; good && i < result.nr_notes; i++) {
		good = !result.notes[i].fatal;
		if (!good)
			failure_set(failure, GATE_EXIT_INCONCLUSIVE, "%s", result.notes[i].text);
	}
	gate_sample_free(&sample);
	gate_result_free(&result);
	return good;
}

bool gate_trials_init(struct gate_trials *trials, const struct gate_data *data,
		      const struct gate_settings *settings, size_t per_side,
		      struct failure *failure)
{
	size_t nr = data->sides[GATE_BASE].nr;
	bool exact = data->regime == GATE_REGIME_DETERMINISTIC;

	*trials = (struct gate_trials){.data = data, .settings = settings};
	trials->order = must_calloc(nr, sizeof *trials->order);
	trials->begun = must_calloc(nr, sizeof *trials->begun);
	for (size_t i = 0; i < nr; i++)
		trials->order[i] = i;
	trials->nr_pairs = exact ? 0 : gate_pair_pool(&data->sides[GATE_BASE], trials->begun);
	trials->per_side = per_side ? per_side : default_runs(trials, nr);
	/* One image is enough where counts are exact. */
	if (exact && trials->per_side == 0)
		trials->per_side = 1;
	if ((!exact && nr < 2) || (nr > 1 && 2 * trials->per_side > nr)) {
		failure_set(failure, GATE_EXIT_INCONCLUSIVE,
			    "%zu runs are too few for trials of %zu against %zu", nr,
			    trials->per_side, trials->per_side);
		return false;
	}
	stats_seed(&trials->random, settings->seed);
	return check_pool(trials, failure);
}

void gate_trials_free(struct gate_trials *trials)
{
	free(trials->order);
	free(trials->begun);
	stats_ranks_free(&trials->ranks);
}

double gate_pool_share(const struct gate_data *data, size_t event, uint32_t function)
{
	const struct gate_side *side = &data->sides[GATE_BASE];
	double sum = 0, total = 0;

	for (size_t i = 0; i < side->nr; i++) {
		sum += gate_value(&side->runs[i], function, event);
		total += side->runs[i].quality[event].total;
	}
	return total > 0 ? sum / total : 0;
}

/* A copy of a run in which a function has more of an event.  Samples come one
   by one: how many more there are is a random number. */
static struct gate_run slowed(struct gate_trials *trials, const struct gate_run *from, size_t event,
			      uint32_t function, double slowdown, double exact)
{
	struct gate_run run = *from;
	double value = gate_value(from, function, event), more = exact;
	const struct gate_quality *quality = &from->quality[event];

	if (slowdown > 0) {
		double unit = quality->samples > 0 ? quality->total / quality->samples : 1;

		more += unit * stats_poisson(&trials->random, slowdown * value / unit);
	}
	run.values = must_calloc(from->nr_values + 1, sizeof *run.values);
	memcpy(run.values, from->values, from->nr_values * sizeof *run.values);
	run.quality = must_calloc(from->nr_quality, sizeof *run.quality);
	memcpy(run.quality, from->quality, from->nr_quality * sizeof *run.quality);
	gate_add_value(&run, function, event, more);
	run.quality[event].total += more;
	return run;
}

/* Pairs of the pool, each with either run as the new one. */
static void draw_pairs(struct gate_trials *trials, struct gate_sample *sample)
{
	const struct gate_run *pool = trials->data->sides[GATE_BASE].runs;

	stats_shuffle(&trials->random, trials->order, trials->nr_pairs, trials->per_side);
	for (size_t i = 0; i < trials->per_side; i++) {
		const size_t *pair = &trials->begun[2 * trials->order[i]];
		size_t first = stats_below(&trials->random, 2);

		sample->runs[GATE_BASE][i] = &pool[pair[first]];
		sample->runs[GATE_NEW][i] = &pool[pair[!first]];
	}
	sample->paired = true;
}

/* The pool in a random order: the base's runs, then the new ones.  One image
   alone is compared with itself. */
static void draw(struct gate_trials *trials, struct gate_sample *sample)
{
	const struct gate_side *pool = &trials->data->sides[GATE_BASE];

	*sample = (struct gate_sample){.data = trials->data};
	for (int side = 0; side < GATE_SIDES; side++) {
		sample->nr[side] = trials->per_side;
		sample->runs[side] = must_calloc(trials->per_side, sizeof *sample->runs[side]);
	}
	if (trials->nr_pairs >= trials->per_side) {
		draw_pairs(trials, sample);
		return;
	}
	stats_shuffle(&trials->random, trials->order, pool->nr, 2 * trials->per_side);
	for (int side = 0; side < GATE_SIDES; side++) {
		for (size_t i = 0; i < trials->per_side; i++)
			sample->runs[side][i] =
			    &pool->runs[trials->order[(side * trials->per_side + i) % pool->nr]];
	}
}

static struct gate_trial judge(struct gate_trials *trials, const struct gate_sample *sample,
			       size_t event, uint32_t function)
{
	struct gate_settings settings = *trials->settings;
	const struct gate_rules none = {0};
	struct gate_result result;
	struct gate_trial trial;

	settings.intervals = false;
	gate_judge(&result, sample, &none, &settings, &trials->ranks);
	trial.failed = result.exit == GATE_EXIT_REGRESSION;
	trial.valid = trial.failed || result.exit == GATE_EXIT_PASS;
	trial.caught = false;
	trial.first = result.nr_rows && result.rows[0].status == GATE_REGRESSION &&
		      result.rows[0].function == function && result.rows[0].event == event;
	for (size_t i = 0; i < result.nr_rows; i++)
		trial.caught |= result.rows[i].status == GATE_REGRESSION &&
				result.rows[i].function == function &&
				result.rows[i].event == event;
	gate_result_free(&result);
	return trial;
}

struct gate_trial gate_try(struct gate_trials *trials, size_t event, uint32_t function,
			   double slowdown, double exact)
{
	struct gate_run *slow = must_calloc(trials->per_side, sizeof *slow);
	struct gate_sample sample;
	struct gate_trial trial;

	draw(trials, &sample);
	for (size_t i = 0; function != NO_FUNCTION && i < trials->per_side; i++) {
		slow[i] =
		    slowed(trials, sample.runs[GATE_NEW][i], event, function, slowdown, exact);
		sample.runs[GATE_NEW][i] = &slow[i];
	}
	trial = judge(trials, &sample, event, function);
	for (size_t i = 0; function != NO_FUNCTION && i < trials->per_side; i++) {
		free(slow[i].values);
		free(slow[i].quality);
	}
	free(slow);
	gate_sample_free(&sample);
	return trial;
}
