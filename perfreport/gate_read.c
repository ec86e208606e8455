/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "gate_read.h"
#include "input.h"
#include "load.h"

/* What two recordings must share to be compared: facts.c makes the labels. */
static const char *const facts[] = {
    "processor", "architecture", "kernel", "model",	  "geometry", "icount-shift", "tsc-khz",
    "emulator",	 "cpus",	 "pmu",	   "pmu-version", "scope",    "callchain",
};

const char *gate_regime_name(enum gate_regime regime)
{
	return regime == GATE_REGIME_DETERMINISTIC ? "deterministic" : "statistical";
}

bool gate_set_regime(struct gate_data *data, enum gate_regime regime, const char *source,
		     struct failure *failure)
{
	if (data->regime == GATE_REGIME_NONE) {
		data->regime = regime;
		data->regime_source = source;
	}
	if (data->regime == regime)
		return true;
	failure_set(failure, EXIT_FORMAT,
		    "%s: it is of the %s regime, but %s is of the %s one: they cannot be compared",
		    source, gate_regime_name(regime), data->regime_source,
		    gate_regime_name(data->regime));
	return false;
}

/* The function of each frame that ran, and the chain it is inlined into. */
static uint32_t function_of(struct gate_data *data, const struct profile *profile,
			    const struct tree *tree, uint32_t node)
{
	const struct frame *frame = &profile->frames.list[tree->nodes[node].frame];
	const char *workload = profile_fact(profile, "workload");
	const char *object = names_text(profile->names, frame->dso);
	const char *symbol = frame->kind == FRAME_UNKNOWN
				 ? "[unresolved]"
				 : names_text(profile->names, frame->symbol);

	return gate_function(data, symbol, object, NULL,
			     workload != NULL && strcmp(workload, object) == 0);
}

static void take_quality(struct gate_run *run, size_t number, const struct event *event)
{
	struct gate_quality *quality = gate_quality(run, number);

	*quality = (struct gate_quality){
	    .total = event->total.weight,
	    .samples = event->total.samples,
	    .lost = event->lost,
	    .throttled = event->throttled + event->throttles,
	    .running = 1,
	    .chains = event->user_chains,
	    .broken = event->broken,
	    .present = true,
	};
}

/* The cells of an event, by function.  A node's function is looked up once. */
static void take_cells(struct gate_data *data, struct gate_run *run, const struct profile *profile,
		       const struct event *event, size_t number)
{
	uint32_t *functions = must_calloc(event->tree.nr, sizeof *functions);

	for (size_t i = 0; i < event->cells.nr; i++) {
		const struct cell *cell = &event->cells.list[i];

		if (functions[cell->node] == 0)
			functions[cell->node] =
			    1 + function_of(data, profile, &event->tree, cell->node);
		gate_add_value(run, functions[cell->node] - 1, number, cell->self.weight);
	}
	free(functions);
}

static bool take_event(struct gate_data *data, struct gate_run *run, const struct profile *profile,
		       const struct event *event, struct failure *failure)
{
	size_t number = gate_event(data, event->name);

	if (event->imported) {
		failure_set(failure, EXIT_FORMAT,
			    "%s: folded stacks do not tell what was lost; compare recordings",
			    run->source);
		return false;
	}
	if (number == GATE_MOST_EVENTS) {
		failure_set(failure, EXIT_FORMAT, "%s: more than %d events in one comparison",
			    run->source, GATE_MOST_EVENTS);
		return false;
	}
	data->events[number].period = event->period;
	data->events[number].frequency = event->frequency;
	take_quality(run, number, event);
	if (profile->lost_unassigned || profile->damaged)
		run->quality[number].lost += profile->lost_unassigned + profile->damaged;
	take_cells(data, run, profile, event, number);
	return true;
}

/* How each event was sampled is a fact, too. */
static void add_facts(struct gate_run *run, const struct profile *profile)
{
	const char *status = profile_fact(profile, "exit");

	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (profile_fact(profile, facts[i]) != NULL)
			gate_add_fact(run, facts[i], profile_fact(profile, facts[i]));
	for (size_t i = 0; i < profile->nr_events; i++) {
		const struct event *event = &profile->events[i];
		char label[160], value[64];

		snprintf(label, sizeof label, "%s of %.100s",
			 event->frequency ? "frequency" : "period", event->name);
		snprintf(value, sizeof value, "%.0f",
			 (double)(event->frequency ? event->frequency : event->period));
		gate_add_fact(run, label, value);
	}
	if (profile->first_time <= profile->last_time)
		run->start = (double)profile->first_time;
	run->incomplete = profile->incomplete != NULL;
	run->failed = (status != NULL && strcmp(status, "0") != 0) ||
		      profile_fact(profile, "exception") != NULL;
}

static bool take_profile(struct gate_data *data, enum gate_side_name side,
			 const struct profile *profile, const char *path, const char *event,
			 struct failure *failure)
{
	struct gate_run *run = gate_add_run(&data->sides[side], path);
	bool any = false;

	for (size_t i = 0; i < profile->nr_events; i++) {
		if (event != NULL && strcmp(event, profile->events[i].name) != 0)
			continue;
		any |= profile->events[i].total.samples != 0;
		if (!take_event(data, run, profile, &profile->events[i], failure))
			return false;
	}
	if (!any) {
		failure_set(failure, EXIT_NO_SAMPLES, "%s: no samples%s%s in it", path,
			    event ? " of event " : "", event ? event : "");
		return false;
	}
	add_facts(run, profile);
	return true;
}

static bool read_recording(struct gate_data *data, enum gate_side_name side, const char *path,
			   struct search search, const char *event, struct failure *failure)
{
	struct profile profile;
	bool good;

	profile_init(&profile, search);
	good = gate_set_regime(data, GATE_REGIME_STATISTICAL, path, failure) &&
	       load(&profile, path, LOAD_NAMES, failure) &&
	       take_profile(data, side, &profile, path, event, failure);
	profile_free(&profile);
	return good;
}

bool gate_read(struct gate_data *data, enum gate_side_name side, const char *path,
	       struct search search, const char *event, struct failure *failure)
{
	struct input input;
	size_t start = 0;
	bool json, good;

	if (!input_open(&input, path, failure))
		return false;
	if (input.size == 0) {
		failure_set(failure, EXIT_FORMAT, "%s: the file is empty", path);
		input_close(&input);
		return false;
	}
	while (start < input.size && strchr(" \t\r\n", ((char *)input.bytes)[start]))
		start++;
	json = start < input.size && ((char *)input.bytes)[start] == '{';
	good = json && gate_read_json(data, side, path, input.bytes, input.size, event, failure);
	input_close(&input);
	return json ? good : read_recording(data, side, path, search, event, failure);
}
