/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The statistical regime: runs against runs.
 *
 * A host is not equally fast all the time, nor for all kinds of code.  So what
 * a function has in common with the functions that did not change is taken
 * out of its values (factors.h) before they are tested, under the hypothesis
 * that it did not change itself: Freedman, Lane 1983,
 * doi 10.1080/07350015.1983.10509354.  Which did not change is found in a few
 * rounds, from the weighted median of all changes beside all others.  The
 * total is compared as it is.
 *
 * Runs that were recorded in pairs (gate_pairs.h) shared that noise: they are
 * compared as they are, each with the one beside it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "factors.h"
#include "gate.h"

#define ROUNDS	      3
#define LEAST_ITEMS   4	   /* to tell what changed from what did not */
#define LEAST_REST    0.05 /* of the event, to compare a function with */
#define MOST_WEIGHT   0.2  /* of one function in the median */
#define INTERVAL      0.95
#define CONTRADICTION 2.58 /* standard errors: 99 % */
#define POWER	      0.99 /* that a slowdown is seen, */
#define SLOWDOWN      0.02 /* this one, */
#define LARGE_SHARE   0.05 /* in a function that holds so much of the event */

/* A function that is tested, or all others together. */
struct item {
	uint32_t function; /* NO_FUNCTION: the rest */
	double *values;	   /* of each run, base first */
	double *scaled;
	double share;
	double effect, error; /* of the scaled values, and its standard error */
	bool unchanged;
};

struct table {
	size_t event;
	size_t nr_runs, nr_base;
	bool paired; /* run i of the base and run nr_base + i belong together */
	struct item *items;
	size_t nr;
	double *totals;
};

static const struct gate_run *run_at(const struct gate_sample *sample, size_t run)
{
	size_t nr = sample->nr[GATE_BASE];

	return run < nr ? sample->runs[GATE_BASE][run] : sample->runs[GATE_NEW][run - nr];
}

static double value_at(const struct gate_sample *sample, size_t run, uint32_t function,
		       size_t event)
{
	const struct gate_run *from = run_at(sample, run);

	return run < sample->nr[GATE_BASE] ? gate_base_value(sample->data, from, function, event)
					   : gate_value(from, function, event);
}

/* The mean share of a function, each side counting alike. */
static double share_of(const struct gate_sample *sample, const struct table *table,
		       uint32_t function)
{
	double sums[GATE_SIDES] = {0}, totals[GATE_SIDES] = {0};

	for (size_t run = 0; run < table->nr_runs; run++) {
		int side = run >= table->nr_base;

		sums[side] += value_at(sample, run, function, table->event);
		totals[side] += table->totals[run];
	}
	return ((totals[0] > 0 ? sums[0] / totals[0] : 0) +
		(totals[1] > 0 ? sums[1] / totals[1] : 0)) /
	       2;
}

static struct item *add_item(struct table *table, uint32_t function, double share)
{
	struct item *item = &table->items[table->nr++];

	*item = (struct item){.function = function, .share = share, .unchanged = true};
	item->values = must_calloc(table->nr_runs, sizeof *item->values);
	item->scaled = must_calloc(table->nr_runs, sizeof *item->scaled);
	return item;
}

/* The rows of an event that pass the pre-filter, and the rest as one. */
static void make_table(struct table *table, const struct gate_sample *sample, size_t event,
		       const struct gate_settings *settings)
{
	const struct gate_data *data = sample->data;
	struct item *rest;

	*table = (struct table){
	    .event = event, .nr_base = sample->nr[GATE_BASE], .paired = sample->paired};
	table->nr_runs = table->nr_base + sample->nr[GATE_NEW];
	table->items = must_calloc(data->nr_functions + 1, sizeof *table->items);
	table->totals = must_calloc(table->nr_runs, sizeof *table->totals);
	for (size_t run = 0; run < table->nr_runs; run++)
		table->totals[run] = run_at(sample, run)->quality[event].total;
	rest = add_item(table, NO_FUNCTION, 1);
	memcpy(rest->values, table->totals, table->nr_runs * sizeof *rest->values);
	for (uint32_t function = 0; function < data->nr_functions; function++) {
		double share;
		struct item *item;

		if (data->functions[function].renamed_to != NO_FUNCTION)
			continue;
		share = share_of(sample, table, function);
		if (share < settings->min_share || share == 0)
			continue;
		item = add_item(table, function, share);
		rest = &table->items[0];
		rest->share -= share;
		for (size_t run = 0; run < table->nr_runs; run++) {
			item->values[run] = value_at(sample, run, function, event);
			rest->values[run] -= item->values[run];
		}
	}
}

static void free_table(struct table *table)
{
	for (size_t i = 0; i < table->nr; i++) {
		free(table->items[i].values);
		free(table->items[i].scaled);
	}
	free(table->items);
	free(table->totals);
}

/* The same of pairs, whose common noise cancels. */
static void measure_pairs(const double *base, const double *new, size_t nr, double *effect,
			  double *error)
{
	double *residues = must_calloc(nr, sizeof *residues), mean = stats_mean(base, nr);

	*effect = *error = NAN;
	if (mean > 0) {
		*effect = stats_mean(new, nr) / mean - 1;
		for (size_t i = 0; i < nr; i++)
			residues[i] = new[i] - (1 + *effect) * base[i];
		*error = sqrt(stats_variance(residues, nr) / nr) / mean;
	}
	free(residues);
}

static void measure_sides(const struct table *table, const double *values, double *effect,
			  double *error)
{
	size_t nr_new = table->nr_runs - table->nr_base;
	double base = stats_mean(values, table->nr_base);
	double new = stats_mean(values + table->nr_base, nr_new);
	double b = stats_variance(values, table->nr_base) / table->nr_base;
	double n = stats_variance(values + table->nr_base, nr_new) / nr_new;

	*effect = base > 0 ? new / base - 1 : NAN;
	*error = base > 0 ? sqrt(n + b * (new / base) * (new / base)) / base : NAN;
}

/* The relative change of the means, and its standard error. */
static void measure(const struct table *table, const double *values, double *effect, double *error)
{
	if (table->paired)
		measure_pairs(values, values + table->nr_base, table->nr_base, effect, error);
	else
		measure_sides(table, values, effect, error);
}

/* Divide an item's values by what did not change, itself left out.  Without
   enough to compare with they stay as they are. */
static void scale_item(const struct table *table, struct item *item, const double *sums,
		       double share)
{
	double mean = 0;
	bool own = item->unchanged;

	if (share - (own ? item->share : 0) < LEAST_REST) {
		memcpy(item->scaled, item->values, table->nr_runs * sizeof *item->scaled);
		return;
	}
	for (size_t run = 0; run < table->nr_runs; run++)
		mean += (sums[run] - (own ? item->values[run] : 0)) / table->nr_runs;
	for (size_t run = 0; run < table->nr_runs; run++) {
		double by = sums[run] - (own ? item->values[run] : 0);

		item->scaled[run] = by > 0 ? item->values[run] * mean / by : 0;
	}
}

static void scale(struct table *table)
{
	double *sums = must_calloc(table->nr_runs, sizeof *sums), share = 0;

	for (size_t i = 0; i < table->nr; i++) {
		if (!table->items[i].unchanged)
			continue;
		share += table->items[i].share;
		for (size_t run = 0; run < table->nr_runs; run++)
			sums[run] += table->items[i].values[run];
	}
	for (size_t i = 0; i < table->nr; i++) {
		struct item *item = &table->items[i];

		scale_item(table, item, sums, share);
		measure(table, item->scaled, &item->effect, &item->error);
	}
	free(sums);
}

/* Which items changed as most did, that is, not. */
static void find_unchanged(struct table *table, const struct gate_settings *settings)
{
	double *effects = must_calloc(table->nr, sizeof *effects), middle;
	double *weights = must_calloc(table->nr, sizeof *weights);
	size_t nr = 0;

	for (size_t i = 0; i < table->nr; i++) {
		if (isnan(table->items[i].effect))
			continue;
		effects[nr] = table->items[i].effect;
		weights[nr++] = fmin(table->items[i].share, MOST_WEIGHT);
	}
	middle = stats_weighted_median(effects, weights, nr);
	for (size_t i = 0; i < table->nr; i++) {
		struct item *item = &table->items[i];

		item->unchanged =
		    !isnan(item->effect) &&
		    fabs(item->effect - middle) <= fmax(settings->min_effect / 2, 3 * item->error);
	}
	free(effects);
	free(weights);
}

/* The logarithms of each item's values; free() them.  A function that is not
   in each run has none: NULL. */
static double **take_logarithms(const struct table *table)
{
	double **logs = must_calloc(table->nr, sizeof *logs);

	for (size_t i = 0; i < table->nr; i++) {
		const double *values = table->items[i].values;
		bool positive = true;

		for (size_t run = 0; run < table->nr_runs; run++)
			positive &= values[run] > 0;
		if (!positive)
			continue;
		logs[i] = must_calloc(table->nr_runs, sizeof **logs);
		for (size_t run = 0; run < table->nr_runs; run++)
			logs[i][run] = log(values[run]);
	}
	return logs;
}

/* Take out of each item what it has in common with those that did not change.
   Items with too few to compare with stay as they are scaled. */
static void remove_factors(struct table *table)
{
	double **logs = take_logarithms(table);
	const double **others = must_calloc(table->nr, sizeof *others);
	double *weights = must_calloc(table->nr, sizeof *weights);
	double *own = must_calloc(table->nr_runs, sizeof *own);

	for (size_t i = 0; i < table->nr; i++) {
		struct item *item = &table->items[i];
		size_t nr = 0, nr_factors;

		for (size_t j = 0; j < table->nr; j++) {
			if (j == i || logs[j] == NULL || !table->items[j].unchanged)
				continue;
			others[nr] = logs[j];
			weights[nr++] = table->items[j].share;
		}
		nr_factors = factors_number(table->nr_runs, nr);
		if (logs[i] == NULL || nr_factors == 0)
			continue;
		memcpy(own, logs[i], table->nr_runs * sizeof *own);
		factors_remove(own, table->nr_runs, others, weights, nr, nr_factors);
		for (size_t run = 0; run < table->nr_runs; run++)
			item->scaled[run] = exp(own[run]);
		measure(table, item->scaled, &item->effect, &item->error);
	}
	for (size_t i = 0; i < table->nr; i++)
		free(logs[i]);
	free(logs);
	free(others);
	free(weights);
	free(own);
}

/* Bring the runs to one speed; false: there is too little to tell it by. */
static bool normalize(struct table *table, const struct gate_settings *settings)
{
	if (!settings->normalize || table->nr < LEAST_ITEMS || table->paired) {
		for (size_t i = 0; i < table->nr; i++) {
			struct item *item = &table->items[i];

			memcpy(item->scaled, item->values, table->nr_runs * sizeof *item->scaled);
			measure(table, item->scaled, &item->effect, &item->error);
		}
		return false;
	}
	scale(table);
	for (int round = 0; round < ROUNDS; round++) {
		find_unchanged(table, settings);
		scale(table);
	}
	for (int round = 0; round < ROUNDS; round++) {
		remove_factors(table);
		find_unchanged(table, settings);
	}
	return true;
}

/* Did it not become slower by the clock, whatever it is beside others? */
static bool contradicted(const struct table *table, const struct item *item,
			 const struct gate_settings *settings)
{
	double effect, error;
	bool slower = item->effect > 0;

	measure(table, item->values, &effect, &error);
	if (isnan(effect) || isnan(item->effect))
		return false;
	return slower ? effect + CONTRADICTION * error < settings->min_effect
		      : effect - CONTRADICTION * error > -settings->min_effect;
}

/* Pair against pair: the differences as shares of their sums, so that fast
   pairs count as much as slow ones. */
static double test_pairs(const double *base, const double *new, size_t nr,
			 struct stats_ranks *ranks)
{
	double *differences = must_calloc(nr, sizeof *differences), p;

	for (size_t i = 0; i < nr; i++)
		differences[i] = new[i] + base[i] > 0 ? (new[i] - base[i]) / (new[i] + base[i]) : 0;
	p = stats_signed_test(ranks, differences, nr);
	free(differences);
	return p;
}

static void test_row(struct gate_row *row, const struct table *table, const double *values,
		     const struct gate_settings *settings, struct stats_ranks *ranks)
{
	size_t nr_base = table->nr_base, nr_new = table->nr_runs - nr_base;
	const double *base = values, *new = values + nr_base;
	uint64_t seed = settings->seed + row->function;

	row->p = table->paired ? test_pairs(base, new, nr_base, ranks)
			       : stats_rank_test(ranks, base, nr_base, new, nr_new);
	if (!settings->intervals)
		return;
	if (table->paired)
		stats_bootstrap_pairs(base, new, nr_base, INTERVAL, seed, &row->low, &row->high);
	else
		stats_bootstrap(base, nr_base, new, nr_new, INTERVAL, seed, &row->low, &row->high);
}

/* A row of values; its p is not adjusted yet. */
static struct gate_row *add_row(struct gate_result *result, const struct table *table,
				uint32_t function, const double *values, double share,
				const struct gate_settings *settings, struct stats_ranks *ranks)
{
	struct gate_row *row = gate_add_row(result, table->event, function);
	double effect;

	row->base = stats_mean(values, table->nr_base);
	row->new = stats_mean(values + table->nr_base, table->nr_runs - table->nr_base);
	row->relative = row->base > 0 ? row->new / row->base - 1 : NAN;
	row->share = share;
	row->class = row->base == row->new  ? GATE_SAME
		     : row->base == 0	    ? GATE_ADDED
		     : row->new == 0	    ? GATE_REMOVED
		     : row->new > row->base ? GATE_GROWN
					    : GATE_SHRUNK;
	row->tested = true;
	measure(table, values, &effect, &row->error);
	test_row(row, table, values, settings, ranks);
	return row;
}

static void test_event(struct gate_result *result, const struct gate_sample *sample, size_t event,
		       const struct gate_settings *settings, struct stats_ranks *ranks)
{
	struct table table;

	make_table(&table, sample, event, settings);
	result->scaled |= normalize(&table, settings);
	add_row(result, &table, NO_FUNCTION, table.totals, 1, settings, ranks);
	for (size_t i = 1; i < table.nr; i++) {
		const struct item *item = &table.items[i];
		struct gate_row *row = add_row(result, &table, item->function, item->scaled,
					       item->share, settings, ranks);

		row->was = sample->data->functions[item->function].renamed_from;
		if (contradicted(&table, item, settings))
			row->why = "not so by the clock";
	}
	free_table(&table);
}

static void adjust(struct gate_result *result)
{
	double *p = must_calloc(result->nr_rows, sizeof *p);

	for (size_t i = 0; i < result->nr_rows; i++)
		p[i] = result->rows[i].p;
	stats_adjust(p, result->nr_rows);
	for (size_t i = 0; i < result->nr_rows; i++)
		result->rows[i].p = p[i];
	free(p);
}

static void set(struct gate_row *row, enum gate_status status, const char *why)
{
	row->status = status;
	row->why = why;
}

/* The three conditions. */
static void decide(struct gate_row *row, const struct gate_sample *sample,
		   const struct gate_rules *rules, const struct gate_settings *settings)
{
	enum gate_rule_kind kind = row->function == NO_FUNCTION ? GATE_TOTAL : GATE_BUDGET;
	bool slower = row->new > row->base;
	double least, change = fabs(row->new - row->base);
	double most = fmax(row->base, row->new);

	row->rule = gate_rules_find(rules, kind, sample->data, row->event, row->function);
	row->allowed = gate_limit(row->rule, row->base);
	least = fmax(settings->min_effect * row->base, slower ? row->allowed : 0);
	if (row->p > settings->alpha)
		set(row, GATE_WITHIN, "not significant");
	else if (change < least)
		set(row, GATE_WITHIN, row->rule && slower ? "within budget" : "less than matters");
	else if (row->share * change / most < settings->min_impact)
		set(row, GATE_WITHIN, "too small a share");
	else if (*row->why)
		row->status = GATE_WITHIN;
	else
		set(row, slower ? GATE_REGRESSION : GATE_IMPROVEMENT, "significant");
}

static bool can_reach(struct gate_result *result, const struct gate_sample *sample,
		      const struct gate_settings *settings)
{
	double level = settings->alpha / fmax(1, result->nr_rows);
	size_t base = sample->nr[GATE_BASE], new = sample->nr[GATE_NEW];
	double least = sample->paired ? stats_least_signed_p(base) : stats_least_p(base, new);

	if (least <= level)
		return true;
	gate_add_note(result, true,
		      "%zu and %zu runs cannot reach the level %g in %zu tests: record %zu runs of "
		      "each side, interleaved",
		      base, new, settings->alpha, result->nr_rows,
		      sample->paired ? stats_pairs_needed(level) : stats_runs_needed(level));
	return false;
}

/* What so many runs can miss: the least slowdown of each large function that
   they show with a power of 99 %.  Said when it is more than 2 %. */
static void note_power(struct gate_result *result, const struct gate_sample *sample,
		       const struct gate_settings *settings)
{
	double level = settings->alpha / fmax(1, result->nr_rows);
	double errors = stats_normal_quantile(1 - level / 2) + stats_normal_quantile(POWER);
	const struct gate_row *worst = NULL;

	for (size_t i = 0; i < result->nr_rows; i++) {
		const struct gate_row *row = &result->rows[i];

		if (row->function != NO_FUNCTION && row->share >= LARGE_SHARE &&
		    !isnan(row->error) && (worst == NULL || row->error > worst->error))
			worst = row;
	}
	if (worst == NULL || errors * worst->error <= SLOWDOWN)
		return;
	gate_add_note(
	    result, false,
	    "a slowdown of %s of less than %.1f %% may stay unseen; about %.0f such runs "
	    "of each side would show %g %%",
	    gate_function_name(sample->data, worst->function), 100 * errors * worst->error,
	    ceil(sample->nr[GATE_NEW] * pow(errors * worst->error / SLOWDOWN, 2)), 100 * SLOWDOWN);
}

/* Work that only moved to functions of other names is no regression. */
static void find_moved(struct gate_result *result, const struct gate_sample *sample,
		       const struct gate_settings *settings)
{
	for (size_t i = 0; i < result->nr_rows; i++) {
		struct gate_row *row = &result->rows[i];
		double net = 0;

		if (row->status != GATE_REGRESSION || row->class != GATE_ADDED)
			continue;
		for (size_t j = 0; j < result->nr_rows; j++) {
			const struct gate_row *other = &result->rows[j];

			if (other->event == row->event && other->function != NO_FUNCTION &&
			    (other->class == GATE_ADDED || other->class == GATE_REMOVED) &&
			    sample->data->functions[other->function].object ==
				sample->data->functions[row->function].object)
				net += other->new - other->base;
		}
		if (net <= fmax(row->allowed, settings->min_effect * row->new))
			set(row, GATE_WITHIN, "moved from removed functions");
	}
}

void gate_judge_runs(struct gate_result *result, const struct gate_sample *sample,
		     const struct gate_rules *rules, const struct gate_settings *settings,
		     struct stats_ranks *ranks)
{
	for (size_t event = 0; event < sample->data->nr_events; event++)
		test_event(result, sample, event, settings, ranks);
	result->tests = result->nr_rows;
	if (!can_reach(result, sample, settings))
		return;
	adjust(result);
	for (size_t i = 0; i < result->nr_rows; i++)
		decide(&result->rows[i], sample, rules, settings);
	if (settings->intervals)
		note_power(result, sample, settings);
	find_moved(result, sample, settings);
}
