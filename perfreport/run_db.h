/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The history of a project's runs: one SQLite file.
 *
 * Each entry holds the runs of one version as a table (docs/runs.schema.json)
 * and the mean of each function, for trends.  Every change is one
 * transaction: it is there whole or not at all.
 */
#ifndef PERFREPORT_RUN_DB_H
#define PERFREPORT_RUN_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"
#include "gate_data.h"
#include "text.h"

struct run_db;

enum run_db_mode {
	RUN_DB_READ,  /* it must be there */
	RUN_DB_WRITE, /* it must be there */
	RUN_DB_MAKE,  /* it is made if it is not */
};

struct run_db_entry {
	int64_t number;
	char *series, *label, *added, *regime, *reason; /* reason: of its acceptance */
	int64_t runs;
	bool accepted;
};

/* One value of a trend. */
struct run_db_point {
	int64_t entry;
	char *label;
	double value;
};

/* NULL: it cannot be used, and failure says why: EXIT_INPUT, EXIT_FORMAT. */
struct run_db *run_db_open(const char *path, enum run_db_mode mode, struct failure *failure);
void run_db_close(struct run_db *history);

/* Add the base's runs as an entry; its number, or 0. */
int64_t run_db_add(struct run_db *history, const char *series, const char *label, const char *date,
		   const struct gate_data *data, struct failure *failure);

/* Make the entry of this label, or number, the accepted one of its series. */
bool run_db_accept(struct run_db *history, const char *series, const char *label,
		   const char *reason, struct failure *failure);

/* The table of runs of the accepted entry; free() it; NULL: there is none. */
char *run_db_accepted(struct run_db *history, const char *series, struct failure *failure);

/* All entries of a series (NULL: of all), oldest first; free each and the list
   by run_db_free_entries(). */
bool run_db_list(struct run_db *history, const char *series, struct run_db_entry **entries,
		 size_t *nr, struct failure *failure);
void run_db_free_entries(struct run_db_entry *entries, size_t nr);

/* The values of a function ("" : the total) of an event, oldest first; free by
   run_db_free_points(). */
bool run_db_points(struct run_db *history, const char *series, const char *event,
		   const char *function, const char *object, struct run_db_point **points,
		   size_t *nr, struct failure *failure);
void run_db_free_points(struct run_db_point *points, size_t nr);

/* What trends there are: call take() for each event, function and object. */
bool run_db_trends(struct run_db *history, const char *series,
		   void (*take)(void *into, const char *event, const char *function,
				const char *object),
		   void *into, struct failure *failure);

#endif /* PERFREPORT_RUN_DB_H */
