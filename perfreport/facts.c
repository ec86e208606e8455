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

/* The lines "key=value" of machperf's own section, but its per-event
   numbers, which stand with the events. */
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
}
