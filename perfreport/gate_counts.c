/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The deterministic regime: counts against counts.  User instructions and
 * branches are exact.  What depends on the layout of code and data, or is the
 * kernel's, is compared with the spread of images that differ in nothing else.
 *
 * Layout may give a function one of two counts, and chance may deal them out by
 * side: all images of one would then lie apart from all of the other, with no
 * spread in either.  That has the probability of a division of all images into
 * two sides, so a verdict takes as many images as make it small for all functions
 * together.
 */
#include <math.h>
#include <stdlib.h>

#include "alloc.h"
#include "gate.h"

#define LEAST_IMAGES 3	/* of each side, to know a spread */
#define MOST_IMAGES  64 /* that advice goes up to */

/* A count over the images of a side. */
struct range {
	double first, low, high; /* first: of the image itself */
	size_t nr;
};

static double value_of(const struct gate_sample *sample, enum gate_side_name side, size_t run,
		       uint32_t function, size_t event)
{
	const struct gate_run *from = sample->runs[side][run];

	if (function == NO_FUNCTION)
		return from->quality[event].total;
	return side == GATE_BASE ? gate_base_value(sample->data, from, function, event)
				 : gate_value(from, function, event);
}

static struct range range_of(const struct gate_sample *sample, enum gate_side_name side,
			     uint32_t function, size_t event)
{
	struct range range = {.nr = sample->nr[side]};

	for (size_t run = 0; run < range.nr; run++) {
		double value = value_of(sample, side, run, function, event);

		if (run == 0)
			range.first = range.low = range.high = value;
		range.low = fmin(range.low, value);
		range.high = fmax(range.high, value);
	}
	return range;
}

static enum gate_class classify(const struct gate_row *row)
{
	if (row->base == row->new)
		return GATE_SAME;
	if (row->base == 0)
		return GATE_ADDED;
	if (row->new == 0)
		return GATE_REMOVED;
	return row->new > row->base ? GATE_GROWN : GATE_SHRUNK;
}

static void decide(struct gate_row *row, enum gate_status status, const char *why)
{
	row->status = status;
	row->why = why;
}

/* What is exact, or has a tolerance in the rules. */
static void judge_exact(struct gate_row *row, double tolerance, const char *tolerated)
{
	const double change = row->new - row->base;

	if (change > row->allowed + tolerance)
		decide(row, GATE_REGRESSION,
		       row->allowed > 0 ? "over budget"
		       : tolerance > 0	? "over tolerance"
					: "exact");
	else if (change > tolerance)
		decide(row, GATE_WITHIN, "within budget");
	else if (change < -tolerance)
		decide(row, GATE_IMPROVEMENT, tolerance > 0 ? "below tolerance" : "exact");
	else if (change != 0)
		decide(row, GATE_WITHIN, tolerated);
}

/* Outside the spread is: farther from the other side's range than the wider of
   the two ranges. */
static void judge_spread(struct gate_row *row, const struct range *base, const struct range *new)
{
	const double width = fmax(base->high - base->low, new->high - new->low);

	row->low = base->low - width;
	row->high = base->high + width;
	if (new->low > row->high + row->allowed)
		decide(row, GATE_REGRESSION, "outside the spread");
	else if (new->low > row->high)
		decide(row, GATE_WITHIN, "within budget");
	else if (new->high < row->low)
		decide(row, GATE_IMPROVEMENT, "outside the spread");
	else if (row->new != row->base)
		decide(row, GATE_WITHIN, "within the spread");
}

static void judge_measured(struct gate_row *row, const struct range *base, const struct range *new,
			   double total, const struct gate_settings *settings)
{
	const double change = row->new - row->base;

	if (base->nr >= LEAST_IMAGES && new->nr >= LEAST_IMAGES) {
		row->tested = fmax(base->high, new->high) >= settings->min_impact * total;
		judge_spread(row, base, new);
	} else if (change != 0 && fabs(change) > row->allowed)
		decide(row, GATE_INCONCLUSIVE, "no measured tolerance");
	else if (change != 0)
		decide(row, GATE_WITHIN, "within budget");
	if ((row->status == GATE_REGRESSION || row->status == GATE_INCONCLUSIVE ||
	     row->status == GATE_IMPROVEMENT) &&
	    fabs(change) < settings->min_impact * total)
		decide(row, GATE_WITHIN, "too small to matter");
}

static void judge_row(struct gate_result *result, const struct gate_sample *sample,
		      const struct gate_rules *rules, const struct gate_settings *settings,
		      size_t event, uint32_t function)
{
	const struct gate_data *data = sample->data;
	struct range base = range_of(sample, GATE_BASE, function, event);
	struct range new = range_of(sample, GATE_NEW, function, event);
	double totals[] = {sample->runs[GATE_BASE][0]->quality[event].total,
			   sample->runs[GATE_NEW][0]->quality[event].total};
	const struct gate_rule *tolerance;
	struct gate_row *row;

	if (base.high == 0 && new.high == 0)
		return;
	row = gate_add_row(result, event, function);
	row->was = function == NO_FUNCTION ? NO_FUNCTION : data->functions[function].renamed_from;
	row->base = base.first;
	row->new = new.first;
	row->relative = row->base > 0 ? row->new / row->base - 1 : NAN;
	row->share = row->base > 0 ? (totals[0] > 0 ? row->base / totals[0] : 0)
				   : (totals[1] > 0 ? row->new / totals[1] : 0);
	row->class = classify(row);
	row->rule = gate_rules_find(rules, function == NO_FUNCTION ? GATE_TOTAL : GATE_BUDGET, data,
				    event, function);
	row->allowed = gate_limit(row->rule, row->base > 0 ? row->base : totals[0]);
	tolerance = function == NO_FUNCTION
			? NULL
			: gate_rules_find(rules, GATE_TOLERANCE, data, event, function);
	if (tolerance != NULL || gate_is_exact(data, event, function))
		judge_exact(row, gate_limit(tolerance, row->base), "within tolerance");
	else
		judge_measured(row, &base, &new, totals[0], settings);
}

/* Is a function of the other object's kind: code may have moved between them? */
static bool same_object(const struct gate_data *data, uint32_t a, uint32_t b)
{
	const struct gate_function *x = &data->functions[a], *y = &data->functions[b];

	return x->workload == y->workload && (x->workload || x->object == y->object);
}

/* What is new in an object against what is removed from it: the events that
   came with new functions, less those that went. */
static double net_growth(const struct gate_result *result, const struct gate_sample *sample,
			 const struct gate_row *row)
{
	double net = 0;

	for (size_t i = 0; i < result->nr_rows; i++) {
		const struct gate_row *other = &result->rows[i];

		if (other->event == row->event && other->function != NO_FUNCTION &&
		    (other->class == GATE_ADDED || other->class == GATE_REMOVED) &&
		    same_object(sample->data, row->function, other->function))
			net += other->new - other->base;
	}
	return net;
}

/* Work that only moved to functions of other names is no regression. */
static void find_moved(struct gate_result *result, const struct gate_sample *sample)
{
	for (size_t i = 0; i < result->nr_rows; i++) {
		struct gate_row *row = &result->rows[i];

		if (row->function == NO_FUNCTION || row->class != GATE_ADDED ||
		    (row->status != GATE_REGRESSION && row->status != GATE_INCONCLUSIVE))
			continue;
		if (net_growth(result, sample, row) <= row->allowed)
			decide(row, GATE_WITHIN, "moved from removed functions");
	}
}

static void note_unmeasured(struct gate_result *result, const struct gate_sample *sample)
{
	for (size_t i = 0; i < result->nr_rows; i++) {
		const struct gate_row *row = &result->rows[i];

		if (row->status != GATE_INCONCLUSIVE)
			continue;
		gate_add_note(
		    result, false,
		    "event %s depends on layout, and its spread is not known: count both "
		    "sides with perfrec stat --per-function --perturb %d or more, or give "
		    "it a tolerance",
		    sample->data->events[row->event].name, LEAST_IMAGES - 1);
		return;
	}
}

/* The probability that all images of one side are above all of the other when
   nothing differs: of one division of them. */
static double chance(size_t base, size_t new)
{
	return exp(lgamma(base + 1) + lgamma(new + 1) - lgamma(base + new + 1));
}

/* What was judged by a spread stands only if chance would do so to no function. */
static void doubt_chance(struct gate_result *result, const struct gate_sample *sample,
			 const struct gate_settings *settings)
{
	const double once = chance(sample->nr[GATE_BASE], sample->nr[GATE_NEW]);
	size_t doubtful = 0, images;

	for (size_t i = 0; i < result->nr_rows; i++)
		result->tests += result->rows[i].tested;
	for (size_t i = 0; i < result->nr_rows; i++) {
		struct gate_row *row = &result->rows[i];

		if (!row->tested ||
		    (row->status != GATE_REGRESSION && row->status != GATE_IMPROVEMENT))
			continue;
		row->p = fmin(1, once * result->tests);
		if (row->p <= settings->alpha)
			continue;
		decide(row, GATE_INCONCLUSIVE, "may be chance");
		doubtful++;
	}
	if (doubtful == 0)
		return;
	for (images = LEAST_IMAGES; images < MOST_IMAGES; images++)
		if (chance(images, images) * result->tests <= settings->alpha)
			break;
	gate_add_note(
	    result, false,
	    "%zu changes lie outside the spread, but with %zu and %zu images layout may do "
	    "that to one of %zu functions by chance: count both sides with --perturb %zu",
	    doubtful, sample->nr[GATE_BASE], sample->nr[GATE_NEW], result->tests, images - 1);
}

void gate_judge_counts(struct gate_result *result, const struct gate_sample *sample,
		       const struct gate_rules *rules, const struct gate_settings *settings)
{
	const struct gate_data *data = sample->data;

	for (size_t event = 0; event < data->nr_events; event++) {
		judge_row(result, sample, rules, settings, event, NO_FUNCTION);
		for (uint32_t function = 0; function < data->nr_functions; function++)
			if (data->functions[function].renamed_to == NO_FUNCTION)
				judge_row(result, sample, rules, settings, event, function);
	}
	find_moved(result, sample);
	note_unmeasured(result, sample);
	doubt_chance(result, sample, settings);
}
