/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result of perfrec stat for people. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stat_result.h"

#define GROUPED	 32 /* bytes of the largest number with its commas */
#define NUMBERS	 16 /* columns of the counts */
#define RATIO	 10 /* columns of the ratios' values */
#define FUNCTION 32 /* columns of the functions' names */
#define NAME	 22 /* columns of the ratios' names */

/* 1234567 as 1,234,567. */
static const char *grouped(char buffer[GROUPED], uint64_t number)
{
	char digits[24];
	size_t length = snprintf(digits, sizeof(digits), "%" PRIu64, number), n;
	char *at = buffer;

	for (n = 0; n < length; n++) {
		if (n && (length - n) % 3 == 0)
			*at++ = ',';
		*at++ = digits[n];
	}
	*at = '\0';
	return buffer;
}

static void put_count(struct text *out, const struct stat_result *result, unsigned int n)
{
	const struct count *count = &result->counts[n];
	const char *name = result->options->events.events[n].name;
	char number[GROUPED];

	if (!count->counted) {
		text_print(out, "%*s  %s\n", NUMBERS, "<not counted>", name);
		return;
	}
	text_print(out, "%*s  %s", NUMBERS, grouped(number, (uint64_t)llround(count->mean)), name);
	if (!count->same)
		text_print(out, "  +- %s (%.2f %%)",
			   grouped(number, (uint64_t)llround(count->deviation)),
			   count->mean > 0 ? 100 * count->deviation / count->mean : 0);
	if (count->share < 1)
		text_print(out, "  (%.2f%%)", 100 * count->share);
	text_print(out, "\n");
}

static void put_ratio(struct text *out, const struct ratio *ratio)
{
	if (isnan(ratio->value))
		text_print(out, "%*s  ", RATIO + 2, "n/a  ");
	else if (ratio->percent)
		text_print(out, "%*.2f %%  ", RATIO, 100 * ratio->value);
	else
		text_print(out, "%*.3f    ", RATIO, ratio->value);
	text_print(out, "%-*s %s\n", NAME, ratio->name, ratio->formula);
}

/* Whether some events had to wait for counters. */
static bool is_multiplexed(const struct stat_result *result)
{
	unsigned int n;

	for (n = 0; n < result->options->events.nr; n++)
		if (result->counts[n].counted && result->counts[n].share < 1)
			return true;
	return false;
}

/* What the numbers stand for. */
static void put_foot(struct text *out, const struct stat_result *result)
{
	const char *place = result->options->system_wide ? "" : " on the CPU";

	if (is_multiplexed(result))
		text_print(out,
			   "\n(%%): more events than counters; estimated from what was counted "
			   "in this share of the time\n");
	text_print(out, "\n%.6f s of guest time%s", result->counts[0].enabled / 1e9, place);
	if (!stat_deterministic(result)) {
		text_print(out, "\n");
		return;
	}
	if (!result->same)
		text_print(out,
			   "; THE RUNS DIFFER although the machine (%s) is deterministic: "
			   "please report it\n",
			   result->hello.info.pmu_name);
	else if (result->runs > 1)
		text_print(out, "; deterministic: %u runs, no difference\n", result->runs);
	else
		text_print(out, "; deterministic: every run counts the same\n");
}

/* A line for each function; the last column has no end. */
static void put_functions(struct text *out, const struct stat_result *result)
{
	const struct event_list *list = &result->options->events;
	const struct by_function *functions = result->functions;
	char number[GROUPED];
	unsigned int n;
	size_t row;

	text_print(out, "\nBy function:\n\n");
	for (n = 0; n < list->nr; n++)
		text_print(out, "%*s  ", NUMBERS, list->events[n].name);
	text_print(out, "%-*s object\n", FUNCTION, "function");
	for (row = 0; row < functions->nr; row++) {
		const struct function_counts *function = &functions->rows[row];

		for (n = 0; n < list->nr; n++) {
			const int length = strlen(list->events[n].name);

			text_print(out, "%*s  ", length > NUMBERS ? length : NUMBERS,
				   grouped(number, function->values[n]));
		}
		text_print(out, "%-*s %s\n", FUNCTION, function->name, function->object);
	}
}

static void put_part(struct text *out, bool counted, uint64_t count, double share, const char *name)
{
	char number[GROUPED];

	text_print(out, "  %*s  %s", NUMBERS, counted ? grouped(number, count) : "<not counted>",
		   name);
	if (counted && share < 1)
		text_print(out, "  (%.2f%%)", 100 * share);
	text_print(out, "\n");
}

/* A line for each event on each CPU. */
static void put_cpus(struct text *out, const struct stat_result *result)
{
	unsigned int cpu, n;
	uint64_t count;
	double share;

	for (cpu = 0; cpu < result->nr_cpus; cpu++)
		for (n = 0; n < result->options->events.nr; n++) {
			bool counted = stat_cpu_count(result, cpu, n, &count, &share);

			text_print(out, "CPU%-3u", cpu);
			put_part(out, counted, count, share,
				 result->options->events.events[n].name);
		}
	text_print(out, "\nAll together:\n\n");
}

/* A line for each event of each thread. */
static void put_threads(struct text *out, const struct stat_result *result)
{
	unsigned int thread, n;
	uint64_t count;
	double share;

	for (thread = 0; thread < result->nr_threads; thread++)
		for (n = 0; n < result->options->events.nr; n++) {
			const struct thread_count *row = &result->threads[thread];
			bool counted = stat_thread_count(result, thread, n, &count, &share);
			char name[COMM_SIZE + 16];

			snprintf(name, sizeof(name), "%s-%" PRIu32, row->comm, row->tid);
			text_print(out, "%-20s", name);
			put_part(out, counted, count, share,
				 result->options->events.events[n].name);
		}
	text_print(out, "\nAll together:\n\n");
}

/* A line for each event in each interval. */
static void put_intervals(struct text *out, const struct stat_result *result)
{
	unsigned int n;
	uint64_t count;
	double share;
	size_t i;

	text_print(out, "  to second  %*s  event\n", NUMBERS, "count");
	for (i = 0; i < result->nr_snapshots; i++)
		for (n = 0; n < result->options->events.nr; n++) {
			bool counted = stat_interval_count(result, i, n, &count, &share);

			text_print(out, "%11.6f", result->snapshots[i].time / 1e9);
			put_part(out, counted, count, share,
				 result->options->events.events[n].name);
		}
	text_print(out, "\nAll together:\n\n");
}

void put_stat_comparison(struct text *out, const struct stat_result *base,
			 const struct stat_result *new)
{
	char before[GROUPED], after[GROUPED];
	unsigned int n;

	text_print(out, "\nNew vs base (%s vs %s), %u run%s each in turns:\n\n", new->workload,
		   base->workload, new->runs, new->runs == 1 ? "" : "s");
	for (n = 0; n < new->options->events.nr; n++) {
		const struct count *a = &base->counts[n], *b = &new->counts[n];
		const char *name = new->options->events.events[n].name;

		if (!a->counted || !b->counted) {
			text_print(out, "%*s  %s\n", NUMBERS, "<not counted>", name);
			continue;
		}
		text_print(out, "%*s vs %*s", NUMBERS, grouped(after, (uint64_t)llround(b->mean)),
			   NUMBERS, grouped(before, (uint64_t)llround(a->mean)));
		if (a->mean > 0)
			text_print(out, "  %+8.3f %%", 100 * (b->mean / a->mean - 1));
		text_print(out, "  %s\n", name);
	}
}

void put_stat_text(struct text *out, const struct stat_result *result)
{
	char *const *argument;
	unsigned int n;

	text_print(out, "Events of %s", result->workload);
	for (argument = result->options->arguments; argument && *argument; argument++)
		text_print(out, " %s", *argument);
	text_print(out, "%s", result->options->system_wide ? ", the whole system" : "");
	if (result->runs > 1)
		text_print(out, ", mean%s of %u runs", result->same ? "" : " and deviation",
			   result->runs);
	text_print(out, ":\n\n");
	if (result->nr_cpus)
		put_cpus(out, result);
	if (result->nr_threads)
		put_threads(out, result);
	if (result->nr_snapshots)
		put_intervals(out, result);
	for (n = 0; n < result->options->events.nr; n++)
		put_count(out, result, n);
	if (result->nr_ratios)
		text_print(out, "\n");
	for (n = 0; n < result->nr_ratios; n++)
		put_ratio(out, &result->ratios[n]);
	put_foot(out, result);
	if (result->functions)
		put_functions(out, result);
}
