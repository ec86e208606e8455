/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a gate compares: runs of a base and of what is new, each a table of
 * how much of each event fell on each function.
 *
 * A function is known by its name, the name of its object without version, and
 * the chain of functions it was inlined into; addresses mean nothing.
 */
#ifndef PERFREPORT_GATE_DATA_H
#define PERFREPORT_GATE_DATA_H

#include <stdbool.h>

#include "names.h"

enum gate_side_name { GATE_BASE, GATE_NEW, GATE_SIDES };

enum gate_regime {
	GATE_REGIME_NONE,	   /* nothing was read yet */
	GATE_REGIME_DETERMINISTIC, /* exact counts of the emulated PMU */
	GATE_REGIME_STATISTICAL,   /* samples or times: runs vary */
};

struct gate_event {
	char *name;
	double period; /* events per sample; 0: counted, or by frequency */
	double frequency;
};

struct gate_function {
	name_t name, object;
	name_t inlined;	     /* "inner < outer ...": whom it stands in; 0: nobody */
	bool workload;	     /* the object is the program that was run */
	bool kernel;	     /* the object is the kernel */
	uint32_t renamed_to; /* of a base function: the new one; NO_FUNCTION */
	uint32_t renamed_from;
};

#define NO_FUNCTION UINT32_MAX

/* What happened to an event in one run. */
struct gate_quality {
	double total;	/* of the event, over all functions */
	double samples; /* 0: counted */
	double lost, throttled;
	double running;	       /* share of the time it was on a counter; 1: all of it */
	double chains, broken; /* samples with a callchain of the user; of these, broken ones */
	bool present;
};

/* A label and a value that both sides must share. */
struct gate_fact {
	char *label, *value;
};

struct gate_run {
	char *source;	/* the file's name */
	double start;	/* of its first sample by the host's clock, ns; 0: not known */
	double *values; /* [function * room_events + event] */
	size_t nr_values;
	struct gate_quality *quality; /* [event] */
	size_t nr_quality;
	struct gate_fact *facts;
	size_t nr_facts, facts_capacity;
	bool perturbed; /* an image that differs in layout only: measures the tolerance */
	bool incomplete;
	bool failed; /* the workload did not end well */
};

struct gate_side {
	struct gate_run *runs;
	size_t nr, capacity;
};

struct gate_data {
	struct names *names;
	enum gate_regime regime;
	const char *regime_source; /* the file that set it */
	struct gate_event *events;
	size_t nr_events, events_capacity;
	struct gate_function *functions;
	size_t nr_functions, functions_capacity;
	uint32_t *by_key; /* function + 1 by the name of its key */
	size_t by_key_capacity;
	struct gate_side sides[GATE_SIDES];
};

/* Events of one comparison: more are refused. */
#define GATE_MOST_EVENTS 32

void gate_data_init(struct gate_data *data);
void gate_data_free(struct gate_data *data);

/* The index of an event, made if new; GATE_MOST_EVENTS: too many. */
size_t gate_event(struct gate_data *data, const char *name);

/* The index of an event, or nr_events. */
size_t gate_find_event(const struct gate_data *data, const char *name);

/* The function of these names, made if new.  workload: the object is the
   program itself, whatever its file is called.  inlined: NULL or "". */
uint32_t gate_function(struct gate_data *data, const char *name, const char *object,
		       const char *inlined, bool workload);

/* A new run of a side; the pointer holds until the next one. */
struct gate_run *gate_add_run(struct gate_side *side, const char *source);

/* Remove the run added last. */
void gate_drop_run(struct gate_side *side);

/* Add to what a function has of an event in a run. */
void gate_add_value(struct gate_run *run, uint32_t function, size_t event, double value);

/* What it has; 0: nothing. */
double gate_value(const struct gate_run *run, uint32_t function, size_t event);

/* What happened to an event in a run, to be filled in; the pointer holds until
   the next call. */
struct gate_quality *gate_quality(struct gate_run *run, size_t event);

/* A fact of a run, and its value, NULL: not known.  Both texts are copied. */
void gate_add_fact(struct gate_run *run, const char *label, const char *value);
const char *gate_fact(const struct gate_run *run, const char *label);

/* The names of a function and of its object; they live as long as data. */
const char *gate_function_name(const struct gate_data *data, uint32_t function);
const char *gate_function_object(const struct gate_data *data, uint32_t function);

/* Find functions of the base that have another name now: a suffix that the
   compiler gave, or in the deterministic regime the same counts. */
void gate_match_renamed(struct gate_data *data);

#endif /* PERFREPORT_GATE_DATA_H */
