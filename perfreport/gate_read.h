/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files into runs: recordings (perf.data), results of perfrec stat --json
 * (docs/stat.schema.json) and tables of runs (docs/runs.schema.json).
 */
#ifndef PERFREPORT_GATE_READ_H
#define PERFREPORT_GATE_READ_H

#include <json-c/json.h>

#include "failure.h"
#include "gate_data.h"
#include "object.h"
#include "text.h"

/* Add the run or runs of a file to a side; what it is, its first bytes say.
   search: where programs are looked for, for recordings.  event: this one
   only, or NULL.  Errors: EXIT_INPUT, EXIT_FORMAT, EXIT_NO_SAMPLES. */
bool gate_read(struct gate_data *data, enum gate_side_name side, const char *path,
	       struct search search, const char *event, struct failure *failure);

/* The same for text that is JSON; source names it in messages. */
bool gate_read_json(struct gate_data *data, enum gate_side_name side, const char *source,
		    const char *text, size_t length, const char *event, struct failure *failure);

/* Set the regime, or hold it to that of the files before.  Errors: EXIT_FORMAT. */
bool gate_set_regime(struct gate_data *data, enum gate_regime regime, const char *source,
		     struct failure *failure);

/* Write the runs of a side as a table of runs.  Functions that hold less than
   fold of every event are put together as [other]. */
void gate_write_runs(const struct gate_data *data, enum gate_side_name side, double fold,
		     struct text *text);

/* "deterministic", "statistical". */
const char *gate_regime_name(enum gate_regime regime);

#endif /* PERFREPORT_GATE_READ_H */
