/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples over time: a lane for each task, thread, CPU or event, cut into
 * columns.  The profile must have its moments (LOAD_MOMENTS).
 */
#ifndef PERFREPORT_LANES_H
#define PERFREPORT_LANES_H

#include "profile.h"
#include "text.h"

#define BINS_MOST 100000

enum lane_key { LANE_TASK, LANE_THREAD, LANE_CPU, LANE_EVENT, LANE_KEYS };

struct lane {
	uint64_t key; /* number of the task, thread or CPU; zero of an event */
	name_t comm;  /* of a thread; of a task its last one */
	struct amount total;
	struct amount *bins;
};

/* The lanes of one event, the heaviest first; CPUs by number. */
struct lanes {
	enum lane_key key;
	struct lane *list;
	size_t nr, capacity, nr_bins;
	uint64_t start, bin; /* ns: when the first column begins, how long one is */
};

/* What a lane key is called. */
const char *lane_key_name(enum lane_key key);

/* Make the lanes of an event of the profile; lanes_free() them. */
void lanes_make(struct lanes *lanes, const struct profile *profile, const struct event *event,
		enum lane_key key, size_t nr_bins);
void lanes_free(struct lanes *lanes);

/* Append what a lane is called: "sqlite (12)", "sqlite/13", "CPU 0", "cycles". */
void lane_label(const struct lanes *lanes, const struct lane *lane, const struct profile *profile,
		const struct event *event, struct text *text);

#endif /* PERFREPORT_LANES_H */
