/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "jit_map.h"
#include "kernel.h"
#include "sideband.h"

#define MISC_FORK_EXEC (1 << 13) /* a FORK made up by the recorder: no maps to inherit */

/* The file names that stand for memory without a file. */
static bool is_anonymous(const char *filename)
{
	return strcmp(filename, "//anon") == 0 || strncmp(filename, "/dev/zero", 9) == 0 ||
	       strncmp(filename, "/anon_hugepage", 14) == 0 ||
	       strncmp(filename, "[stack", 6) == 0 || strncmp(filename, "/SYSV", 5) == 0 ||
	       strcmp(filename, "[heap]") == 0;
}

/* Those of memory that a program gave a name, which perf takes for files. */
static bool is_named_memory(const char *filename)
{
	return strncmp(filename, "/memfd:", 7) == 0 || strncmp(filename, "[anon", 5) == 0;
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

static void map_kernel(struct sideband *sideband, const struct perfdata_mmap *mmap, struct map *map)
{
	struct profile *profile = sideband->profile;
	size_t length = kernel_name_length(mmap->filename);
	struct build_id build_id = {0};
	char *name = must_copy(mmap->filename, length ? length : strlen(mmap->filename));

	if (mmap->build_id_size && mmap->build_id_size <= BUILD_ID_MAX) {
		build_id.size = mmap->build_id_size;
		memcpy(build_id.bytes, mmap->build_id, mmap->build_id_size);
	} else {
		build_id_of(sideband->file, name, &build_id);
	}
	map->object = objects_get(&profile->objects, length ? OBJECT_KERNEL : OBJECT_MODULE, name,
				  build_id.size ? &build_id : NULL);
	map->absolute = length != 0;
	space_map(&profile->kernel, &profile->versions, map);
	/* Its image may lay out the maps in another way, which all samples are to see. */
	if (length && sideband->load_kernel)
		kernel_load(&profile->objects, &profile->kernel, &profile->versions, map->object);
	free(name);
}

static void map_user(struct sideband *sideband, const struct perfdata_mmap *mmap, struct map *map,
		     struct task *task)
{
	struct profile *profile = sideband->profile;
	struct build_id build_id = {0};
	char symbols[32];

	if (mmap->build_id_size && mmap->build_id_size <= BUILD_ID_MAX) {
		build_id.size = mmap->build_id_size;
		memcpy(build_id.bytes, mmap->build_id, mmap->build_id_size);
	} else if (!is_anonymous(mmap->filename)) {
		build_id_of(sideband->file, mmap->filename, &build_id);
	}
	snprintf(symbols, sizeof symbols, "/tmp/perf-%u.map", mmap->pid);
	if (is_anonymous(mmap->filename) ||
	    (is_named_memory(mmap->filename) && build_id.size == 0 &&
	     jit_map_is_there(&profile->objects.search, symbols))) {
		map->absolute = true;
		map->object = objects_get(&profile->objects, OBJECT_ANON, symbols, NULL);
	} else {
		map->object = objects_get(&profile->objects, OBJECT_USER, mmap->filename,
					  build_id.size ? &build_id : NULL);
	}
	space_map(&task->space, &profile->versions, map);
}

static bool is_kernel(const struct perfdata_record *record)
{
	return record->mmap.pid == UINT32_MAX ||
	       (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL;
}

static void apply_mmap(struct sideband *sideband, const struct perfdata_record *record,
		       const struct effect *effect)
{
	const struct perfdata_mmap *mmap = &record->mmap;
	struct map map = {.start = mmap->addr,
			  .end = mmap->len > UINT64_MAX - mmap->addr ? UINT64_MAX
								     : mmap->addr + mmap->len,
			  .offset = mmap->pgoff};

	if (effect->task == TASK_KERNEL)
		map_kernel(sideband, mmap, &map);
	else
		map_user(sideband, mmap, &map, sideband->profile->tasks.tasks[effect->task]);
}

/* Apply what a record says of tasks. */
static struct effect apply_task(struct sideband *sideband, const struct perfdata_record *record)
{
	struct tasks *tasks = &sideband->profile->tasks;
	const struct perfdata_task *task = &record->task;
	struct effect effect = {.task = TASK_NONE, .from = TASK_NONE};
	struct task *copy, *parent;

	switch (record->type) {
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		if (is_kernel(record))
			effect.task = TASK_KERNEL;
		else
			effect.task =
			    tasks_thread(tasks, record->mmap.pid, record->mmap.tid)->task->index;
		break;
	case PERF_RECORD_COMM:
		tasks_name(tasks, record->comm.pid, record->comm.tid, record->comm.comm);
		break;
	case PERF_RECORD_FORK:
		parent = tasks_thread(tasks, task->ppid, task->ptid)->task;
		copy = tasks_fork(tasks, task->pid, task->tid, task->ppid, task->ptid,
				  !(record->misc & MISC_FORK_EXEC));
		if (copy != NULL)
			effect = (struct effect){.task = copy->index, .from = parent->index};
		break;
	}
	return effect;
}

void sideband_init(struct sideband *sideband, struct profile *profile, const struct perfdata *file,
		   const struct survey *survey)
{
	const struct order *order = &survey->sideband;
	struct perfdata_record record;

	*sideband = (struct sideband){.profile = profile, .file = file, .survey = survey};
	sideband->effects = must_calloc(order->nr, sizeof *sideband->effects);
	for (size_t i = 0; i < order->nr; i++) {
		struct effect *effect = &sideband->effects[i];

		*effect = (struct effect){.task = TASK_NONE, .from = TASK_NONE};
		if (!survey_record(survey, file, order->list[i].pos, &record))
			continue;
		profile->tasks.now = order->list[i];
		*effect = apply_task(sideband, &record);
		if (effect->task != TASK_NONE)
			history_maps(&profile->history,
				     &(struct maps_change){.since = order->list[i],
							   .task = effect->task,
							   .epoch = i + 1});
	}
	history_sort(&profile->history);
}

void sideband_free(struct sideband *sideband)
{
	free(sideband->effects);
	memset(sideband, 0, sizeof *sideband);
}

void sideband_go(struct sideband *sideband, size_t epoch)
{
	struct profile *profile = sideband->profile;
	struct task **tasks = profile->tasks.tasks;
	struct perfdata_record record;

	for (; sideband->next < epoch; sideband->next++) {
		const struct effect *effect = &sideband->effects[sideband->next];
		uint64_t pos = sideband->survey->sideband.list[sideband->next].pos;

		if (effect->task == TASK_NONE)
			continue;
		if (effect->from != TASK_NONE)
			space_copy(&tasks[effect->task]->space, &profile->versions,
				   &tasks[effect->from]->space);
		else if (survey_record(sideband->survey, sideband->file, pos, &record))
			apply_mmap(sideband, &record, effect);
	}
}

size_t sideband_epoch(const struct sideband *sideband, const struct order_entry *at)
{
	const struct order *order = &sideband->survey->sideband;
	size_t low = 0, high = order->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (order_before(at, &order->list[middle]))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}
