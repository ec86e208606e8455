/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Can these runs be compared at all? */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "gate.h"

/* Is the word one of a list "a,b,c"? */
static bool is_listed(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; at != NULL && *at; at += strspn(at, ",")) {
		size_t next = strcspn(at, ",");

		if (next == length && strncmp(at, word, length) == 0)
			return true;
		at += next;
	}
	return false;
}

/* The runs against the first of the base: one note for each fact. */
static void check_facts(struct gate_result *result, const struct gate_sample *sample,
			const struct gate_run *run, const struct gate_settings *settings)
{
	const struct gate_run *first = sample->runs[GATE_BASE][0];

	for (int turn = 0; turn < 2; turn++) {
		const struct gate_run *from = turn ? run : first, *to = turn ? first : run;

		for (size_t i = 0; i < from->nr_facts; i++) {
			const char *label = from->facts[i].label, *other = gate_fact(to, label);

			if (is_listed(settings->allow, label) || (turn && other != NULL) ||
			    (other != NULL && strcmp(other, from->facts[i].value) == 0))
				continue;
			gate_add_note(result, true,
				      "%s: the %s is %s, but %s in %s (--allow '%s' compares "
				      "nevertheless)",
				      to->source, label, other ? other : "not known",
				      from->facts[i].value, from->source, label);
		}
	}
}

static void check_share(struct gate_result *result, const struct gate_run *run, const char *event,
			const char *what, double part, double whole, double most)
{
	if (part > 0 && part > most * whole)
		gate_add_note(result, true, "%s: event %s: %s: %.0f of %.0f", run->source, event,
			      what, part, whole);
}

static void check_event(struct gate_result *result, const struct gate_run *run, const char *name,
			const struct gate_quality *quality, const struct gate_settings *settings)
{
	double taken = quality->samples;

	if (quality->running < settings->min_running)
		gate_add_note(
		    result, true,
		    "%s: event %s was on a counter for %.1f %% of the time: its counts are "
		    "estimates (multiplexing); count fewer events at once",
		    run->source, name, 100 * quality->running);
	check_share(result, run, name, "samples were lost", quality->lost, taken + quality->lost,
		    settings->max_loss);
	check_share(result, run, name, "overflows were throttled", quality->throttled,
		    taken + quality->throttled, settings->max_loss);
	check_share(result, run, name, "callchains are broken", quality->broken, quality->chains,
		    settings->max_broken);
}

static void check_run(struct gate_result *result, const struct gate_sample *sample,
		      const struct gate_run *run, const struct gate_settings *settings)
{
	const struct gate_data *data = sample->data;

	if (run->incomplete)
		gate_add_note(result, true, "%s: the recording was cut or damaged", run->source);
	if (run->failed)
		gate_add_note(result, true, "%s: the workload failed", run->source);
	for (size_t event = 0; event < data->nr_events; event++) {
		static const struct gate_quality none;
		const struct gate_quality *quality =
		    event < run->nr_quality ? &run->quality[event] : &none;

		if (!quality->present)
			gate_add_note(result, true, "%s: it has no event %s", run->source,
				      data->events[event].name);
		else
			check_event(result, run, data->events[event].name, quality, settings);
	}
	if (run != sample->runs[GATE_BASE][0])
		check_facts(result, sample, run, settings);
}

void gate_check_validity(struct gate_result *result, const struct gate_sample *sample,
			 const struct gate_settings *settings)
{
	for (int side = 0; side < GATE_SIDES; side++)
		for (size_t i = 0; i < sample->nr[side]; i++)
			check_run(result, sample, sample->runs[side][i], settings);
}
