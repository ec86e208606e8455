/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact counts of each function, from the counts by address that the emulator
 * keeps (docs/vpmu.md).
 */
#ifndef PERFREC_BY_FUNCTION_H
#define PERFREC_BY_FUNCTION_H

#include "events.h"
#include "images.h"

struct function_counts {
	const char *name;   /* "[unknown]" where no symbol is */
	const char *object; /* the workload's name, "[kernel.kallsyms]", "[task]" */
	uint64_t start;	    /* address of the function; 0: unknown */
	unsigned int space; /* 0: the kernel, 1: the workload's task, else another */
	uint64_t values[MAX_EVENTS];
};

/* Most of the first event first. */
struct by_function {
	struct function_counts *rows;
	size_t nr, room;
};

/* Whether the emulator keeps the event by address. */
bool by_function_counts(const struct event *event);

/* Read what the emulator wrote to a file.  The names are those of images.
   Prints what is wrong; an exit code. */
int by_function_read(struct by_function *functions, const char *path, const struct images *images,
		     const struct event_list *events);

/* The sum of an event over all functions. */
uint64_t by_function_sum(const struct by_function *functions, unsigned int event);

void by_function_free(struct by_function *functions);

#endif /* PERFREC_BY_FUNCTION_H */
