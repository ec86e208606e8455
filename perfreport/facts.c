/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "facts.h"
#include "text.h"

static void add_strings(struct profile *profile, const struct perfdata *file)
{
	static const struct {
		unsigned int feature;
		const char *label;
	} strings[] = {
	    {PERFDATA_FEAT_HOSTNAME, "host"},	  {PERFDATA_FEAT_OSRELEASE, "kernel"},
	    {PERFDATA_FEAT_ARCH, "architecture"}, {PERFDATA_FEAT_CPUDESC, "processor"},
	    {PERFDATA_FEAT_VERSION, "recorder"},
	};

	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		const char *value = perfdata_feature_string(file, strings[i].feature);

		if (value != NULL && *value)
			profile_add_fact(profile, strings[i].label, value);
	}
}

static void add_numbers(struct profile *profile, const struct perfdata *file)
{
	uint32_t online, available;
	char value[64];
	uint64_t kib;

	if (perfdata_nrcpus(file, &online, &available)) {
		snprintf(value, sizeof value, "%" PRIu32, online);
		profile_add_fact(profile, "processors", value);
	}
	if (perfdata_total_mem(file, &kib)) {
		snprintf(value, sizeof value, "%" PRIu64 " MiB", kib / 1024);
		profile_add_fact(profile, "memory", value);
	}
}

static void add_command_line(struct profile *profile, const struct perfdata *file)
{
	struct text line = {0};
	const char *argument;

	for (uint32_t i = 0; (argument = perfdata_cmdline(file, i)) != NULL; i++) {
		if (i)
			text_add(&line, " ");
		text_add(&line, argument);
	}
	if (line.length) {
		text_add_bytes(&line, "", 1);
		profile_add_fact(profile, "command", line.bytes);
	}
	text_free(&line);
}

/* A number of machperf's own section; FALSE: it is not there. */
static bool own_number(const struct perfdata *file, const char *key, uint64_t *number)
{
	size_t length;
	const char *text = perfdata_info(file, key, &length);
	char copy[24], *end;

	if (text == NULL || length == 0 || length >= sizeof copy)
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	*number = strtoull(copy, &end, 10);
	return *end == '\0';
}

/* What profiling cost the machine that was recorded. */
static void add_overhead(struct profile *profile, const struct perfdata *file)
{
	uint64_t budget, time, nmis, nmi_time, hooks, hook_time;
	char value[256], limit[64] = "";

	if (!own_number(file, "overhead.budget", &budget) ||
	    !own_number(file, "overhead.time", &time) ||
	    !own_number(file, "overhead.nmis", &nmis) ||
	    !own_number(file, "overhead.nmi-time", &nmi_time) ||
	    !own_number(file, "overhead.hooks", &hooks) ||
	    !own_number(file, "overhead.hook-time", &hook_time) || time == 0)
		return;
	if (budget < 100)
		snprintf(limit, sizeof limit, " of %" PRIu64 " %% allowed", budget);
	snprintf(value, sizeof value,
		 "%.3f %% of its time: %" PRIu64 " interrupts %.3f %%%s, %" PRIu64
		 " switches and ticks %.3f %%",
		 100.0 * (nmi_time + hook_time) / time, nmis, 100.0 * nmi_time / time, limit, hooks,
		 100.0 * hook_time / time);
	profile_add_fact(profile, "overhead", value);
}

/* The lines "key=value" of machperf's own section, but its per-event
   numbers, which stand with the events, and those of add_overhead(). */
static void add_own(struct profile *profile, const struct perfdata *file)
{
	uint64_t size;
	const char *at = (const char *)perfdata_feature(file, PERFDATA_FEAT_MACHPERF, &size);
	const char *end = at ? at + size : NULL;

	while (at < end && *at) {
		const char *stop = memchr(at, '\n', end - at);
		char *line = must_copy(at, (stop ? stop : end) - at);
		char *value = strchr(line, '=');
		bool of_event = strncmp(line, "event", 5) == 0 && line[5] >= '0' && line[5] <= '9';

		of_event = of_event || strncmp(line, "overhead.", 9) == 0;
		if (value != NULL && !of_event) {
			*value++ = '\0';
			profile_add_fact(profile, line, value);
		}
		free(line);
		at = stop ? stop + 1 : end;
	}
}

void facts_collect(struct profile *profile, const struct perfdata *file)
{
	add_command_line(profile, file);
	add_strings(profile, file);
	add_numbers(profile, file);
	add_own(profile, file);
	add_overhead(profile, file);
}
