/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The per-event numbers of machperf's section: "eventN.KEY=NUMBER". */
#include <inttypes.h>
#include <stdio.h>

#include "internal.h"

/* Read a decimal number that takes all of text[0..length). */
static bool parse_number(const char *text, size_t length, uint64_t *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < length; i++) {
		uint64_t digit = (unsigned char)text[i] - '0';

		if (digit > 9 || *value > (UINT64_MAX - digit) / 10)
			return false;
		*value = *value * 10 + digit;
	}
	return length > 0;
}

static bool event_number(const struct perfdata *file, uint32_t index, const char *key,
			 uint64_t *value)
{
	char name[64];
	size_t length;
	const char *text;

	snprintf(name, sizeof(name), "event%" PRIu32 ".%s", index, key);
	text = perfdata_info(file, name, &length);
	return text && parse_number(text, length, value);
}

bool perfdata_stats(const struct perfdata *file, uint32_t index, struct perfdata_event_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	return event_number(file, index, "count", &stats->count) &&
	       event_number(file, index, "samples", &stats->samples) &&
	       event_number(file, index, "lost", &stats->lost) &&
	       event_number(file, index, "throttled", &stats->throttled) &&
	       event_number(file, index, "coalesced", &stats->coalesced) &&
	       event_number(file, index, "enabled", &stats->enabled) &&
	       event_number(file, index, "running", &stats->running);
}
