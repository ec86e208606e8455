/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result of perfrec stat as JSON: docs/stat.schema.json.  Nothing of the host
   stands there. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "stat_result.h"
#include "subject.h"

#define REPLACEMENT "\\ufffd"

/* The length of the UTF-8 character at bytes, which end with a NUL; 0: it is
   none (RFC 3629: no surrogates, nothing longer than need be). */
static size_t utf8_length(const unsigned char *bytes)
{
	size_t length = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2, n;

	if (bytes[0] < 0x80)
		return 1;
	if (bytes[0] < 0xc2 || bytes[0] > 0xf4)
		return 0;
	for (n = 1; n < length; n++)
		if ((bytes[n] & 0xc0) != 0x80)
			return 0;
	if ((bytes[0] == 0xe0 && bytes[1] < 0xa0) || (bytes[0] == 0xed && bytes[1] > 0x9f) ||
	    (bytes[0] == 0xf0 && bytes[1] < 0x90) || (bytes[0] == 0xf4 && bytes[1] > 0x8f))
		return 0;
	return length;
}

/* A string in quotes. */
static void put_string(struct text *out, const char *string)
{
	text_add(out, "\"", 1);
	while (*string) {
		size_t length = utf8_length((const unsigned char *)string);

		if (length == 0)
			text_print(out, REPLACEMENT);
		else if (*string == '"' || *string == '\\')
			text_print(out, "\\%c", *string);
		else if ((unsigned char)*string < 0x20)
			text_print(out, "\\u%04x", *string);
		else
			text_add(out, string, length);
		string += length ? length : 1;
	}
	text_add(out, "\"", 1);
}

static void put_member(struct text *out, const char *key, const char *string)
{
	text_print(out, "\"%s\": ", key);
	put_string(out, string);
}

static void put_command(struct text *out, const struct stat_result *result)
{
	char *const *argument;

	text_print(out, "  \"command\": [");
	put_string(out, result->workload);
	for (argument = result->options->arguments; argument && *argument; argument++) {
		text_print(out, ", ");
		put_string(out, *argument);
	}
	text_print(out, "],\n  \"scope\": \"%s\",\n",
		   result->options->system_wide ? "system" : "task");
}

static void put_machine(struct text *out, const struct stat_result *result)
{
	const struct perf_info_data *info = &result->hello.info;

	text_print(out, "  \"machine\": {\n    ");
	put_member(out, "emulator", result->emulator);
	text_print(out, ",\n    ");
	put_member(out, "kernel", info->kernel_version);
	text_print(out, ",\n    ");
	put_member(out, "cpu", info->cpu_name);
	text_print(out, ",\n    ");
	put_member(out, "pmu", info->pmu_name);
	text_print(out, ",\n    \"pmu_version\": %" PRIu32 ",\n    \"model\": %" PRIu32,
		   info->pmu_version, info->model_version);
	if (result->geometry) {
		text_print(out, ",\n    ");
		put_member(out, "geometry", result->geometry);
	}
	text_print(out, ",\n    \"icount_shift\": %" PRIu32 ",\n    \"tsc_khz\": %" PRIu32,
		   info->icount_shift, info->tsc_khz);
	text_print(out, ",\n    \"cpus\": %" PRIu32 ",\n    \"deterministic\": %s\n  },\n",
		   info->nr_cpus, stat_deterministic(result) ? "true" : "false");
}

static void put_exit(struct text *out, const struct perf_frame_exit *exit)
{
	if (exit->how == PERF_EXIT_NORMAL)
		text_print(out, "  \"exit\": {\"status\": %" PRId32 "},\n", exit->status);
	else
		text_print(out,
			   "  \"exit\": {\"exception\": %" PRId32 ", \"code\": %" PRId32
			   ", \"subcode\": %" PRId64 "},\n",
			   exit->exception, exit->code, exit->subcode);
}

/* The numbers of each run, in order. */
static void put_values(struct text *out, const struct stat_result *result, unsigned int event)
{
	const unsigned int nr_events = result->options->events.nr;
	unsigned int n;

	text_print(out, ", \"values\": [");
	for (n = 0; n < result->runs; n++) {
		uint64_t value;

		text_print(out, "%s", n ? ", " : "");
		if (estimate_count(&result->values[n * nr_events + event], &value))
			text_print(out, "%" PRIu64, value);
		else
			text_print(out, "null");
	}
	text_print(out, "]");
}

/* The numbers in each other layout. */
static void put_perturbed_totals(struct text *out, const struct stat_result *result,
				 unsigned int event)
{
	unsigned int n;

	if (result->nr_perturbed == 0)
		return;
	text_print(out, ", \"perturbed\": [");
	for (n = 0; n < result->nr_perturbed; n++) {
		uint64_t value;

		text_print(out, "%s", n ? ", " : "");
		if (estimate_count(&result->perturbed[n].values[event], &value))
			text_print(out, "%" PRIu64, value);
		else
			text_print(out, "null");
	}
	text_print(out, "]");
}

static void put_event(struct text *out, const struct stat_result *result, unsigned int n)
{
	const struct count *count = &result->counts[n];

	text_print(out, "    {");
	put_member(out, "name", result->options->events.events[n].name);
	if (!count->counted)
		text_print(out, ", \"value\": null, \"deviation\": null");
	else if (count->same)
		text_print(out, ", \"value\": %" PRIu64 ", \"deviation\": 0", count->first);
	else
		text_print(out, ", \"value\": %.1f, \"deviation\": %.9g", count->mean,
			   count->deviation);
	put_values(out, result, n);
	put_perturbed_totals(out, result, n);
	text_print(out,
		   ", \"enabled_ns\": %" PRIu64 ", \"running_ns\": %" PRIu64 ", \"share\": %.9g}",
		   count->enabled, count->running, count->share);
}

static void put_ratio(struct text *out, const struct ratio *ratio)
{
	text_print(out, "    {");
	put_member(out, "name", ratio->name);
	if (isnan(ratio->value))
		text_print(out, ", \"value\": null, ");
	else
		text_print(out, ", \"value\": %.9g, ", ratio->value);
	put_member(out, "formula", ratio->formula);
	text_print(out, "}");
}

static bool same_name(const struct function_counts *a, const struct function_counts *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->object, b->object) == 0;
}

/* Whether a function of this name stands before the row, or before end in the
   image. */
static bool seen(const struct by_function *functions, size_t end, const struct function_counts *row)
{
	size_t n;

	for (n = 0; n < end; n++)
		if (same_name(&functions->rows[n], row))
			return true;
	return false;
}

/* The sum over the functions of this name: static ones may share it. */
static uint64_t sum_of(const struct by_function *functions, const struct function_counts *row,
		       unsigned int event)
{
	uint64_t sum = 0;
	size_t n;

	for (n = 0; n < functions->nr; n++)
		if (same_name(&functions->rows[n], row))
			sum += functions->rows[n].values[event];
	return sum;
}

/* What the functions of this name counted in each other layout; zeros where an
   earlier row has said it. */
static void put_perturbed(struct text *out, const struct stat_result *result,
			  const struct function_counts *row, bool said)
{
	unsigned int n, event;

	text_print(out, ", \"perturbed\": [");
	for (n = 0; n < result->nr_perturbed; n++) {
		text_print(out, n ? ", [" : "[");
		for (event = 0; event < result->options->events.nr; event++)
			text_print(out, "%s%" PRIu64, event ? ", " : "",
				   said ? 0 : sum_of(&result->perturbed[n].functions, row, event));
		text_print(out, "]");
	}
	text_print(out, "]");
}

/* One function, its counts in the events' order; none: it has none but in other
   layouts. */
static void put_function(struct text *out, const struct stat_result *result,
			 const struct function_counts *function, bool none, bool said)
{
	unsigned int n;

	text_print(out, "    {");
	put_member(out, "function", function->name);
	text_print(out, ", ");
	put_member(out, "object", function->object);
	if (function->start && !none)
		text_print(out, ", \"address\": \"0x%" PRIx64 "\", \"values\": [", function->start);
	else
		text_print(out, ", \"address\": null, \"values\": [");
	for (n = 0; n < result->options->events.nr; n++)
		text_print(out, "%s%" PRIu64, n ? ", " : "", none ? 0 : function->values[n]);
	text_print(out, "]");
	if (result->nr_perturbed)
		put_perturbed(out, result, function, said);
	text_print(out, "}");
}

/* The functions that ran in other layouts only. */
static void put_other_functions(struct text *out, const struct stat_result *result)
{
	unsigned int image, before;
	size_t n;

	for (image = 0; image < result->nr_perturbed; image++) {
		const struct by_function *functions = &result->perturbed[image].functions;

		for (n = 0; n < functions->nr; n++) {
			const struct function_counts *row = &functions->rows[n];
			bool known = seen(result->functions, result->functions->nr, row) ||
				     seen(functions, n, row);

			for (before = 0; before < image && !known; before++)
				known = seen(&result->perturbed[before].functions,
					     result->perturbed[before].functions.nr, row);
			if (known)
				continue;
			text_print(out, ",\n");
			put_function(out, result, row, true, false);
		}
	}
}

static void put_functions(struct text *out, const struct stat_result *result)
{
	const struct by_function *functions = result->functions;
	size_t n;

	text_print(out, ",\n  \"functions\": [");
	for (n = 0; n < functions->nr; n++) {
		text_print(out, n ? ",\n" : "\n");
		put_function(out, result, &functions->rows[n], false,
			     result->nr_perturbed && seen(functions, n, &functions->rows[n]));
	}
	put_other_functions(out, result);
	text_print(out, "%s]", functions->nr ? "\n  " : "");
}

/* The counts of one CPU or interval, in the events' order. */
static void put_part(struct text *out, const struct stat_result *result,
		     bool (*count_of)(const struct stat_result *, size_t, unsigned int, uint64_t *),
		     size_t part)
{
	unsigned int n;
	uint64_t count;

	text_print(out, "\"values\": [");
	for (n = 0; n < result->options->events.nr; n++) {
		text_print(out, "%s", n ? ", " : "");
		if (count_of(result, part, n, &count))
			text_print(out, "%" PRIu64, count);
		else
			text_print(out, "null");
	}
	text_print(out, "]}");
}

static bool of_cpu(const struct stat_result *result, size_t part, unsigned int event,
		   uint64_t *count)
{
	double share;

	return stat_cpu_count(result, part, event, count, &share);
}

static bool of_thread(const struct stat_result *result, size_t part, unsigned int event,
		      uint64_t *count)
{
	double share;

	return stat_thread_count(result, part, event, count, &share);
}

static bool of_interval(const struct stat_result *result, size_t part, unsigned int event,
			uint64_t *count)
{
	double share;

	return stat_interval_count(result, part, event, count, &share);
}

static void put_parts(struct text *out, const struct stat_result *result)
{
	size_t n;

	if (result->nr_cpus)
		text_print(out, ",\n  \"cpus\": [");
	for (n = 0; n < result->nr_cpus; n++) {
		text_print(out, "%s    {\"cpu\": %zu, ", n ? ",\n" : "\n", n);
		put_part(out, result, of_cpu, n);
	}
	text_print(out, "%s", result->nr_cpus ? "\n  ]" : "");
	if (result->nr_threads)
		text_print(out, ",\n  \"threads\": [");
	for (n = 0; n < result->nr_threads; n++) {
		const struct thread_count *row = &result->threads[n];

		text_print(out, "%s    {\"comm\": ", n ? ",\n" : "\n");
		put_string(out, row->comm);
		text_print(out, ", \"pid\": %" PRIu32 ", \"tid\": %" PRIu32 ", ", row->pid,
			   row->tid);
		put_part(out, result, of_thread, n);
	}
	text_print(out, "%s", result->nr_threads ? "\n  ]" : "");
	if (result->nr_snapshots)
		text_print(out, ",\n  \"intervals\": [");
	for (n = 0; n < result->nr_snapshots; n++) {
		text_print(out, "%s    {\"time_ns\": %" PRIu64 ", ", n ? ",\n" : "\n",
			   result->snapshots[n].time);
		put_part(out, result, of_interval, n);
	}
	text_print(out, "%s", result->nr_snapshots ? "\n  ]" : "");
}

void put_stat_json(struct text *out, const struct stat_result *result)
{
	unsigned int n;

	text_print(out, "{\n  \"format\": 1,\n  ");
	put_member(out, "recorder", "machperf " MACHPERF_VERSION);
	text_print(out, ",\n");
	put_command(out, result);
	put_machine(out, result);
	text_print(out, "  \"regime\": \"%s\",\n",
		   stat_deterministic(result) ? "deterministic" : "statistical");
	if (result->nr_perturbed)
		text_print(out, "  \"perturbed\": %u,\n", result->nr_perturbed);
	text_print(out, "  \"runs\": %u,\n  \"same\": %s,\n", result->runs,
		   result->same ? "true" : "false");
	put_exit(out, &result->exit);
	text_print(out, "  \"events\": [\n");
	for (n = 0; n < result->options->events.nr; n++) {
		put_event(out, result, n);
		text_print(out, n + 1 < result->options->events.nr ? ",\n" : "\n");
	}
	text_print(out, "  ],\n  \"ratios\": [");
	for (n = 0; n < result->nr_ratios; n++) {
		text_print(out, n ? ",\n" : "\n");
		put_ratio(out, &result->ratios[n]);
	}
	text_print(out, "%s]", result->nr_ratios ? "\n  " : "");
	put_parts(out, result);
	if (result->functions)
		put_functions(out, result);
	text_print(out, "\n}\n");
}
