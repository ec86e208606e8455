/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "alloc.h"
#include "gate_read.h"
#include "run_db.h"

#define APPLICATION 0x4d506869 /* "MPhi": PRAGMA application_id */
#define VERSION	    1	       /* PRAGMA user_version */
#define WAIT_MS	    2000       /* for another's lock */
#define LEAST_SHARE 0.001      /* of a function whose trend is kept */

struct run_db {
	sqlite3 *db;
	char *path;
};

static const char schema[] =
    "CREATE TABLE entry (number INTEGER PRIMARY KEY AUTOINCREMENT, series TEXT NOT NULL,"
    " label TEXT NOT NULL, added TEXT NOT NULL, regime TEXT NOT NULL, nr_runs INTEGER NOT NULL,"
    " runs TEXT NOT NULL, UNIQUE (series, label));"
    "CREATE TABLE accepted (series TEXT PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,"
    " reason TEXT NOT NULL);"
    "CREATE TABLE point (entry INTEGER NOT NULL REFERENCES entry, event TEXT NOT NULL,"
    " function TEXT NOT NULL, object TEXT NOT NULL, value REAL NOT NULL,"
    " PRIMARY KEY (entry, event, function, object)) WITHOUT ROWID;"
    "PRAGMA application_id = 1297115241; PRAGMA user_version = 1;";

/* What SQLite says, in the user's words. */
static bool refuse(const struct run_db *history, struct failure *failure)
{
	int code = sqlite3_errcode(history->db) & 0xff;
	const char *why = code == SQLITE_NOTADB	   ? "not an SQLite file"
			  : code == SQLITE_CORRUPT ? "damaged: restore it from a copy"
			  : code == SQLITE_BUSY || code == SQLITE_LOCKED
			      ? "locked by another program: try again"
			  : code == SQLITE_READONLY ? "it cannot be written"
						    : sqlite3_errmsg(history->db);

	failure_set(failure,
		    code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? EXIT_FORMAT : EXIT_INPUT,
		    "%s: %s", history->path, why);
	return false;
}

static bool run_sql(struct run_db *history, const char *sql, struct failure *failure)
{
	return sqlite3_exec(history->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       refuse(history, failure);
}

static bool prepare(struct run_db *history, const char *sql, sqlite3_stmt **statement,
		    struct failure *failure)
{
	return sqlite3_prepare_v2(history->db, sql, -1, statement, NULL) == SQLITE_OK ||
	       refuse(history, failure);
}

static void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
	sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT);
}

/* A statement that gives no rows; finalizes it. */
static bool finish(struct run_db *history, sqlite3_stmt *statement, struct failure *failure)
{
	bool good = sqlite3_step(statement) == SQLITE_DONE || refuse(history, failure);

	sqlite3_finalize(statement);
	return good;
}

static bool number_of(struct run_db *history, const char *sql, int64_t *number,
		      struct failure *failure)
{
	sqlite3_stmt *statement;
	int step;

	if (!prepare(history, sql, &statement, failure))
		return false;
	step = sqlite3_step(statement);
	*number = step == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	if (step != SQLITE_ROW && step != SQLITE_DONE)
		refuse(history, failure);
	sqlite3_finalize(statement);
	return step == SQLITE_ROW || step == SQLITE_DONE;
}

/* Is it ours, and of this version?  A new file is made ours. */
static bool check(struct run_db *history, bool is_new, struct failure *failure)
{
	int64_t application, version;

	if (is_new)
		return run_sql(history, "BEGIN IMMEDIATE", failure) &&
		       run_sql(history, schema, failure) && run_sql(history, "COMMIT", failure);
	if (!number_of(history, "PRAGMA application_id", &application, failure) ||
	    !number_of(history, "PRAGMA user_version", &version, failure))
		return false;
	if (application != APPLICATION || version != VERSION) {
		failure_set(failure, EXIT_FORMAT,
			    application != APPLICATION
				? "%s: an SQLite file, but no history of perfreport"
				: "%s: a history of another version of perfreport",
			    history->path);
		return false;
	}
	return true;
}

struct run_db *run_db_open(const char *path, enum run_db_mode mode, struct failure *failure)
{
	struct run_db *history;
	struct stat status;
	bool there = stat(path, &status) == 0, is_new = !there || status.st_size == 0, good;
	int flags = mode == RUN_DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;

	if (!there && (errno != ENOENT || mode != RUN_DB_MAKE)) {
		failure_set(failure, EXIT_INPUT, "%s: cannot read: %s", path, strerror(errno));
		return NULL;
	}
	if (is_new && mode != RUN_DB_MAKE) {
		failure_set(failure, EXIT_FORMAT, "%s: the file is empty", path);
		return NULL;
	}
	history = must_calloc(1, sizeof *history);
	history->path = must_copy(path, strlen(path));
	good = sqlite3_open_v2(path, &history->db, is_new ? flags | SQLITE_OPEN_CREATE : flags,
			       NULL) == SQLITE_OK ||
	       refuse(history, failure);
	if (good) {
		sqlite3_busy_timeout(history->db, WAIT_MS);
		good = check(history, is_new, failure);
	}
	if (good)
		return history;
	run_db_close(history);
	return NULL;
}

void run_db_close(struct run_db *history)
{
	if (history == NULL)
		return;
	sqlite3_close(history->db);
	free(history->path);
	free(history);
}

/* The mean of a function over the runs that are no perturbed images. */
static double mean_of(const struct gate_data *data, uint32_t function, size_t event)
{
	const struct gate_side *side = &data->sides[GATE_BASE];
	double sum = 0;
	size_t nr = 0;

	for (size_t i = 0; i < side->nr; i++) {
		const struct gate_run *run = &side->runs[i];

		if (run->perturbed)
			continue;
		if (function != NO_FUNCTION)
			sum += gate_value(run, function, event);
		else if (event < run->nr_quality)
			sum += run->quality[event].total;
		nr++;
	}
	return nr ? sum / nr : 0;
}

static bool add_point(struct run_db *history, sqlite3_stmt *insert, const struct gate_data *data,
		      size_t event, uint32_t function, double value, struct failure *failure)
{
	bool total = function == NO_FUNCTION;

	bind_text(insert, 2, data->events[event].name);
	bind_text(insert, 3, total ? "" : gate_function_name(data, function));
	bind_text(insert, 4, total ? "" : gate_function_object(data, function));
	sqlite3_bind_double(insert, 5, value);
	if (sqlite3_step(insert) != SQLITE_DONE)
		return refuse(history, failure);
	sqlite3_reset(insert);
	return true;
}

static bool add_points(struct run_db *history, int64_t entry, const struct gate_data *data,
		       struct failure *failure)
{
	sqlite3_stmt *insert;
	bool good = true;

	/* Functions of one name may differ in what they are inlined into: the sum. */
	if (!prepare(history,
		     "INSERT INTO point VALUES (?, ?, ?, ?, ?)"
		     " ON CONFLICT DO UPDATE SET value = value + excluded.value",
		     &insert, failure))
		return false;
	sqlite3_bind_int64(insert, 1, entry);
	for (size_t event = 0; good && event < data->nr_events; event++) {
		double total = mean_of(data, NO_FUNCTION, event);

		good = add_point(history, insert, data, event, NO_FUNCTION, total, failure);
		for (uint32_t f = 0; good && f < data->nr_functions; f++) {
			double value = mean_of(data, f, event);

			if (value > 0 && value >= LEAST_SHARE * total)
				good = add_point(history, insert, data, event, f, value, failure);
		}
	}
	sqlite3_finalize(insert);
	return good;
}

static bool add_entry(struct run_db *history, const char *series, const char *label,
		      const char *date, const struct gate_data *data, struct failure *failure)
{
	struct text runs = {0};
	sqlite3_stmt *insert;

	if (!prepare(history,
		     "INSERT INTO entry (series, label, added, regime, nr_runs, runs)"
		     " VALUES (?, ?, ?, ?, ?, ?)",
		     &insert, failure))
		return false;
	gate_write_runs(data, GATE_BASE, 0, &runs);
	bind_text(insert, 1, series);
	bind_text(insert, 2, label);
	bind_text(insert, 3, date);
	bind_text(insert, 4, gate_regime_name(data->regime));
	sqlite3_bind_int64(insert, 5, data->sides[GATE_BASE].nr);
	sqlite3_bind_text(insert, 6, runs.bytes, (int)runs.length, SQLITE_TRANSIENT);
	text_free(&runs);
	if (finish(history, insert, failure))
		return true;
	if ((sqlite3_extended_errcode(history->db) & 0xff) == SQLITE_CONSTRAINT)
		failure_set(failure, EXIT_INPUT, "%s: series %s already has an entry %s",
			    history->path, series, label);
	return false;
}

int64_t run_db_add(struct run_db *history, const char *series, const char *label, const char *date,
		   const struct gate_data *data, struct failure *failure)
{
	int64_t entry;

	if (!run_sql(history, "BEGIN IMMEDIATE", failure))
		return 0;
	if (!add_entry(history, series, label, date, data, failure)) {
		sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
		return 0;
	}
	entry = sqlite3_last_insert_rowid(history->db);
	if (add_points(history, entry, data, failure) && run_sql(history, "COMMIT", failure))
		return entry;
	sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
	return 0;
}

bool run_db_accept(struct run_db *history, const char *series, const char *label,
		   const char *reason, struct failure *failure)
{
	sqlite3_stmt *statement;

	if (!prepare(history,
		     "INSERT OR REPLACE INTO accepted SELECT series, number, ? FROM entry"
		     " WHERE series = ? AND label = ?",
		     &statement, failure))
		return false;
	bind_text(statement, 1, reason);
	bind_text(statement, 2, series);
	bind_text(statement, 3, label);
	if (!finish(history, statement, failure))
		return false;
	if (sqlite3_changes(history->db) > 0)
		return true;
	failure_set(failure, EXIT_INPUT, "%s: series %s has no entry %s (perfreport history list)",
		    history->path, series, label);
	return false;
}

char *run_db_accepted(struct run_db *history, const char *series, struct failure *failure)
{
	sqlite3_stmt *statement;
	char *runs = NULL;
	int step;

	if (!prepare(history,
		     "SELECT runs FROM entry JOIN accepted ON entry = number"
		     " WHERE accepted.series = ?",
		     &statement, failure))
		return NULL;
	bind_text(statement, 1, series);
	step = sqlite3_step(statement);
	if (step == SQLITE_ROW)
		runs = must_copy((const char *)sqlite3_column_text(statement, 0),
				 sqlite3_column_bytes(statement, 0));
	else if (step == SQLITE_DONE)
		failure_set(failure, EXIT_INPUT,
			    "%s: no entry of series %s is accepted (perfreport history accept)",
			    history->path, series);
	else
		refuse(history, failure);
	sqlite3_finalize(statement);
	return runs;
}

static char *column(sqlite3_stmt *statement, int place)
{
	const char *text = (const char *)sqlite3_column_text(statement, place);

	return must_copy(text ? text : "", text ? strlen(text) : 0);
}

bool run_db_list(struct run_db *history, const char *series, struct run_db_entry **entries,
		 size_t *nr, struct failure *failure)
{
	sqlite3_stmt *statement;
	size_t capacity = 0;
	int step;

	*entries = NULL;
	*nr = 0;
	if (!prepare(
		history,
		"SELECT number, entry.series, label, added, regime, nr_runs, entry IS NOT NULL,"
		" reason FROM entry LEFT JOIN accepted ON entry = number"
		" WHERE ?1 IS NULL OR entry.series = ?1 ORDER BY number",
		&statement, failure))
		return false;
	if (series != NULL)
		bind_text(statement, 1, series);
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		*entries = must_grow(*entries, &capacity, *nr + 1, sizeof **entries);
		(*entries)[(*nr)++] = (struct run_db_entry){
		    .number = sqlite3_column_int64(statement, 0),
		    .series = column(statement, 1),
		    .label = column(statement, 2),
		    .added = column(statement, 3),
		    .regime = column(statement, 4),
		    .runs = sqlite3_column_int64(statement, 5),
		    .accepted = sqlite3_column_int(statement, 6),
		    .reason = column(statement, 7),
		};
	}
	if (step != SQLITE_DONE)
		refuse(history, failure);
	sqlite3_finalize(statement);
	return step == SQLITE_DONE;
}

void run_db_free_entries(struct run_db_entry *entries, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(entries[i].series);
		free(entries[i].label);
		free(entries[i].added);
		free(entries[i].regime);
		free(entries[i].reason);
	}
	free(entries);
}

bool run_db_points(struct run_db *history, const char *series, const char *event,
		   const char *function, const char *object, struct run_db_point **points,
		   size_t *nr, struct failure *failure)
{
	sqlite3_stmt *statement;
	size_t capacity = 0;
	int step;

	*points = NULL;
	*nr = 0;
	if (!prepare(history,
		     "SELECT number, label, sum(value) FROM entry JOIN point ON entry = number"
		     " WHERE series = ?1 AND event = ?2 AND function = ?3"
		     " AND (?4 IS NULL OR object = ?4) GROUP BY number ORDER BY number",
		     &statement, failure))
		return false;
	bind_text(statement, 1, series);
	bind_text(statement, 2, event);
	bind_text(statement, 3, function);
	if (object != NULL)
		bind_text(statement, 4, object);
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		*points = must_grow(*points, &capacity, *nr + 1, sizeof **points);
		(*points)[(*nr)++] =
		    (struct run_db_point){.entry = sqlite3_column_int64(statement, 0),
					  .label = column(statement, 1),
					  .value = sqlite3_column_double(statement, 2)};
	}
	if (step != SQLITE_DONE)
		refuse(history, failure);
	sqlite3_finalize(statement);
	return step == SQLITE_DONE;
}

void run_db_free_points(struct run_db_point *points, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		free(points[i].label);
	free(points);
}

bool run_db_trends(struct run_db *history, const char *series,
		   void (*take)(void *, const char *, const char *, const char *), void *into,
		   struct failure *failure)
{
	sqlite3_stmt *statement;
	int step;

	if (!prepare(history,
		     "SELECT DISTINCT event, function, object FROM point JOIN entry"
		     " ON entry = number WHERE series = ? ORDER BY event, function, object",
		     &statement, failure))
		return false;
	bind_text(statement, 1, series);
	while ((step = sqlite3_step(statement)) == SQLITE_ROW)
		take(into, (const char *)sqlite3_column_text(statement, 0),
		     (const char *)sqlite3_column_text(statement, 1),
		     (const char *)sqlite3_column_text(statement, 2));
	if (step != SQLITE_DONE)
		refuse(history, failure);
	sqlite3_finalize(statement);
	return step == SQLITE_DONE;
}
