/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "threads.h"

struct read_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t value, time_enabled, time_running, id;
};

static struct thread_count *row_of(struct threads *threads, uint32_t pid, uint32_t tid)
{
	struct thread_count *more;
	unsigned int n;

	for (n = 0; n < threads->nr; n++)
		if (threads->rows[n].pid == pid && threads->rows[n].tid == tid)
			return &threads->rows[n];
	more = realloc(threads->rows, (threads->nr + 1) * sizeof(*more));
	if (!more)
		return NULL;
	threads->rows = more;
	more += threads->nr++;
	memset(more, 0, sizeof(*more));
	more->pid = pid;
	more->tid = tid;
	return more;
}

static const char *take_read(struct threads *threads, const struct read_record *record,
			     const uint64_t *ids, unsigned int nr_events)
{
	struct perf_event_values *values;
	struct thread_count *row;
	unsigned int n;

	if (record->header.size < sizeof(*record))
		return "a READ record is too short";
	for (n = 0; n < nr_events && ids[n] != record->id; n++)
		;
	if (n == nr_events)
		return "a READ record is of no event";
	row = row_of(threads, record->pid, record->tid);
	if (!row)
		return "out of memory";
	row->counted = true;
	values = &row->values[n];
	values->value += record->value;
	values->time_enabled += record->time_enabled;
	values->time_running += record->time_running;
	return NULL;
}

static const char *take_comm(struct threads *threads, const struct perf_record_comm *record)
{
	const size_t length = record->header.size - sizeof(*record);
	struct thread_count *row;

	if (record->header.size < sizeof(*record))
		return "a COMM record is too short";
	row = row_of(threads, record->pid, record->tid);
	if (!row)
		return "out of memory";
	memset(row->comm, 0, sizeof(row->comm));
	memcpy(row->comm, record + 1, length < COMM_SIZE ? length : COMM_SIZE - 1);
	return NULL;
}

static const char *take_record(struct threads *threads, const struct perf_event_header *header,
			       const uint64_t *ids, unsigned int nr_events)
{
	switch (header->type) {
	case PERF_RECORD_READ:
		return take_read(threads, (const void *)header, ids, nr_events);
	case PERF_RECORD_COMM:
		return take_comm(threads, (const void *)header);
	case PERF_RECORD_LOST:
		return "some were lost: the ring was full";
	}
	return NULL;
}

const char *threads_take(struct threads *threads, unsigned int cpu, const void *bytes, size_t size,
			 const uint64_t *ids, unsigned int nr_events)
{
	union {
		struct perf_event_header header;
		uint64_t words[8192]; /* the largest record, aligned */
	} record;
	struct text *pending;
	size_t at = 0;
	const char *wrong = NULL;

	if (cpu >= THREADS_MOST_CPUS)
		return "records of no processor";
	pending = &threads->pending[cpu];
	text_add(pending, bytes, size);
	if (pending->failed)
		return "out of memory";
	while (!wrong && pending->size - at >= sizeof(record.header)) {
		memcpy(&record.header, pending->bytes + at, sizeof(record.header));
		if (record.header.size < sizeof(record.header) || record.header.size % 8)
			return "a record of nonsense";
		if (record.header.size > pending->size - at)
			break;
		memcpy(&record, pending->bytes + at, record.header.size);
		wrong = take_record(threads, &record.header, ids, nr_events);
		at += record.header.size;
	}
	memmove(pending->bytes, pending->bytes + at, pending->size - at);
	pending->size -= at;
	return wrong;
}

static int by_birth(const void *a, const void *b)
{
	const struct thread_count *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

/* A thread without a name goes by that of its task, told under its number. */
static void name_by_task(const struct threads *threads, struct thread_count *row)
{
	unsigned int n;

	for (n = 0; n < threads->nr; n++)
		if (threads->rows[n].pid == row->pid && threads->rows[n].tid == row->pid)
			memcpy(row->comm, threads->rows[n].comm, COMM_SIZE);
}

bool threads_finish(struct threads *threads)
{
	unsigned int n, nr = 0, cpu;

	for (cpu = 0; cpu < THREADS_MOST_CPUS; cpu++)
		if (threads->pending[cpu].size)
			return false;
	for (n = 0; n < threads->nr; n++)
		if (!threads->rows[n].comm[0])
			name_by_task(threads, &threads->rows[n]);
	for (n = 0; n < threads->nr; n++)
		if (threads->rows[n].counted)
			threads->rows[nr++] = threads->rows[n];
	threads->nr = nr;
	if (nr)
		qsort(threads->rows, nr, sizeof(*threads->rows), by_birth);
	return true;
}

void threads_free(struct threads *threads)
{
	unsigned int cpu;

	for (cpu = 0; cpu < THREADS_MOST_CPUS; cpu++)
		text_free(&threads->pending[cpu]);
	free(threads->rows);
	memset(threads, 0, sizeof(*threads));
}
