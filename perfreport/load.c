/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three steps.  The survey finds the sideband records, sorts them by time and
 * makes the history of tasks and maps of them.  The scan reads the samples,
 * in the order of the file and by several threads, and boils them down to
 * distinct hits.  Naming applies the maps once more, in order of time, and
 * looks up the addresses of the hits in the maps of their moment.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <perfdata.h>

#include "alloc.h"
#include "facts.h"
#include "folded.h"
#include "input.h"
#include "load.h"
#include "naming.h"
#include "wall.h"

#define THREADS_MAX 64

static void add_events(struct profile *profile, const struct perfdata *file)
{
	profile->nr_events = file->nr_events;
	profile->events = must_calloc(file->nr_events, sizeof *profile->events);
	for (size_t i = 0; i < file->nr_events; i++) {
		const struct perf_event_attr *attr = &file->events[i].attr;
		struct event *event = &profile->events[i];
		struct perfdata_event_stats stats;

		event->nanoseconds = wall_is_time(&file->events[i]);
		event->name = must_copy(file->events[i].name, strlen(file->events[i].name));
		if (attr->flags & PERF_ATTR_FREQ)
			event->frequency = attr->sample_period;
		else if (!wall_is_blocked(&file->events[i]))
			event->period = attr->sample_period;
		event->counted = perfdata_stats(file, i, &stats);
		if (event->counted) {
			event->throttled = stats.throttled;
			event->coalesced = stats.coalesced;
		}
		tree_init(&event->tree);
		cells_init(&event->cells);
	}
}

/* What the scan counted goes into the profile. */
static void take_counts(struct profile *profile, const struct scan *scan, unsigned int what)
{
	for (size_t i = 0; i < profile->nr_events; i++) {
		struct event *event = &profile->events[i];

		event->total = scan->totals[i];
		if (!(what & LOAD_NAMES)) {
			event->chains = scan->chains[i];
			event->user_chains = scan->user_chains[i];
		}
	}
	profile->samples_unassigned = scan->unassigned;
	profile->first_time = scan->first;
	profile->last_time = scan->last;
	profile->damaged += scan->damaged;
	if (profile->damaged)
		survey_incomplete(profile, "some records contradict themselves");
}

/* How many threads are to scan. */
static size_t threads(size_t wanted)
{
	long cpus;

	if (wanted)
		return wanted < THREADS_MAX ? wanted : THREADS_MAX;
	cpus = sysconf(_SC_NPROCESSORS_ONLN);
	return cpus > 8 ? 8 : cpus > 1 ? cpus : 1;
}

static void load_samples(struct profile *profile, const struct perfdata *file,
			 const struct survey *survey, const struct wall *wall, unsigned int what)
{
	struct scan_options options = {.count_only = !(what & LOAD_NAMES),
				       .moments = what & LOAD_MOMENTS,
				       .wall = what & LOAD_WALL ? wall : NULL,
				       .threads = threads(profile->threads)};
	struct sideband sideband;
	struct scan scan;

	sideband_init(&sideband, profile, file, survey);
	scan_make(&scan, survey, file, &profile->history, &options);
	take_counts(profile, &scan, what);
	if (what & LOAD_NAMES)
		naming_do(profile, file, &sideband, &scan, what);
	if (what & LOAD_WALL)
		wall_join(profile, wall);
	scan_free(&scan);
	sideband_free(&sideband);
}

static bool load_bytes(struct profile *profile, const void *bytes, size_t size, const char *path,
		       unsigned int what, struct failure *failure)
{
	struct perfdata_error error;
	struct perfdata *file;
	struct wall wall = {0};
	struct survey survey;
	bool good;

	if (perfdata_open(&file, bytes, size, &error) != PERFDATA_OK) {
		if (error.status == PERFDATA_NOT_PERFDATA && folded_probe(bytes, size))
			return folded_load(profile, bytes, size, path, failure);
		failure_set(failure, EXIT_FORMAT, "%s: %s", path, error.text);
		return false;
	}
	profile->named = what & LOAD_NAMES;
	add_events(profile, file);
	facts_collect(profile, file);
	good = !(what & LOAD_WALL) || wall_find(&wall, file, path, failure);
	if (good) {
		good = survey_make(&survey, profile, file, failure);
		if (good)
			load_samples(profile, file, &survey, &wall, what);
		survey_free(&survey);
	}
	perfdata_close(file);
	return good;
}

static bool load_bundle(struct profile *profile, const struct input *input, const char *path,
			unsigned int what, struct failure *failure)
{
	struct search *search = &profile->objects.search;
	const void *bytes;
	size_t size;

	if (!bundle_open(&profile->bundle, input->bytes, input->size, path, failure))
		return false;
	*search = (struct search){.build_id_dir = BUNDLE_CACHE,
				  .root = BUNDLE_ROOT,
				  .bundle = profile->bundle,
				  .opened = search->opened};
	bytes = bundle_find(profile->bundle, BUNDLE_RECORDING, &size);
	return load_bytes(profile, bytes, size, path, what, failure);
}

bool load(struct profile *profile, const char *path, unsigned int what, struct failure *failure)
{
	struct input input;
	bool good;

	if (!input_open(&input, path, failure))
		return false;
	good = bundle_is(input.bytes, input.size)
		   ? load_bundle(profile, &input, path, what, failure)
		   : load_bytes(profile, input.bytes, input.size, path, what, failure);
	input_close(&input);
	return good;
}
