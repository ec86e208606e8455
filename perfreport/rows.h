/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows: the samples of an event added up by task, thread, CPU, object,
 * symbol, source line, or any of these together.
 */
#ifndef PERFREPORT_ROWS_H
#define PERFREPORT_ROWS_H

#include <stdbool.h>

#include "profile.h"

enum sort_key {
	SORT_TASK,
	SORT_THREAD,
	SORT_COMM,
	SORT_SYMBOL,
	SORT_DSO,
	SORT_SRCLINE, /* the profile must have frames of lines (LOAD_LINES) */
	SORT_CPU,
	SORT_KEYS
};

/* The keys in the order they were asked for, each at most once. */
struct sort {
	enum sort_key keys[SORT_KEYS];
	size_t nr;
};

/* "task", ... */
const char *sort_key_name(enum sort_key key);

/* Is the key one of those asked for? */
bool sort_has(const struct sort *sort, enum sort_key key);

/* Only what belongs to the sort keys means something; the rest is 0. */
struct row {
	uint32_t pid, tid;
	name_t comm;
	uint32_t cpu; /* or CPU_UNKNOWN */
	name_t dso;
	uint32_t frame;
	name_t line;	     /* "file:number"; 0: not known */
	struct amount self;  /* samples that ran here */
	struct amount total; /* samples with this anywhere in their callchain */
	size_t last_cell;    /* private */
};

struct rows {
	struct row *list;
	size_t nr, capacity;
	uint32_t *slots;
	size_t nr_slots;
};

/* Add up an event.  Without children only rows with samples of their own
   are kept, largest self first; with it all, largest total first.  Equal
   ones stand in order of their names. */
void rows_make(struct rows *rows, const struct profile *profile, const struct event *event,
	       const struct sort *sort, bool children);
void rows_free(struct rows *rows);

#endif /* PERFREPORT_ROWS_H */
