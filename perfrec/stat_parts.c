/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a count: of one CPU, one thread, one interval. */
#include "stat_result.h"

static bool part_count(const struct perf_event_values *values, uint64_t *count, double *share)
{
	*share = values->time_enabled ? (double)values->time_running / values->time_enabled : 1;
	/* Nothing ran there: nothing was counted, and that is known. */
	if (values->time_enabled == 0) {
		*count = 0;
		return true;
	}
	return estimate_count(values, count);
}

bool stat_cpu_count(const struct stat_result *result, unsigned int cpu, unsigned int event,
		    uint64_t *count, double *share)
{
	return part_count(&result->cpus[cpu][event], count, share);
}

bool stat_thread_count(const struct stat_result *result, unsigned int thread, unsigned int event,
		       uint64_t *count, double *share)
{
	return part_count(&result->threads[thread].values[event], count, share);
}

bool stat_interval_count(const struct stat_result *result, size_t n, unsigned int event,
			 uint64_t *count, double *share)
{
	struct perf_event_values values = result->snapshots[n].values[event];

	if (n > 0) {
		const struct perf_event_values *before = &result->snapshots[n - 1].values[event];

		values.value -= before->value;
		values.time_enabled -= before->time_enabled;
		values.time_running -= before->time_running;
	}
	return part_count(&values, count, share);
}
