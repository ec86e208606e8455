/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "gate.h"
#include "gate_pairs.h"

const struct gate_settings gate_default_settings = {
    .alpha = 0.005,
    .min_effect = 0.01,
    .min_share = 0.01,
    .min_impact = 0.0005,
    .max_loss = 0.001,
    .max_broken = 0.5,
    .min_running = 1,
    .normalize = true,
    .intervals = true,
    .seed = 1,
};

const char *gate_status_name(enum gate_status status)
{
	static const char *const names[GATE_STATUSES] = {
	    [GATE_REGRESSION] = "regression",	[GATE_INCONCLUSIVE] = "inconclusive",
	    [GATE_IMPROVEMENT] = "improvement", [GATE_SUPPRESSED] = "suppressed",
	    [GATE_WITHIN] = "within",		[GATE_UNCHANGED] = "unchanged"};

	return names[status];
}

const char *gate_class_name(const struct gate_row *row)
{
	static const char *const names[GATE_CLASSES] = {"same", "grown", "shrunk", "new",
							"removed"};

	return row->was != NO_FUNCTION ? "renamed" : names[row->class];
}

const char *gate_verdict(const struct gate_result *result)
{
	static const char *const names[] = {
	    [GATE_EXIT_PASS] = "pass",
	    [GATE_EXIT_REGRESSION] = "regression",
	    [GATE_EXIT_USAGE] = "error",
	    [GATE_EXIT_INCONCLUSIVE] = "inconclusive",
	    [GATE_EXIT_IMPROVEMENT] = "improvement",
	};

	return names[result->exit];
}

void gate_add_note(struct gate_result *result, bool fatal, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	result->notes = must_grow(result->notes, &result->notes_capacity, result->nr_notes + 1,
				  sizeof *result->notes);
	result->notes[result->nr_notes++] = (struct gate_note){text, fatal};
}

struct gate_row *gate_add_row(struct gate_result *result, size_t event, uint32_t function)
{
	result->rows = must_grow(result->rows, &result->rows_capacity, result->nr_rows + 1,
				 sizeof *result->rows);
	result->rows[result->nr_rows] = (struct gate_row){
	    .event = event,
	    .function = function,
	    .was = NO_FUNCTION,
	    .status = GATE_UNCHANGED,
	    .p = NAN,
	    .error = NAN,
	    .low = NAN,
	    .high = NAN,
	    .why = "",
	};
	return &result->rows[result->nr_rows++];
}

void gate_sample_init(struct gate_sample *sample, const struct gate_data *data)
{
	*sample = (struct gate_sample){.data = data};
	for (int side = 0; side < GATE_SIDES; side++) {
		sample->nr[side] = data->sides[side].nr;
		sample->runs[side] = must_calloc(sample->nr[side], sizeof *sample->runs[side]);
		for (size_t i = 0; i < sample->nr[side]; i++)
			sample->runs[side][i] = &data->sides[side].runs[i];
	}
	gate_pair(sample);
}

void gate_sample_free(struct gate_sample *sample)
{
	for (int side = 0; side < GATE_SIDES; side++)
		free(sample->runs[side]);
}

double gate_base_value(const struct gate_data *data, const struct gate_run *run, uint32_t function,
		       size_t event)
{
	uint32_t was = data->functions[function].renamed_from;

	return gate_value(run, was == NO_FUNCTION ? function : was, event);
}

/* The event's name without modifiers. */
static bool is_named(const char *event, const char *name)
{
	size_t length = strlen(name);

	return strncmp(event, name, length) == 0 && (event[length] == '\0' || event[length] == ':');
}

bool gate_is_exact(const struct gate_data *data, size_t event, uint32_t function)
{
	const char *name = data->events[event].name, *modifiers = strrchr(name, ':');

	if (!is_named(name, "instructions") && !is_named(name, "branches") &&
	    !is_named(name, "branch-instructions"))
		return false;
	if (function != NO_FUNCTION)
		return !data->functions[function].kernel;
	return modifiers != NULL && strchr(modifiers, 'u') && !strchr(modifiers, 'k');
}

static double impact(const struct gate_row *row)
{
	double most = fmax(fabs(row->base), fabs(row->new));

	return most > 0 ? row->share * fabs(row->new - row->base) / most : 0;
}

static int compare_rows(const void *left, const void *right, void *context)
{
	const struct gate_row *a = left, *b = right;
	const struct gate_data *data = context;
	double x = impact(a), y = impact(b);
	int order;

	if (a->status != b->status)
		return a->status < b->status ? -1 : 1;
	/* The total says that, a function says why: functions first. */
	if ((a->function == NO_FUNCTION) != (b->function == NO_FUNCTION))
		return a->function == NO_FUNCTION ? 1 : -1;
	if (x != y)
		return x > y ? -1 : 1;
	if (a->event != b->event)
		return a->event < b->event ? -1 : 1;
	if (a->function == NO_FUNCTION)
		return 0;
	order =
	    strcmp(gate_function_name(data, a->function), gate_function_name(data, b->function));
	if (order == 0)
		order = strcmp(gate_function_object(data, a->function),
			       gate_function_object(data, b->function));
	return order ? order : a->function < b->function ? -1 : a->function > b->function;
}

/* Suppressions, that have not expired. */
static void suppress(struct gate_result *result, const struct gate_sample *sample,
		     const struct gate_rules *rules)
{
	for (size_t i = 0; i < result->nr_rows; i++) {
		struct gate_row *row = &result->rows[i];
		const struct gate_rule *rule;

		if (row->function == NO_FUNCTION ||
		    (row->status != GATE_REGRESSION && row->status != GATE_INCONCLUSIVE))
			continue;
		rule =
		    gate_rules_find(rules, GATE_SUPPRESS, sample->data, row->event, row->function);
		if (rule == NULL)
			continue;
		if (rule->expired) {
			gate_add_note(
			    result, false, "%s:%u: the suppression of %s expired on %s (%s)",
			    rules->path, rule->line, rule->function, rule->expires, rule->owner);
			continue;
		}
		row->status = GATE_SUPPRESSED;
		row->rule = rule;
		row->why = "suppressed";
	}
}

/* A total whose growth is that of suppressed functions only is suppressed with
   them. */
static void suppress_totals(struct gate_result *result)
{
	for (size_t i = 0; i < result->nr_rows; i++) {
		struct gate_row *total = &result->rows[i];
		bool suppressed = false, other = false;

		if (total->function != NO_FUNCTION || total->status != GATE_REGRESSION)
			continue;
		for (size_t j = 0; j < result->nr_rows; j++) {
			const struct gate_row *row = &result->rows[j];

			if (row->event != total->event || row->function == NO_FUNCTION)
				continue;
			suppressed |= row->status == GATE_SUPPRESSED;
			other |= row->status == GATE_REGRESSION || row->status == GATE_INCONCLUSIVE;
		}
		if (suppressed && !other) {
			total->status = GATE_SUPPRESSED;
			total->why = "its functions are suppressed";
		}
	}
}

static void note_unused(struct gate_result *result, const struct gate_rules *rules)
{
	for (size_t i = 0; i < rules->nr; i++)
		if (!rules->list[i].used)
			gate_add_note(result, false, "%s:%u: the rule fits nothing", rules->path,
				      rules->list[i].line);
}

static bool has_fatal(const struct gate_result *result)
{
	for (size_t i = 0; i < result->nr_notes; i++)
		if (result->notes[i].fatal)
			return true;
	return false;
}

static enum gate_exit conclude(const struct gate_result *result,
			       const struct gate_settings *settings)
{
	if (has_fatal(result))
		return GATE_EXIT_INCONCLUSIVE;
	if (result->counts[GATE_REGRESSION])
		return GATE_EXIT_REGRESSION;
	if (result->counts[GATE_INCONCLUSIVE])
		return GATE_EXIT_INCONCLUSIVE;
	if (result->counts[GATE_IMPROVEMENT] && settings->strict)
		return GATE_EXIT_IMPROVEMENT;
	return GATE_EXIT_PASS;
}

void gate_judge(struct gate_result *result, const struct gate_sample *sample,
		const struct gate_rules *rules, const struct gate_settings *settings,
		struct stats_ranks *ranks)
{
	*result = (struct gate_result){.regime = sample->data->regime};
	for (int side = 0; side < GATE_SIDES; side++)
		result->runs[side] = sample->nr[side];
	result->paired = sample->paired;
	gate_check_validity(result, sample, settings);
	if (!has_fatal(result)) {
		if (result->regime == GATE_REGIME_DETERMINISTIC)
			gate_judge_counts(result, sample, rules, settings);
		else
			gate_judge_runs(result, sample, rules, settings, ranks);
		suppress(result, sample, rules);
		suppress_totals(result);
		note_unused(result, rules);
	}
	if (result->nr_rows)
		qsort_r(result->rows, result->nr_rows, sizeof *result->rows, compare_rows,
			(void *)sample->data);
	for (size_t i = 0; i < result->nr_rows; i++)
		result->counts[result->rows[i].status]++;
	result->exit = conclude(result, settings);
}

void gate_result_free(struct gate_result *result)
{
	for (size_t i = 0; i < result->nr_notes; i++)
		free(result->notes[i].text);
	free(result->notes);
	free(result->rows);
	memset(result, 0, sizeof *result);
}
