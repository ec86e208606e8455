/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Summing up runs. */
#include <math.h>

#include "counts.h"

bool estimate_count(const struct perf_event_values *values, uint64_t *count)
{
	*count = values->value;
	if (values->time_running == 0)
		return false;
	if (values->time_running < values->time_enabled)
		*count = (uint64_t)((unsigned __int128)values->value * values->time_enabled /
				    values->time_running);
	return true;
}

/* Standard deviation of one run, from all of them. */
static double deviation(const struct perf_event_values *values, unsigned int runs, size_t stride,
			double mean)
{
	double squares = 0;
	unsigned int n;

	for (n = 0; n < runs; n++) {
		uint64_t value;

		estimate_count(&values[n * stride], &value);
		squares += ((double)value - mean) * ((double)value - mean);
	}
	return runs > 1 ? sqrt(squares / (runs - 1)) : 0;
}

struct count sum_runs(const struct perf_event_values *values, unsigned int runs, size_t stride)
{
	struct count count = {.counted = true, .same = true};
	unsigned __int128 sum = 0;
	uint64_t value;
	unsigned int n;

	for (n = 0; n < runs; n++) {
		const struct perf_event_values *run = &values[n * stride];

		count.counted &= estimate_count(run, &value);
		if (n == 0)
			count.first = count.least = count.most = value;
		count.same &= value == count.first;
		count.least = value < count.least ? value : count.least;
		count.most = value > count.most ? value : count.most;
		count.enabled += run->time_enabled;
		count.running += run->time_running;
		sum += value;
	}
	if (count.enabled)
		count.share = (double)count.running / (double)count.enabled;
	count.enabled /= runs;
	count.running /= runs;
	count.mean = (double)sum / runs;
	count.deviation = count.same ? 0 : deviation(values, runs, stride, count.mean);
	return count;
}
