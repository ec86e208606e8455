/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "profile.h"

void profile_init(struct profile *profile, struct search search)
{
	memset(profile, 0, sizeof *profile);
	profile->names = names_new();
	frames_init(&profile->frames, profile->names);
	tasks_init(&profile->tasks, profile->names, &profile->versions, &profile->history);
	objects_init(&profile->objects, search);
	profile->kernel.version = ++profile->versions.last;
	profile->first_time = UINT64_MAX;
}

static void event_free(struct event *event)
{
	free(event->name);
	tree_free(&event->tree);
	cells_free(&event->cells);
	moments_free(&event->moments);
}

void profile_remove_event(struct profile *profile, size_t index)
{
	struct event *event = &profile->events[index];

	event_free(event);
	profile->nr_events--;
	memmove(event, event + 1, (profile->nr_events - index) * sizeof *event);
}

void profile_free(struct profile *profile)
{
	for (size_t i = 0; i < profile->nr_events; i++)
		event_free(&profile->events[i]);
	free(profile->events);
	for (size_t i = 0; i < profile->nr_facts; i++) {
		free(profile->facts[i].label);
		free(profile->facts[i].value);
	}
	free(profile->facts);
	free(profile->incomplete);
	space_free(&profile->kernel);
	tasks_free(&profile->tasks);
	history_free(&profile->history);
	frames_free(&profile->frames);
	objects_free(&profile->objects);
	names_free(profile->names);
	bundle_close(profile->bundle);
	memset(profile, 0, sizeof *profile);
}

void profile_add_fact(struct profile *profile, const char *label, const char *value)
{
	struct fact *fact;

	for (size_t i = 0; i < profile->nr_facts; i++) {
		fact = &profile->facts[i];
		if (strcmp(fact->label, label) == 0) {
			free(fact->value);
			fact->value = must_copy(value, strlen(value));
			return;
		}
	}
	profile->facts = must_grow(profile->facts, &profile->facts_capacity, profile->nr_facts + 1,
				   sizeof *fact);
	fact = &profile->facts[profile->nr_facts++];
	fact->label = must_copy(label, strlen(label));
	fact->value = must_copy(value, strlen(value));
}

const char *profile_fact(const struct profile *profile, const char *label)
{
	for (size_t i = 0; i < profile->nr_facts; i++)
		if (strcmp(profile->facts[i].label, label) == 0)
			return profile->facts[i].value;
	return NULL;
}

uint64_t profile_samples(const struct profile *profile)
{
	uint64_t samples = 0;

	for (size_t i = 0; i < profile->nr_events; i++)
		samples += profile->events[i].total.samples;
	return samples;
}

uint64_t profile_filtered(const struct profile *profile)
{
	uint64_t samples = 0;

	for (size_t i = 0; i < profile->nr_events; i++)
		samples += profile->events[i].filtered;
	return samples;
}

const struct event *profile_event(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->nr_events; i++)
		if (strcmp(profile->events[i].name, name) == 0)
			return &profile->events[i];
	return NULL;
}
