/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs out of JSON: results of perfrec stat, and tables of runs.  What is
 * there is checked member by member: a file of another version says so.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate_read.h"

#define STAT_FORMAT 1
#define RUNS_FORMAT 1

struct reading {
	struct gate_data *data;
	enum gate_side_name side;
	const char *source, *event;
	struct failure *failure;
};

/* What is missing or wrong is named by its place. */
static bool wrong(const struct reading *reading, const char *what)
{
	failure_set(reading->failure, EXIT_FORMAT,
		    "%s: %s: no result of perfrec stat --json or table of runs that this "
		    "perfreport reads",
		    reading->source, what);
	return false;
}

static struct json_object *member(struct json_object *object, const char *name, enum json_type type)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, name, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

static const char *string(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name, json_type_string);

	return value ? json_object_get_string(value) : NULL;
}

/* A number that is not there, or null, is otherwise. */
static double number(struct json_object *object, const char *name, double otherwise)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, name, &value) ||
	    !(json_object_is_type(value, json_type_int) ||
	      json_object_is_type(value, json_type_double)))
		return otherwise;
	return json_object_get_double(value);
}

static bool flag(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name, json_type_boolean);

	return value && json_object_get_boolean(value);
}

/* Element index of an array of counts; false: it is none. */
static bool count_at(struct json_object *array, size_t index, double *count)
{
	struct json_object *value = json_object_array_get_idx(array, index);

	if (!json_object_is_type(value, json_type_int) &&
	    !json_object_is_type(value, json_type_double))
		return false;
	*count = json_object_get_double(value);
	return isfinite(*count) && *count >= 0;
}

/* The facts of a machine: labels as in recordings. */
static void machine_facts(struct gate_run *run, struct json_object *root)
{
	static const char *const labels[][2] = {
	    {"cpu", "processor"},
	    {"kernel", "kernel"},
	    {"model", "model"},
	    {"geometry", "geometry"},
	    {"icount_shift", "icount-shift"},
	    {"pmu", "pmu"},
	    {"pmu_version", "pmu-version"},
	    {"cpus", "cpus"},
	    {"tsc_khz", "tsc-khz"},
	    {"emulator", "emulator"},
	};
	struct json_object *machine = member(root, "machine", json_type_object), *value;

	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (json_object_object_get_ex(machine, labels[i][0], &value))
			gate_add_fact(run, labels[i][1], json_object_get_string(value));
	if (string(root, "scope") != NULL)
		gate_add_fact(run, "scope", string(root, "scope"));
	value = member(root, "exit", json_type_object);
	run->failed = value != NULL && number(value, "status", -1) != 0;
}

/* The numbers of the events: data's index of each, GATE_MOST_EVENTS for those
   that are not wanted. */
static bool name_events(const struct reading *reading, struct json_object *events, size_t *numbers)
{
	size_t nr = json_object_array_length(events);

	if (nr == 0 || nr > GATE_MOST_EVENTS)
		return wrong(reading, "\"events\" has none, or too many");
	for (size_t i = 0; i < nr; i++) {
		const char *name = string(json_object_array_get_idx(events, i), "name");

		if (name == NULL)
			return wrong(reading, "an event has no \"name\"");
		numbers[i] = GATE_MOST_EVENTS;
		if (reading->event != NULL && strcmp(reading->event, name) != 0)
			continue;
		numbers[i] = gate_event(reading->data, name);
		if (numbers[i] == GATE_MOST_EVENTS)
			return wrong(reading, "more events than one comparison takes");
	}
	return true;
}

/* The counts of one function in one run; values in the order of the events. */
static bool take_values(const struct reading *reading, struct gate_run *run, uint32_t function,
			struct json_object *values, const size_t *numbers, size_t nr_events)
{
	double count;

	if (!json_object_is_type(values, json_type_array) ||
	    json_object_array_length(values) != nr_events)
		return wrong(reading, "a function's \"values\" are not one for each event");
	for (size_t i = 0; i < nr_events; i++) {
		if (!count_at(values, i, &count))
			return wrong(reading, "a value is not a count");
		if (numbers[i] != GATE_MOST_EVENTS)
			gate_add_value(run, function, numbers[i], count);
	}
	return true;
}

/* The functions of run number image of a result: 0 the one itself, else a
   perturbed image. */
static bool take_functions(const struct reading *reading, struct gate_run *run,
			   struct json_object *root, const size_t *numbers, size_t image)
{
	struct json_object *functions = member(root, "functions", json_type_array);
	struct json_object *command = member(root, "command", json_type_array);
	const char *workload = json_object_get_string(json_object_array_get_idx(command, 0));
	size_t nr_events = json_object_array_length(member(root, "events", json_type_array));

	for (size_t i = 0; i < json_object_array_length(functions); i++) {
		struct json_object *function = json_object_array_get_idx(functions, i);
		const char *name = string(function, "function"),
			   *object = string(function, "object");
		struct json_object *values = member(function, "values", json_type_array);
		uint32_t index;

		if (name == NULL || object == NULL || values == NULL)
			return wrong(reading, "a function has no name, object or values");
		if (image > 0)
			values = json_object_array_get_idx(
			    member(function, "perturbed", json_type_array), image - 1);
		index = gate_function(reading->data, name, object, NULL,
				      workload != NULL && strcmp(workload, object) == 0);
		if (!take_values(reading, run, index, values, numbers, nr_events))
			return false;
	}
	return true;
}

/* Totals and quality of the events in run number n. */
static bool take_totals(const struct reading *reading, struct gate_run *run,
			struct json_object *root, const size_t *numbers, size_t n, bool perturbed)
{
	struct json_object *events = member(root, "events", json_type_array);

	for (size_t i = 0; i < json_object_array_length(events); i++) {
		struct json_object *event = json_object_array_get_idx(events, i);
		struct json_object *values =
		    member(event, perturbed ? "perturbed" : "values", json_type_array);
		struct gate_quality *quality;
		double count;

		if (numbers[i] == GATE_MOST_EVENTS)
			continue;
		if (values == NULL || n >= json_object_array_length(values))
			return wrong(reading, "an event has not a value for each run");
		quality = gate_quality(run, numbers[i]);
		quality->present = count_at(values, n, &count);
		quality->total = quality->present ? count : 0;
		quality->running = number(event, "share", 0);
	}
	return true;
}

static bool take_image(const struct reading *reading, struct json_object *root,
		       const size_t *numbers, size_t image)
{
	struct gate_run *run = gate_add_run(&reading->data->sides[reading->side], reading->source);

	machine_facts(run, root);
	run->perturbed = image > 0;
	return take_totals(reading, run, root, numbers, image ? image - 1 : 0, image > 0) &&
	       take_functions(reading, run, root, numbers, image);
}

/* Runs that only counted: the totals of each are one row, of the workload. */
static bool take_counted_runs(const struct reading *reading, struct json_object *root,
			      const size_t *numbers)
{
	size_t nr = number(root, "runs", 0);

	for (size_t n = 0; n < nr; n++) {
		struct gate_run *run =
		    gate_add_run(&reading->data->sides[reading->side], reading->source);

		machine_facts(run, root);
		if (!take_totals(reading, run, root, numbers, n, false))
			return false;
	}
	return nr > 0 || wrong(reading, "\"runs\" is missing");
}

static bool read_result(const struct reading *reading, struct json_object *root)
{
	struct json_object *events = member(root, "events", json_type_array);
	const char *regime = string(root, "regime");
	size_t numbers[GATE_MOST_EVENTS];
	size_t images;

	if (number(root, "format", 0) != STAT_FORMAT)
		return wrong(reading, "\"format\" is not 1");
	if (regime == NULL || (strcmp(regime, "deterministic") && strcmp(regime, "statistical")))
		return wrong(reading, "\"regime\" is missing or unknown");
	if (events == NULL || member(root, "machine", json_type_object) == NULL ||
	    member(root, "command", json_type_array) == NULL)
		return wrong(reading, "\"events\", \"machine\" or \"command\" is missing");
	if (!gate_set_regime(reading->data,
			     strcmp(regime, "deterministic") ? GATE_REGIME_STATISTICAL
							     : GATE_REGIME_DETERMINISTIC,
			     reading->source, reading->failure) ||
	    !name_events(reading, events, numbers))
		return false;
	if (member(root, "functions", json_type_array) == NULL)
		return take_counted_runs(reading, root, numbers);
	images = number(root, "perturbed", 0);
	for (size_t image = 0; image <= images; image++)
		if (!take_image(reading, root, numbers, image))
			return false;
	return true;
}

static void take_quality(struct gate_quality *quality, struct json_object *from)
{
	*quality = (struct gate_quality){
	    .total = number(from, "total", 0),
	    .samples = number(from, "samples", 0),
	    .lost = number(from, "lost", 0),
	    .throttled = number(from, "throttled", 0),
	    .running = number(from, "running", 0),
	    .chains = number(from, "chains", 0),
	    .broken = number(from, "broken", 0),
	    .present = true,
	};
}

/* The facts that all runs of a table share. */
static void table_facts(struct gate_run *run, struct json_object *root)
{
	struct json_object *facts = member(root, "facts", json_type_object);

	if (facts == NULL)
		return;
	json_object_object_foreach(facts, label, value)
	{
		gate_add_fact(run, label, json_object_get_string(value));
	}
}

/* The function of each row of a table; free() it, NULL: it is wrong. */
static uint32_t *table_functions(const struct reading *reading, struct json_object *functions)
{
	size_t nr = json_object_array_length(functions);
	uint32_t *indexes = calloc(nr + 1, sizeof *indexes);

	for (size_t i = 0; indexes != NULL && i < nr; i++) {
		struct json_object *function = json_object_array_get_idx(functions, i);
		const char *name = string(function, "function"),
			   *object = string(function, "object");

		if (name == NULL || object == NULL) {
			free(indexes);
			wrong(reading, "a function has no name or object");
			return NULL;
		}
		indexes[i] = gate_function(reading->data, name, object, string(function, "inlined"),
					   flag(function, "workload"));
	}
	return indexes;
}

/* One run of a table: "values" holds an array for each event, of a number for
   each function. */
static bool table_run(const struct reading *reading, struct json_object *root,
		      struct json_object *from, const size_t *numbers, const uint32_t *functions)
{
	size_t nr_events = json_object_array_length(member(root, "events", json_type_array));
	size_t nr = json_object_array_length(member(root, "functions", json_type_array));
	struct json_object *values = member(from, "values", json_type_array);
	struct json_object *quality = member(from, "quality", json_type_array);
	struct gate_run *run;
	double count;

	if (values == NULL || json_object_array_length(values) != nr_events || quality == NULL ||
	    json_object_array_length(quality) != nr_events)
		return wrong(reading, "a run has not values and quality of each event");
	run = gate_add_run(&reading->data->sides[reading->side],
			   string(from, "source") ? string(from, "source") : reading->source);
	run->start = number(from, "start", 0);
	run->perturbed = flag(from, "perturbed");
	run->failed = flag(from, "failed");
	run->incomplete = flag(from, "incomplete");
	table_facts(run, root);
	for (size_t event = 0; event < nr_events; event++) {
		struct json_object *column = json_object_array_get_idx(values, event);

		if (numbers[event] == GATE_MOST_EVENTS)
			continue;
		if (!json_object_is_type(column, json_type_array) ||
		    json_object_array_length(column) != nr)
			return wrong(reading, "a run has not a value for each function");
		take_quality(gate_quality(run, numbers[event]),
			     json_object_array_get_idx(quality, event));
		for (size_t i = 0; i < nr; i++) {
			if (!count_at(column, i, &count))
				return wrong(reading, "a value is not a count");
			if (count != 0)
				gate_add_value(run, functions[i], numbers[event], count);
		}
	}
	return true;
}

static bool read_table(const struct reading *reading, struct json_object *root)
{
	struct json_object *events = member(root, "events", json_type_array);
	struct json_object *functions = member(root, "functions", json_type_array);
	struct json_object *runs = member(root, "runs", json_type_array);
	const char *regime = string(root, "regime");
	size_t numbers[GATE_MOST_EVENTS];
	uint32_t *indexes;
	bool good = true;

	if (number(root, "format", 0) != RUNS_FORMAT)
		return wrong(reading, "\"format\" is not 1");
	if (events == NULL || functions == NULL || runs == NULL || regime == NULL ||
	    json_object_array_length(runs) == 0)
		return wrong(reading,
			     "\"regime\", \"events\", \"functions\" or \"runs\" is missing");
	if (!gate_set_regime(reading->data,
			     strcmp(regime, "deterministic") ? GATE_REGIME_STATISTICAL
							     : GATE_REGIME_DETERMINISTIC,
			     reading->source, reading->failure) ||
	    !name_events(reading, events, numbers))
		return false;
	indexes = table_functions(reading, functions);
	if (indexes == NULL)
		return false;
	for (size_t i = 0; good && i < json_object_array_length(runs); i++)
		good =
		    table_run(reading, root, json_object_array_get_idx(runs, i), numbers, indexes);
	free(indexes);
	return good;
}

bool gate_read_json(struct gate_data *data, enum gate_side_name side, const char *source,
		    const char *text, size_t length, const char *event, struct failure *failure)
{
	struct reading reading = {data, side, source, event, failure};
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *root = NULL;
	const char *kind;
	bool good;

	if (tokener != NULL && length < INT32_MAX)
		root = json_tokener_parse_ex(tokener, text, (int)length);
	if (!json_object_is_type(root, json_type_object)) {
		failure_set(failure, EXIT_FORMAT, "%s: not JSON: %s", source,
			    tokener ? json_tokener_error_desc(json_tokener_get_error(tokener))
				    : "out of memory");
		good = false;
	} else {
		kind = string(root, "kind");
		good = kind != NULL && strcmp(kind, "runs") == 0 ? read_table(&reading, root)
								 : read_result(&reading, root);
	}
	json_object_put(root);
	if (tokener != NULL)
		json_tokener_free(tokener);
	return good;
}
