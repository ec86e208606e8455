/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "gate_data.h"

void gate_data_init(struct gate_data *data)
{
	memset(data, 0, sizeof *data);
	data->names = names_new();
}

static void free_run(struct gate_run *run)
{
	for (size_t i = 0; i < run->nr_facts; i++) {
		free(run->facts[i].label);
		free(run->facts[i].value);
	}
	free(run->facts);
	free(run->values);
	free(run->quality);
	free(run->source);
}

void gate_data_free(struct gate_data *data)
{
	for (int side = 0; side < GATE_SIDES; side++) {
		for (size_t i = 0; i < data->sides[side].nr; i++)
			free_run(&data->sides[side].runs[i]);
		free(data->sides[side].runs);
	}
	for (size_t i = 0; i < data->nr_events; i++)
		free(data->events[i].name);
	free(data->events);
	free(data->functions);
	free(data->by_key);
	names_free(data->names);
	memset(data, 0, sizeof *data);
}

size_t gate_find_event(const struct gate_data *data, const char *name)
{
	size_t i;

	for (i = 0; i < data->nr_events; i++)
		if (strcmp(data->events[i].name, name) == 0)
			break;
	return i;
}

size_t gate_event(struct gate_data *data, const char *name)
{
	size_t event = gate_find_event(data, name);

	if (event < data->nr_events)
		return event;
	if (event == GATE_MOST_EVENTS)
		return GATE_MOST_EVENTS;
	data->events =
	    must_grow(data->events, &data->events_capacity, event + 1, sizeof *data->events);
	data->events[event] = (struct gate_event){.name = must_copy(name, strlen(name))};
	data->nr_events++;
	return event;
}

/* The length of an object's name without the version of a shared library:
   libz.so.1.2.13 is libz.so. */
static size_t object_length(const char *object)
{
	const char *so = strstr(object, ".so.");

	return so != NULL && strspn(so + 4, "0123456789.") == strlen(so + 4)
		   ? (size_t)(so + 3 - object)
		   : strlen(object);
}

static bool is_kernel(const char *object)
{
	return strncmp(object, "[kernel", 7) == 0 || strncmp(object, "[guest.kernel", 13) == 0 ||
	       strncmp(object, "[machperf", 9) == 0 || strcmp(object, "[graft]") == 0;
}

uint32_t gate_function(struct gate_data *data, const char *name, const char *object,
		       const char *inlined, bool workload)
{
	int length = (int)object_length(object);
	size_t before = data->by_key_capacity;
	char *key;
	name_t number;

	if (asprintf(&key, "%s\n%.*s\n%s", name, workload ? 0 : length, object,
		     inlined ? inlined : "") < 0)
		abort();
	number = names_add(data->names, key);
	free(key);
	data->by_key =
	    must_grow(data->by_key, &data->by_key_capacity, number + 1, sizeof *data->by_key);
	memset(data->by_key + before, 0, (data->by_key_capacity - before) * sizeof *data->by_key);
	if (data->by_key[number] != 0)
		return data->by_key[number] - 1;
	data->functions = must_grow(data->functions, &data->functions_capacity,
				    data->nr_functions + 1, sizeof *data->functions);
	key = must_copy(object, length);
	data->functions[data->nr_functions] = (struct gate_function){
	    .name = names_add(data->names, name),
	    .object = names_add(data->names, key),
	    .inlined = names_add(data->names, inlined ? inlined : ""),
	    .workload = workload,
	    .kernel = is_kernel(object),
	    .renamed_to = NO_FUNCTION,
	    .renamed_from = NO_FUNCTION,
	};
	free(key);
	data->by_key[number] = ++data->nr_functions;
	return data->nr_functions - 1;
}

struct gate_run *gate_add_run(struct gate_side *side, const char *source)
{
	side->runs = must_grow(side->runs, &side->capacity, side->nr + 1, sizeof *side->runs);
	side->runs[side->nr] = (struct gate_run){.source = must_copy(source, strlen(source))};
	return &side->runs[side->nr++];
}

void gate_drop_run(struct gate_side *side)
{
	free_run(&side->runs[--side->nr]);
}

void gate_add_value(struct gate_run *run, uint32_t function, size_t event, double value)
{
	size_t at = (size_t)function * GATE_MOST_EVENTS + event, before = run->nr_values;

	run->values = must_grow(run->values, &run->nr_values, at + 1, sizeof *run->values);
	memset(run->values + before, 0, (run->nr_values - before) * sizeof *run->values);
	run->values[at] += value;
}

double gate_value(const struct gate_run *run, uint32_t function, size_t event)
{
	size_t at = (size_t)function * GATE_MOST_EVENTS + event;

	return at < run->nr_values ? run->values[at] : 0;
}

struct gate_quality *gate_quality(struct gate_run *run, size_t event)
{
	size_t before = run->nr_quality;

	run->quality = must_grow(run->quality, &run->nr_quality, event + 1, sizeof *run->quality);
	memset(run->quality + before, 0, (run->nr_quality - before) * sizeof *run->quality);
	return &run->quality[event];
}

const char *gate_fact(const struct gate_run *run, const char *label)
{
	for (size_t i = 0; i < run->nr_facts; i++)
		if (strcmp(run->facts[i].label, label) == 0)
			return run->facts[i].value;
	return NULL;
}

void gate_add_fact(struct gate_run *run, const char *label, const char *value)
{
	run->facts =
	    must_grow(run->facts, &run->facts_capacity, run->nr_facts + 1, sizeof *run->facts);
	run->facts[run->nr_facts++] = (struct gate_fact){.label = must_copy(label, strlen(label)),
							 .value = must_copy(value, strlen(value))};
}

const char *gate_function_name(const struct gate_data *data, uint32_t function)
{
	return names_text(data->names, data->functions[function].name);
}

const char *gate_function_object(const struct gate_data *data, uint32_t function)
{
	return names_text(data->names, data->functions[function].object);
}

/* The length of a name without what compilers append: clones (.constprop.0,
   .isra.0, .part.0, .cold), .lto_priv.0, .llvm.123. */
static size_t stem_length(const char *name)
{
	static const char *const suffixes[] = {".constprop", ".isra",	  ".part",
					       ".cold",	     ".lto_priv", ".llvm"};
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		const char *found = strstr(name, suffixes[i]);

		if (found != NULL && found != name && (size_t)(found - name) < length)
			length = found - name;
	}
	return length;
}

/* Does a function have anything in any run of a side? */
static bool is_in(const struct gate_data *data, enum gate_side_name side, uint32_t function)
{
	for (size_t i = 0; i < data->sides[side].nr; i++)
		for (size_t event = 0; event < data->nr_events; event++)
			if (gate_value(&data->sides[side].runs[i], function, event) != 0)
				return true;
	return false;
}

static bool same_home(const struct gate_function *a, const struct gate_function *b)
{
	return a->workload == b->workload && (a->workload || a->object == b->object) &&
	       a->inlined == b->inlined;
}

static bool same_stem(const struct gate_data *data, uint32_t a, uint32_t b)
{
	const char *x = gate_function_name(data, a), *y = gate_function_name(data, b);
	size_t length = stem_length(x);

	return x[0] != '[' && length == stem_length(y) && strncmp(x, y, length) == 0;
}

/* The same counts of every event in the first run, and not by chance: more
   than a handful. */
static bool same_counts(const struct gate_data *data, uint32_t a, uint32_t b)
{
	double most = 0;

	if (data->regime != GATE_REGIME_DETERMINISTIC || data->sides[GATE_BASE].nr == 0 ||
	    data->sides[GATE_NEW].nr == 0)
		return false;
	for (size_t event = 0; event < data->nr_events; event++) {
		double x = gate_value(&data->sides[GATE_BASE].runs[0], a, event);

		if (x != gate_value(&data->sides[GATE_NEW].runs[0], b, event))
			return false;
		most = x > most ? x : most;
	}
	return most >= 100;
}

/* The one new function that a removed one may have become. */
static uint32_t find_successor(const struct gate_data *data, uint32_t gone, const bool *added,
			       bool (*same)(const struct gate_data *, uint32_t, uint32_t))
{
	uint32_t found = NO_FUNCTION;

	for (uint32_t i = 0; i < data->nr_functions; i++) {
		if (!added[i] || data->functions[i].renamed_from != NO_FUNCTION ||
		    !same_home(&data->functions[gone], &data->functions[i]) || !same(data, gone, i))
			continue;
		if (found != NO_FUNCTION)
			return NO_FUNCTION; /* two may be it: neither is */
		found = i;
	}
	return found;
}

static void match(struct gate_data *data, const bool *gone, const bool *added,
		  bool (*same)(const struct gate_data *, uint32_t, uint32_t))
{
	for (uint32_t i = 0; i < data->nr_functions; i++) {
		uint32_t successor;

		if (!gone[i] || data->functions[i].renamed_to != NO_FUNCTION)
			continue;
		successor = find_successor(data, i, added, same);
		if (successor == NO_FUNCTION)
			continue;
		data->functions[i].renamed_to = successor;
		data->functions[successor].renamed_from = i;
	}
}

void gate_match_renamed(struct gate_data *data)
{
	bool *gone = must_calloc(data->nr_functions + 1, sizeof *gone);
	bool *added = must_calloc(data->nr_functions + 1, sizeof *added);

	for (uint32_t i = 0; i < data->nr_functions; i++) {
		bool base = is_in(data, GATE_BASE, i), new = is_in(data, GATE_NEW, i);

		gone[i] = base && !new;
		added[i] = new && !base;
	}
	match(data, gone, added, same_stem);
	match(data, gone, added, same_counts);
	free(gone);
	free(added);
}
