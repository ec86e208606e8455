/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate: is what is new worse than the base?
 *
 * Validity comes before the verdict: runs that cannot be compared, or that
 * say too little, are inconclusive, never a pass.
 */
#ifndef PERFREPORT_GATE_H
#define PERFREPORT_GATE_H

#include "gate_data.h"
#include "gate_rules.h"
#include "stats.h"

/* Exit statuses of perfreport gate, as documented in perfreport-gate(1). */
enum gate_exit {
	GATE_EXIT_PASS = 0,
	GATE_EXIT_REGRESSION = 1,
	GATE_EXIT_USAGE = 2, /* usage, input or output */
	GATE_EXIT_INCONCLUSIVE = 3,
	GATE_EXIT_IMPROVEMENT = 4, /* with --strict */
};

struct gate_settings {
	double alpha;	   /* level of the tests, after Benjamini and Hochberg */
	double min_effect; /* a change that is less does not matter: of the function */
	double min_share;  /* a function that holds less is not tested: of the event */
	double min_impact; /* a change that is less does not matter: of the event */
	double max_loss, max_broken, min_running; /* shares */
	bool strict, normalize;
	bool intervals;	   /* make the bootstrap intervals */
	const char *allow; /* facts that may differ: "kernel,processor" */
	uint64_t seed;
};

extern const struct gate_settings gate_default_settings;

enum gate_class { GATE_SAME, GATE_GROWN, GATE_SHRUNK, GATE_ADDED, GATE_REMOVED, GATE_CLASSES };

/* In the order in which rows are shown. */
enum gate_status {
	GATE_REGRESSION,
	GATE_INCONCLUSIVE,
	GATE_IMPROVEMENT,
	GATE_SUPPRESSED,
	GATE_WITHIN, /* changed, but within budget, tolerance or noise */
	GATE_UNCHANGED,
	GATE_STATUSES
};

/* A function of an event, or the event's total. */
struct gate_row {
	size_t event;
	uint32_t function; /* NO_FUNCTION: the total */
	uint32_t was;	   /* the function of the base, if it has another name now */
	enum gate_class class;
	enum gate_status status;
	double base, new; /* events; statistical: means of the runs, scaled */
	double relative;  /* new / base - 1; NAN: the base has none */
	double share;	  /* of the base's total; what is new: of the new one's */
	double allowed;	  /* deterministic: events above the base that pass */
	double low, high; /* statistical: 95 % interval of relative; else of the spread */
	double p;	  /* statistical: adjusted; by spread: that it is chance; else NAN */
	double error;	  /* statistical: standard error of relative; else NAN */
	bool tested;	  /* it passed the pre-filter, and is not exact */
	const char *why;  /* what decided, in a few words; static */
	const struct gate_rule *rule; /* that decided, or NULL */
};

/* A reason why there is no verdict, or something to know. */
struct gate_note {
	char *text;
	bool fatal; /* no verdict */
};

struct gate_result {
	enum gate_regime regime;
	struct gate_row *rows;
	size_t nr_rows, rows_capacity;
	struct gate_note *notes;
	size_t nr_notes, notes_capacity;
	size_t counts[GATE_STATUSES];
	size_t runs[GATE_SIDES], tests;
	bool scaled; /* statistical: the host's speed was taken out */
	bool paired; /* statistical: run against the run beside it */
	enum gate_exit exit;
};

/* Runs to judge: those of the data's sides, or others drawn from them. */
struct gate_sample {
	const struct gate_data *data;
	const struct gate_run **runs[GATE_SIDES];
	size_t nr[GATE_SIDES];
	bool paired; /* runs of one place were recorded side by side: gate_pairs.h */
};

/* Take the runs of both sides, in pairs if they are; gate_sample_free() it. */
void gate_sample_init(struct gate_sample *sample, const struct gate_data *data);
void gate_sample_free(struct gate_sample *sample);

/* Judge; gate_result_free() the result.  ranks: as of stats_rank_test(). */
void gate_judge(struct gate_result *result, const struct gate_sample *sample,
		const struct gate_rules *rules, const struct gate_settings *settings,
		struct stats_ranks *ranks);
void gate_result_free(struct gate_result *result);

/* The steps of it. */
void gate_check_validity(struct gate_result *result, const struct gate_sample *sample,
			 const struct gate_settings *settings);
void gate_judge_counts(struct gate_result *result, const struct gate_sample *sample,
		       const struct gate_rules *rules, const struct gate_settings *settings);
void gate_judge_runs(struct gate_result *result, const struct gate_sample *sample,
		     const struct gate_rules *rules, const struct gate_settings *settings,
		     struct stats_ranks *ranks);

/* Make a note, fatal or not. */
void gate_add_note(struct gate_result *result, bool fatal, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A row, zeroed but for its event and function. */
struct gate_row *gate_add_row(struct gate_result *result, size_t event, uint32_t function);

/* Is a count of this event exact for the function (NO_FUNCTION: the total)? */
bool gate_is_exact(const struct gate_data *data, size_t event, uint32_t function);

/* The function of a run that a new one was before it was renamed, or itself. */
double gate_base_value(const struct gate_data *data, const struct gate_run *run, uint32_t function,
		       size_t event);

/* Words: "regression", ...; "grown", ..., "renamed"; of the exit status. */
const char *gate_status_name(enum gate_status status);
const char *gate_class_name(const struct gate_row *row);
const char *gate_verdict(const struct gate_result *result);

#endif /* PERFREPORT_GATE_H */
