/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result of perfrec stat as comma-separated values, RFC 4180.  No name has a
   comma or a quote in it. */
#include <inttypes.h>
#include <math.h>

#include "stat_result.h"

static void put_event(struct text *out, const char *name, const struct count *count)
{
	text_print(out, "event,%s,", name);
	if (!count->counted) {
		text_print(out, ",,,,0,\r\n");
		return;
	}
	if (count->same)
		text_print(out, "%" PRIu64, count->first);
	else
		text_print(out, "%.1f", count->mean);
	text_print(out, ",%.9g,%" PRIu64 ",%" PRIu64 ",%.9g,\r\n", count->deviation, count->least,
		   count->most, count->share);
}

static void put_ratio(struct text *out, const struct ratio *ratio)
{
	text_print(out, "ratio,%s,", ratio->name);
	if (!isnan(ratio->value))
		text_print(out, "%.9g", ratio->value);
	text_print(out, ",,,,,%s\r\n", ratio->formula);
}

void put_stat_csv(struct text *out, const struct stat_result *result)
{
	unsigned int n;

	text_print(out, "kind,name,value,deviation,least,most,share,formula\r\n");
	for (n = 0; n < result->options->events.nr; n++)
		put_event(out, result->options->events.events[n].name, &result->counts[n]);
	for (n = 0; n < result->nr_ratios; n++)
		put_ratio(out, &result->ratios[n]);
}
