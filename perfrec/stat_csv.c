/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result of perfrec stat as comma-separated values, RFC 4180. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stat_result.h"

/* A field of text, in quotes if it needs them. */
static void put_field(struct text *out, const char *field)
{
	if (!strpbrk(field, ",\"")) {
		text_print(out, "%s", field);
		return;
	}
	text_print(out, "\"");
	for (; *field; field++)
		text_print(out, *field == '"' ? "\"\"" : "%c", *field);
	text_print(out, "\"");
}

static void put_event(struct text *out, const char *name, const struct count *count)
{
	text_print(out, "event,");
	put_field(out, name);
	text_print(out, ",");
	if (!count->counted) {
		text_print(out, ",,,,0,,,,\r\n");
		return;
	}
	if (count->same)
		text_print(out, "%" PRIu64, count->first);
	else
		text_print(out, "%.1f", count->mean);
	text_print(out, ",%.9g,%" PRIu64 ",%" PRIu64 ",%.9g,,,,\r\n", count->deviation,
		   count->least, count->most, count->share);
}

static void put_ratio(struct text *out, const struct ratio *ratio)
{
	text_print(out, "ratio,%s,", ratio->name);
	if (!isnan(ratio->value))
		text_print(out, "%.9g", ratio->value);
	text_print(out, ",,,,,");
	put_field(out, ratio->formula);
	text_print(out, ",,,\r\n");
}

static void put_part(struct text *out, const char *kind, const char *name, bool counted,
		     uint64_t count, double share)
{
	text_print(out, "%s,", kind);
	put_field(out, name);
	if (counted)
		text_print(out, ",%" PRIu64, count);
	else
		text_print(out, ",");
	text_print(out, ",,,,%.9g,,", share);
}

/* The last column. */
static void put_thread(struct text *out, const struct thread_count *row)
{
	char name[COMM_SIZE + 16];

	snprintf(name, sizeof(name), "%s-%" PRIu32, row->comm, row->tid);
	text_print(out, ",,");
	put_field(out, name);
	text_print(out, "\r\n");
}

static void put_parts(struct text *out, const struct stat_result *result, const char *name,
		      unsigned int event)
{
	unsigned int cpu;
	uint64_t count;
	double share;
	bool counted;
	size_t n;

	for (cpu = 0; cpu < result->nr_cpus; cpu++) {
		counted = stat_cpu_count(result, cpu, event, &count, &share);
		put_part(out, "cpu", name, counted, count, share);
		text_print(out, "%u,,\r\n", cpu);
	}
	for (n = 0; n < result->nr_threads; n++) {
		counted = stat_thread_count(result, n, event, &count, &share);
		put_part(out, "thread", name, counted, count, share);
		put_thread(out, &result->threads[n]);
	}
	for (n = 0; n < result->nr_snapshots; n++) {
		counted = stat_interval_count(result, n, event, &count, &share);
		put_part(out, "interval", name, counted, count, share);
		text_print(out, ",%.9f,\r\n", result->snapshots[n].time / 1e9);
	}
}

void put_stat_csv(struct text *out, const struct stat_result *result)
{
	unsigned int n;

	text_print(out,
		   "kind,name,value,deviation,least,most,share,formula,cpu,seconds,thread\r\n");
	for (n = 0; n < result->options->events.nr; n++)
		put_event(out, result->options->events.events[n].name, &result->counts[n]);
	for (n = 0; n < result->options->events.nr; n++)
		put_parts(out, result, result->options->events.events[n].name, n);
	for (n = 0; n < result->nr_ratios; n++)
		put_ratio(out, &result->ratios[n]);
}
