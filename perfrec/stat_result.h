/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What perfrec stat found out, and the forms it is written in. */
#ifndef PERFREC_STAT_RESULT_H
#define PERFREC_STAT_RESULT_H

#include <mach/perf_stream.h>

#include "by_function.h"
#include "counts.h"
#include "options.h"
#include "ratios.h"
#include "session.h"
#include "text.h"

struct perturbed; /* subject.h */

struct stat_result {
	const struct options *options; /* the events are named there */
	const char *workload;
	const char *emulator; /* what it calls itself */
	const char *geometry; /* of the emulated PMU, written out; NULL: not told */
	struct perf_frame_hello hello;
	struct perf_frame_exit exit;		/* of the last run */
	const struct perf_event_values *values; /* [runs][events] */
	unsigned int runs;
	bool same; /* every run counted the same */
	struct count counts[MAX_EVENTS];
	struct ratio ratios[MAX_RATIOS];
	unsigned int nr_ratios;
	const struct perf_event_values (*cpus)[MAX_EVENTS]; /* [nr_cpus] */
	unsigned int nr_cpus;		  /* that have counts of their own; 0: not asked for */
	const struct snapshot *snapshots; /* [nr_snapshots], of the only run */
	size_t nr_snapshots;
	const struct thread_count *threads; /* [nr_threads], of the only run */
	unsigned int nr_threads;
	const struct by_function *functions; /* NULL: not asked for */
	const struct perturbed *perturbed;   /* [nr_perturbed]: other layouts */
	unsigned int nr_perturbed;
};

/* Whether the machine counts the same each time. */
static inline bool stat_deterministic(const struct stat_result *result)
{
	return result->hello.info.flags & PERF_INFO_EMULATED;
}

/* What an event counted on one CPU, of one thread, or from the snapshot before to number n;
 *share is that of the time it was on a counter.  false: it was on none. */
bool stat_cpu_count(const struct stat_result *result, unsigned int cpu, unsigned int event,
		    uint64_t *count, double *share);
bool stat_thread_count(const struct stat_result *result, unsigned int thread, unsigned int event,
		       uint64_t *count, double *share);
bool stat_interval_count(const struct stat_result *result, size_t n, unsigned int event,
			 uint64_t *count, double *share);

/* Append the result to *out, which notes a lack of memory. */
void put_stat_text(struct text *out, const struct stat_result *result);
void put_stat_json(struct text *out, const struct stat_result *result);
void put_stat_csv(struct text *out, const struct stat_result *result);

/* Append each event of what is new against the base. */
void put_stat_comparison(struct text *out, const struct stat_result *base,
			 const struct stat_result *new);

#endif /* PERFREC_STAT_RESULT_H */
