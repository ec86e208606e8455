/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc.h"
#include "survey.h"

#define RANGE_MAX (1 << 20) /* bytes after which a range ends, so that work can be shared */

struct surveying {
	struct survey *survey;
	struct profile *profile;
	const struct perfdata *file;
	bool spooling;
	struct failure *failure;
};

static void count_lost(const struct surveying *surveying, const struct perfdata_record *record)
{
	struct profile *profile = surveying->profile;
	const struct perfdata_event *event = record->event;

	if (record->type == PERF_RECORD_LOST)
		event = perfdata_event_by_id(surveying->file, record->lost.id);
	if (event == NULL)
		event = record->event;
	if (event != NULL)
		profile->events[event->index].lost += record->lost.lost;
	else
		profile->lost_unassigned += record->lost.lost;
}

static void add_range(struct survey *survey, uint64_t begin, uint64_t end)
{
	struct range *last = survey->nr_ranges ? &survey->ranges[survey->nr_ranges - 1] : NULL;

	if (begin == end)
		return;
	survey->sample_bytes += end - begin;
	if (last != NULL && last->end == begin && end - last->begin <= RANGE_MAX) {
		last->end = end;
		return;
	}
	survey->ranges = must_grow(survey->ranges, &survey->ranges_capacity, survey->nr_ranges + 1,
				   sizeof *survey->ranges);
	survey->ranges[survey->nr_ranges++] = (struct range){begin, end};
}

/* Where the record will be found again. */
static bool keep(struct surveying *surveying, const struct perfdata_record *record, uint64_t *pos)
{
	struct spool *spool = &surveying->survey->spool;

	*pos = record->offset;
	if (!surveying->spooling)
		return true;
	*pos = spool->size;
	/* The header stands before the body, in this machine's byte order. */
	return spool_add(spool, record->body - sizeof(struct perf_event_header), record->size,
			 surveying->failure);
}

/* A record that is no sample. */
static bool note(struct surveying *surveying, struct perfdata_record *record)
{
	uint64_t time, pos;

	if (record->type >= PERF_RECORD_USER_FIRST)
		return true;
	if (!perfdata_decode(surveying->file, record)) {
		surveying->profile->damaged++;
		return true;
	}
	switch (record->type) {
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
	case PERF_RECORD_COMM:
	case PERF_RECORD_FORK:
		if (!keep(surveying, record, &pos))
			return false;
		time = record->id.present & PERF_SAMPLE_TIME ? record->id.time : 0;
		order_add(&surveying->survey->sideband, time == UINT64_MAX ? 0 : time, pos);
		break;
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		count_lost(surveying, record);
		break;
	case PERF_RECORD_THROTTLE:
		if (record->event != NULL)
			surveying->profile->events[record->event->index].throttles++;
		break;
	}
	return true;
}

void survey_incomplete(struct profile *profile, const char *why)
{
	if (profile->incomplete == NULL)
		profile->incomplete = must_copy(why, strlen(why));
}

/* Records that are the file's own bytes; END or TRUNCATED ends them, and OK: a
   record has to be unpacked. */
static enum perfdata_status walk(struct surveying *surveying, struct perfdata_error *error)
{
	struct survey *survey = surveying->survey;
	struct perfdata_cursor cursor;
	struct perfdata_record record;
	enum perfdata_status status;

	perfdata_rewind(surveying->file, &cursor);
	for (;;) {
		uint64_t begin = cursor.pos;

		if (perfdata_skip_samples(surveying->file, &cursor, begin + RANGE_MAX)) {
			add_range(survey, begin, cursor.pos);
			if (cursor.pos - begin >= RANGE_MAX)
				survey_forget(survey, &(struct range){begin, cursor.pos});
			continue;
		}
		status = perfdata_step(surveying->file, &cursor, &record, error);
		if (perfdata_unpacked(&cursor)) {
			status = PERFDATA_OK;
			break;
		}
		if (status == PERFDATA_CORRUPT) {
			surveying->profile->damaged++;
			if (record.size == 0)
				break;
		} else if (status != PERFDATA_OK) {
			break;
		} else {
			note(surveying, &record);
		}
	}
	perfdata_cursor_free(&cursor);
	return status;
}

/* All records, unpacked into the spool; false: it is full. */
static bool walk_packed(struct surveying *surveying, enum perfdata_status *status,
			struct perfdata_error *error)
{
	struct survey *survey = surveying->survey;
	struct perfdata_cursor cursor;
	struct perfdata_record record;
	bool good = true;
	uint64_t pos;

	perfdata_rewind(surveying->file, &cursor);
	while (good) {
		*status = perfdata_step(surveying->file, &cursor, &record, error);
		if (*status == PERFDATA_CORRUPT) {
			surveying->profile->damaged++;
			if (record.size == 0)
				break;
		} else if (*status != PERFDATA_OK) {
			break;
		} else if (record.type == PERF_RECORD_SAMPLE) {
			good = keep(surveying, &record, &pos);
			add_range(survey, pos, pos + record.size);
		} else {
			good = note(surveying, &record);
		}
	}
	perfdata_cursor_free(&cursor);
	return good;
}

/* Begin again, with what the first records told forgotten. */
static bool begin_packed(struct surveying *surveying)
{
	struct profile *profile = surveying->profile;
	struct survey *survey = surveying->survey;

	survey->sideband.nr = 0;
	survey->nr_ranges = 0;
	survey->sample_bytes = 0;
	profile->damaged = 0;
	profile->lost_unassigned = 0;
	for (size_t i = 0; i < profile->nr_events; i++)
		profile->events[i].lost = profile->events[i].throttles = 0;
	surveying->spooling = true;
	return spool_open(&survey->spool, surveying->failure);
}

bool survey_make(struct survey *survey, struct profile *profile, const struct perfdata *file,
		 struct failure *failure)
{
	struct surveying surveying = {
	    .survey = survey, .profile = profile, .file = file, .failure = failure};
	struct perfdata_error error = {.text = ""};
	enum perfdata_status status;

	*survey = (struct survey){.bytes = file->base, .spool = {.fd = -1}};
	status = walk(&surveying, &error);
	if (status == PERFDATA_OK) {
		if (!begin_packed(&surveying) || !walk_packed(&surveying, &status, &error) ||
		    !spool_map(&survey->spool, failure))
			return false;
		survey->bytes = survey->spool.map;
	}
	if (status == PERFDATA_TRUNCATED || status == PERFDATA_NO_MEMORY)
		survey_incomplete(profile, error.text);
	if (file->truncated)
		survey_incomplete(profile, "the file was cut; read up to the cut");
	if (file->unfinished)
		survey_incomplete(profile, "the recorder did not finish the file");
	order_sort(&survey->sideband);
	return true;
}

void survey_forget(const struct survey *survey, const struct range *range)
{
	const uintptr_t page = sysconf(_SC_PAGESIZE);
	uintptr_t begin = ((uintptr_t)survey->bytes + range->begin + page - 1) / page * page;
	uintptr_t end = ((uintptr_t)survey->bytes + range->end) / page * page;

	if (begin < end)
		madvise((void *)begin, end - begin, MADV_DONTNEED);
}

void survey_free(struct survey *survey)
{
	spool_close(&survey->spool);
	order_free(&survey->sideband);
	free(survey->ranges);
	memset(survey, 0, sizeof *survey);
}

bool survey_record(const struct survey *survey, const struct perfdata *file, uint64_t pos,
		   struct perfdata_record *record)
{
	struct perf_event_header header;

	memcpy(&header, survey->bytes + pos, sizeof header);
	record->offset = pos;
	record->type = header.type;
	record->misc = header.misc;
	record->size = header.size;
	record->body = survey->bytes + pos + sizeof header;
	return perfdata_decode(file, record);
}
