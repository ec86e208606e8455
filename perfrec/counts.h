/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was counted in one run or several. */
#ifndef PERFREC_COUNTS_H
#define PERFREC_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mach/perf_event.h>

/* One event over all runs. */
struct count {
	bool counted;	  /* false: it was on no counter in some run; no number holds */
	bool same;	  /* every run gave the same number */
	uint64_t first;	  /* of the first run */
	uint64_t least;	  /* of all runs */
	uint64_t most;	  /* of all runs */
	double mean;	  /* of all runs */
	double deviation; /* standard deviation of a run; 0 with one run */
	uint64_t enabled; /* ns, mean of the runs */
	uint64_t running; /* ns on a counter, mean of the runs */
	double share;	  /* running / enabled: less than 1, the counts are estimates */
};

/* The events counted, extended to the time enabled if the event was on a
   counter for a part of it only.  false: it never was. */
bool estimate_count(const struct perf_event_values *values, uint64_t *count);

/* Sum up one event: values[0], values[stride], ..., one for each run. */
struct count sum_runs(const struct perf_event_values *values, unsigned int runs, size_t stride);

#endif /* PERFREC_COUNTS_H */
