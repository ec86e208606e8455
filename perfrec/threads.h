/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts by thread, out of the records of events that keep them so. */
#ifndef PERFREC_THREADS_H
#define PERFREC_THREADS_H

#include <stdbool.h>

#include <mach/perf_stream.h>

#include "events.h"
#include "text.h"

#define THREADS_MOST_CPUS 8
#define COMM_SIZE	  32 /* with NUL */

struct thread_count {
	uint32_t pid, tid;
	char comm[COMM_SIZE]; /* "" where nobody named it */
	bool counted;	      /* something was told of it */
	struct perf_event_values values[MAX_EVENTS];
};

struct threads {
	struct thread_count *rows; /* [nr], in order of birth once complete */
	unsigned int nr;
	struct text pending[THREADS_MOST_CPUS]; /* records cut by a frame's end */
};

/* Take records of a CPU's ring, cut anywhere; ids[nr_events] are the events'.
   Only READ, COMM and LOST records come of such events.  NULL, or what is wrong
   with them. */
const char *threads_take(struct threads *threads, unsigned int cpu, const void *bytes, size_t size,
			 const uint64_t *ids, unsigned int nr_events);

/* No more comes: leave those that counted, by task and thread, named.  false:
   the last record is not whole. */
bool threads_finish(struct threads *threads);

void threads_free(struct threads *threads);

#endif /* PERFREC_THREADS_H */
