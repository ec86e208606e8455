/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two passes: the first finds the order of the records in time and counts
 * what was lost; the second applies sideband records and charges samples in
 * that order, so that every address is looked up in the maps of its moment.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <perfdata.h>

#include "alloc.h"
#include "facts.h"
#include "input.h"
#include "kernel.h"
#include "load.h"
#include "order.h"
#include "resolve.h"
#include "stacks.h"

#define MISC_FORK_EXEC (1 << 13) /* a FORK made up by the recorder: no maps to inherit */

struct loading {
	struct profile *profile;
	struct perfdata *file;
	unsigned int what; /* LOAD_* */
	struct order order;
	struct resolver resolver;
	struct stacks *stacks;
};

static void add_events(struct loading *loading)
{
	struct profile *profile = loading->profile;
	struct perfdata *file = loading->file;

	profile->nr_events = file->nr_events;
	profile->events = must_calloc(file->nr_events, sizeof *profile->events);
	for (size_t i = 0; i < file->nr_events; i++) {
		const struct perf_event_attr *attr = &file->events[i].attr;
		struct event *event = &profile->events[i];
		struct perfdata_event_stats stats;

		event->name = must_copy(file->events[i].name, strlen(file->events[i].name));
		if (attr->flags & PERF_ATTR_FREQ)
			event->frequency = attr->sample_period;
		else
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

static void count_lost(struct loading *loading, const struct perfdata_record *record)
{
	const struct perfdata_event *event = record->event;

	if (record->type == PERF_RECORD_LOST)
		event = perfdata_event_by_id(loading->file, record->lost.id);
	if (event == NULL)
		event = record->event;
	if (event != NULL)
		loading->profile->events[event->index].lost += record->lost.lost;
	else
		loading->profile->lost_unassigned += record->lost.lost;
}

/* First pass: one record. */
static void survey_record(struct loading *loading, const struct perfdata_record *record)
{
	struct profile *profile = loading->profile;
	uint64_t time = record->id.present & PERF_SAMPLE_TIME ? record->id.time : 0;

	switch (record->type) {
	case PERF_RECORD_SAMPLE:
		if (time != 0 && time < profile->first_time)
			profile->first_time = time;
		if (time > profile->last_time)
			profile->last_time = time;
		/* fall through */
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
	case PERF_RECORD_COMM:
	case PERF_RECORD_FORK:
		order_add(&loading->order, time == UINT64_MAX ? 0 : time, record->offset);
		break;
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		count_lost(loading, record);
		break;
	case PERF_RECORD_THROTTLE:
		if (record->event != NULL)
			profile->events[record->event->index].throttles++;
		break;
	}
}

static void say_incomplete(struct profile *profile, const char *why)
{
	if (profile->incomplete == NULL)
		profile->incomplete = must_copy(why, strlen(why));
}

/* First pass; false: the records are of a kind we do not read. */
static bool survey(struct loading *loading, const char *path, struct failure *failure)
{
	struct profile *profile = loading->profile;
	struct perfdata_record record;
	struct perfdata_error error;
	struct perfdata_cursor cursor;
	enum perfdata_status status;

	perfdata_rewind(loading->file, &cursor);
	while ((status = perfdata_next(loading->file, &cursor, &record, &error)) != PERFDATA_END) {
		if (status == PERFDATA_OK) {
			survey_record(loading, &record);
		} else if (status == PERFDATA_TRUNCATED) {
			say_incomplete(profile, error.text);
			break;
		} else if (status == PERFDATA_CORRUPT) {
			profile->damaged++;
			if (record.size == 0)
				break;
		} else {
			failure_set(failure, EXIT_FORMAT, "%s: %s", path, error.text);
			return false;
		}
	}
	if (loading->file->truncated)
		say_incomplete(profile, "the file was cut; read up to the cut");
	if (loading->file->unfinished)
		say_incomplete(profile, "the recorder did not finish the file");
	if (profile->damaged)
		say_incomplete(profile, "some records contradict themselves");
	return true;
}

/* The file names that stand for memory without a file. */
static bool is_anonymous(const char *filename)
{
	return strcmp(filename, "//anon") == 0 || strncmp(filename, "/dev/zero", 9) == 0 ||
	       strncmp(filename, "/anon_hugepage", 14) == 0 ||
	       strncmp(filename, "[stack", 6) == 0 || strncmp(filename, "/SYSV", 5) == 0 ||
	       strcmp(filename, "[heap]") == 0;
}

static const struct build_id *build_id_of(const struct perfdata *file, const char *filename,
					  struct build_id *build_id)
{
	struct perfdata_build_id entry;
	uint64_t pos = 0;

	while (perfdata_next_build_id(file, &pos, &entry))
		if (strcmp(entry.filename, filename) == 0 && entry.size <= BUILD_ID_MAX) {
			build_id->size = entry.size;
			memcpy(build_id->bytes, entry.id, entry.size);
			return build_id;
		}
	return NULL;
}

static void map_kernel(struct loading *loading, const struct perfdata_mmap *mmap, struct map *map)
{
	struct profile *profile = loading->profile;
	size_t length = kernel_name_length(mmap->filename);
	struct build_id build_id = {0};
	char *name = must_copy(mmap->filename, length ? length : strlen(mmap->filename));

	if (mmap->build_id_size && mmap->build_id_size <= BUILD_ID_MAX) {
		build_id.size = mmap->build_id_size;
		memcpy(build_id.bytes, mmap->build_id, mmap->build_id_size);
	} else {
		build_id_of(loading->file, name, &build_id);
	}
	map->object = objects_get(&profile->objects, length ? OBJECT_KERNEL : OBJECT_MODULE, name,
				  build_id.size ? &build_id : NULL);
	map->absolute = length != 0;
	space_map(&profile->kernel, &profile->versions, map);
	free(name);
}

static void map_user(struct loading *loading, const struct perfdata_mmap *mmap, struct map *map)
{
	struct profile *profile = loading->profile;
	struct build_id build_id = {0};
	char anonymous[32];

	if (is_anonymous(mmap->filename)) {
		snprintf(anonymous, sizeof anonymous, "/tmp/perf-%u.map", mmap->pid);
		map->absolute = true;
		map->object = objects_get(&profile->objects, OBJECT_ANON, anonymous, NULL);
	} else {
		if (mmap->build_id_size && mmap->build_id_size <= BUILD_ID_MAX) {
			build_id.size = mmap->build_id_size;
			memcpy(build_id.bytes, mmap->build_id, mmap->build_id_size);
		} else {
			build_id_of(loading->file, mmap->filename, &build_id);
		}
		map->object = objects_get(&profile->objects, OBJECT_USER, mmap->filename,
					  build_id.size ? &build_id : NULL);
	}
	space_map(&tasks_thread(&profile->tasks, mmap->pid, mmap->tid)->task->space,
		  &profile->versions, map);
}

static void apply_mmap(struct loading *loading, const struct perfdata_record *record)
{
	const struct perfdata_mmap *mmap = &record->mmap;
	struct map map = {.start = mmap->addr,
			  .end = mmap->len > UINT64_MAX - mmap->addr ? UINT64_MAX
								     : mmap->addr + mmap->len,
			  .offset = mmap->pgoff};

	if (mmap->pid == UINT32_MAX ||
	    (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL)
		map_kernel(loading, mmap, &map);
	else
		map_user(loading, mmap, &map);
}

/* Are there user frames in the sample's callchain? */
static bool has_user_frames(const struct perfdata_record *record)
{
	if (chain_mode(record) == MODE_USER)
		return true;
	for (uint64_t i = 0; i < record->sample.nr_chain; i++)
		if (record->sample.chain[i] == PERF_CONTEXT_USER)
			return true;
	return false;
}

/* Count a sample without a look at where it fell. */
static void count_sample(struct loading *loading, const struct perfdata_record *record)
{
	struct amount one = {.samples = 1, .weight = record->sample.period};
	struct event *event;

	if (record->event == NULL) {
		loading->profile->samples_unassigned++;
		return;
	}
	event = &loading->profile->events[record->event->index];
	amount_add(&event->total, &one);
	event->chains += record->sample.nr_chain != 0;
	event->user_chains += record->sample.nr_chain != 0 && has_user_frames(record);
}

static void charge_sample(struct loading *loading, const struct perfdata_record *record)
{
	struct profile *profile = loading->profile;
	const struct perfdata_sample_id *id = &record->id;
	bool has_thread = id->present & PERF_SAMPLE_TID;
	uint32_t cpu = id->present & PERF_SAMPLE_CPU ? id->cpu : CPU_UNKNOWN;
	struct amount one = {.samples = 1, .weight = record->sample.period};
	struct callers callers = chain_callers(record);
	const struct thread *thread;
	struct event *event;
	struct stack stack;
	uint32_t leaf, cell;
	bool has_user;

	if (record->event == NULL) {
		profile->samples_unassigned++;
		return;
	}
	event = &profile->events[record->event->index];
	thread = tasks_thread(&profile->tasks, has_thread ? id->pid : UINT32_MAX,
			      has_thread ? id->tid : UINT32_MAX);
	leaf = resolve(&loading->resolver, thread, chain_mode(record), record->sample.ip);
	stack = stacks_get(loading->stacks, &loading->resolver, event, thread, &callers);
	cell = cells_add(&event->cells, tree_child(&event->tree, stack.node, leaf), thread->owner,
			 cpu, one.weight);
	if (loading->what & LOAD_MOMENTS)
		moments_add(&event->moments, id->present & PERF_SAMPLE_TIME ? id->time : 0, cell,
			    one.weight);
	amount_add(&event->total, &one);
	if (record->sample.nr_chain == 0)
		return;
	has_user = stack.has_user || chain_mode(record) == MODE_USER;
	event->chains++;
	event->user_chains += has_user;
	event->broken += has_user && !stack.to_the_end &&
			 !(callers.nr == 0 && chain_begins_thread(profile, leaf));
}

/* Second pass. */
static void replay(struct loading *loading)
{
	struct tasks *tasks = &loading->profile->tasks;
	struct perfdata_record record;
	struct perfdata_error error;

	for (size_t i = 0; i < loading->order.nr; i++) {
		struct perfdata_cursor cursor = {.pos = loading->order.list[i].pos};

		if (perfdata_next(loading->file, &cursor, &record, &error) != PERFDATA_OK)
			continue;
		switch (record.type) {
		case PERF_RECORD_SAMPLE:
			if (loading->what & LOAD_NAMES)
				charge_sample(loading, &record);
			else
				count_sample(loading, &record);
			break;
		case PERF_RECORD_MMAP:
		case PERF_RECORD_MMAP2:
			apply_mmap(loading, &record);
			break;
		case PERF_RECORD_COMM:
			tasks_name(tasks, record.comm.pid, record.comm.tid, record.comm.comm);
			break;
		case PERF_RECORD_FORK:
			tasks_fork(tasks, record.task.pid, record.task.tid, record.task.ppid,
				   record.task.ptid, !(record.misc & MISC_FORK_EXEC));
			break;
		}
	}
}

static bool load_bytes(struct profile *profile, const struct input *input, const char *path,
		       unsigned int what, struct failure *failure)
{
	struct loading loading = {.profile = profile, .what = what};
	struct perfdata_error error;
	bool good;

	if (perfdata_open(&loading.file, input->bytes, input->size, &error) != PERFDATA_OK) {
		failure_set(failure, EXIT_FORMAT, "%s: %s", path, error.text);
		return false;
	}
	profile->named = what & LOAD_NAMES;
	add_events(&loading);
	facts_collect(profile, loading.file);
	good = survey(&loading, path, failure);
	if (good) {
		order_sort(&loading.order);
		loading.stacks = stacks_new();
		resolver_init(&loading.resolver, profile);
		replay(&loading);
		resolver_free(&loading.resolver);
		stacks_free(loading.stacks);
	}
	order_free(&loading.order);
	perfdata_close(loading.file);
	return good;
}

bool load(struct profile *profile, const char *path, unsigned int what, struct failure *failure)
{
	struct input input;
	bool good;

	if (!input_open(&input, path, failure))
		return false;
	good = load_bytes(profile, &input, path, what, failure);
	input_close(&input);
	return good;
}
