/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing the perf.data. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit_codes.h"
#include "recording.h"

static int cannot_write(const struct recording *recording, int error)
{
	return fail(EXIT_OUTPUT, "cannot write %s: %s", recording->path, strerror(error));
}

/* Write all of it, at offset if that is not negative; 0 or errno. */
static int write_all(int fd, const void *bytes, size_t size, off_t offset)
{
	const char *at = bytes;

	while (size) {
		ssize_t wrote = offset < 0 ? write(fd, at, size) : pwrite(fd, at, size, offset);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return errno;
		at += wrote;
		size -= wrote;
		if (offset >= 0)
			offset += wrote;
	}
	return 0;
}

/* A nameless file for a target that cannot be renamed over (a device, a FIFO). */
static int create_nameless(struct recording *recording)
{
	const char *place = getenv("TMPDIR");
	char *name;

	if (asprintf(&name, "%s/perfrec-XXXXXX", place && *place ? place : "/tmp") < 0)
		return fail(EXIT_HOST, "out of memory");
	recording->fd = mkostemp(name, O_CLOEXEC);
	if (recording->fd >= 0)
		unlink(name);
	free(name);
	return recording->fd < 0 ? cannot_write(recording, errno) : EXIT_GOOD;
}

int recording_create(struct recording *recording, const char *path)
{
	struct stat status;

	memset(recording, 0, sizeof(*recording));
	recording->path = path;
	recording->fd = -1;
	recording->last_cpu = -1;
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return cannot_write(recording, EISDIR);
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return create_nameless(recording);
	if (asprintf(&recording->temporary, "%s.XXXXXX", path) < 0) {
		recording->temporary = NULL;
		return fail(EXIT_HOST, "out of memory");
	}
	recording->fd = mkostemp(recording->temporary, O_CLOEXEC);
	if (recording->fd >= 0)
		return EXIT_GOOD;
	free(recording->temporary);
	recording->temporary = NULL;
	return cannot_write(recording, errno);
}

static int append(struct recording *recording, const void *bytes, size_t size)
{
	int error = write_all(recording->fd, bytes, size, -1);

	if (error)
		return cannot_write(recording, error);
	recording->size += size;
	return EXIT_GOOD;
}

static int append_buffer(struct recording *recording, const struct perfdata_buffer *buffer)
{
	if (buffer->failed)
		return fail(EXIT_HOST, "out of memory");
	return append(recording, buffer->data, buffer->size);
}

int recording_begin(struct recording *recording, const struct perfdata_write_event *events,
		    uint32_t nr_events, const struct perfdata_buffer *first)
{
	const struct perfdata_facts nothing = {0};
	struct perfdata_buffer header = {0};
	int code;

	perfdata_put_header(&header, events, nr_events, &nothing, 0);
	recording->header_size = header.size;
	code = append_buffer(recording, &header);
	perfdata_buffer_free(&header);
	return code ? code : append_buffer(recording, first);
}

/* The bytes at the beginning that are whole records; false: they are no records. */
static bool whole_records(const uint8_t *bytes, size_t size, size_t *whole)
{
	struct perf_event_header header;

	for (*whole = 0; size - *whole >= sizeof(header); *whole += header.size) {
		memcpy(&header, bytes + *whole, sizeof(header));
		if (header.size < sizeof(header) || header.size % 8 != 0)
			return false;
		if (header.size > size - *whole)
			break;
	}
	return true;
}

/* Records of one CPU come in order; between two rounds over all CPUs stands a
   FINISHED_ROUND, so that readers need not hold everything to sort it. */
static int mark_round(struct recording *recording, int cpu)
{
	struct perfdata_buffer round = {0};
	int code = EXIT_GOOD;

	if (cpu <= recording->last_cpu) {
		perfdata_put_finished_round(&round);
		code = append_buffer(recording, &round);
		perfdata_buffer_free(&round);
	}
	recording->last_cpu = cpu;
	return code;
}

int recording_append(struct recording *recording, unsigned int cpu, const void *bytes, size_t size)
{
	struct perfdata_buffer *carry;
	size_t whole;
	int code;

	if (cpu >= RECORDING_MAX_CPUS)
		return fail(EXIT_SESSION, "the agent sent records of CPU %u", cpu);
	carry = &recording->carry[cpu];
	if (carry->size == 0) {
		code = mark_round(recording, cpu);
		if (code)
			return code;
	} else {
		perfdata_put(carry, bytes, size);
		if (carry->failed)
			return fail(EXIT_HOST, "out of memory");
		bytes = carry->data;
		size = carry->size;
	}
	if (!whole_records(bytes, size, &whole))
		return fail(EXIT_SESSION, "the agent sent a malformed record (of CPU %u)", cpu);
	code = append(recording, bytes, whole);
	if (bytes == carry->data) {
		memmove(carry->data, carry->data + whole, size - whole);
		carry->size = size - whole;
	} else {
		perfdata_put(carry, (const uint8_t *)bytes + whole, size - whole);
	}
	return carry->failed ? fail(EXIT_HOST, "out of memory") : code;
}

/* Note the build-id of a map, once for each object. */
static bool note_build_id(struct recording_totals *totals, const struct perfdata_record *record)
{
	const struct perfdata_mmap *map = &record->mmap;
	bool kernel = (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL;
	struct perfdata_build_id *grown;
	uint32_t n;

	if (map->build_id_size == 0 || !(map->prot & 4))
		return true;
	for (n = 0; n < totals->nr_build_ids; n++)
		if (!memcmp(totals->build_ids[n].id, map->build_id, sizeof(map->build_id)))
			return true;
	grown = realloc(totals->build_ids, (n + 1) * sizeof(*grown));
	if (!grown)
		return false;
	totals->build_ids = grown;
	totals->nr_build_ids++;
	memset(&grown[n], 0, sizeof(grown[n]));
	grown[n].pid = kernel ? UINT32_MAX : map->pid;
	grown[n].misc = kernel ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER;
	grown[n].size = map->build_id_size;
	memcpy(grown[n].id, map->build_id, sizeof(map->build_id));
	grown[n].filename = strdup(kernel ? "[kernel.kallsyms]" : map->filename);
	return grown[n].filename != NULL;
}

static void note_sample(struct recording_totals *totals, const struct perfdata_record *record)
{
	const uint64_t time = record->id.time;

	totals->samples++;
	totals->event_samples[record->event->index]++;
	if (totals->samples == 1 || time < totals->first_time)
		totals->first_time = time;
	if (time > totals->last_time)
		totals->last_time = time;
}

/* Read every record. */
static int sum_records(const struct perfdata *file, struct recording_totals *totals)
{
	struct perfdata_cursor cursor; /* ours is never packed: nothing to free */
	struct perfdata_record record;
	struct perfdata_error error;
	enum perfdata_status status;

	perfdata_rewind(file, &cursor);
	while ((status = perfdata_next(file, &cursor, &record, &error)) == PERFDATA_OK) {
		if (record.type == PERF_RECORD_SAMPLE && !record.event)
			return fail(EXIT_SESSION, "the kernel wrote a sample of no event");
		if (record.type == PERF_RECORD_SAMPLE)
			note_sample(totals, &record);
		else if (record.type == PERF_RECORD_LOST)
			totals->lost += record.lost.lost;
		else if (record.type == PERF_RECORD_MMAP2 && !note_build_id(totals, &record))
			return fail(EXIT_HOST, "out of memory");
	}
	if (status != PERFDATA_END)
		return fail(EXIT_SESSION, "the kernel wrote a malformed record: %s", error.text);
	return EXIT_GOOD;
}

int recording_sum(struct recording *recording, struct recording_totals *totals)
{
	struct perfdata_error error;
	struct perfdata *file;
	void *bytes;
	unsigned int cpu;
	int code;

	memset(totals, 0, sizeof(*totals));
	for (cpu = 0; cpu < RECORDING_MAX_CPUS; cpu++)
		if (recording->carry[cpu].size)
			return fail(EXIT_SESSION, "the agent stopped inside a record (of CPU %u)",
				    cpu);
	bytes = mmap(NULL, recording->size, PROT_READ, MAP_PRIVATE, recording->fd, 0);
	if (bytes == MAP_FAILED)
		return fail(EXIT_HOST, "cannot read %s back: %s", recording->path, strerror(errno));
	if (perfdata_open(&file, bytes, recording->size, &error) == PERFDATA_OK) {
		code = sum_records(file, totals);
		perfdata_close(file);
	} else {
		code = fail(EXIT_HOST, "cannot read %s back: %s", recording->path, error.text);
	}
	munmap(bytes, recording->size);
	return code;
}

/* Give the finished file its name. */
static int put_in_place(struct recording *recording)
{
	struct stat status;
	char *old;

	if (stat(recording->path, &status) == 0) {
		if (asprintf(&old, "%s.old", recording->path) < 0)
			return fail(EXIT_HOST, "out of memory");
		if (rename(recording->path, old))
			say("cannot keep the older %s as %s: %s", recording->path, old,
			    strerror(errno));
		free(old);
	}
	if (rename(recording->temporary, recording->path))
		return cannot_write(recording, errno);
	free(recording->temporary);
	recording->temporary = NULL;
	return EXIT_GOOD;
}

/* Copy the finished nameless file to its target. */
static int copy_out(struct recording *recording)
{
	int out = open(recording->path, O_WRONLY | O_CLOEXEC), error = 0;
	char bytes[65536];
	off_t at = 0;
	ssize_t got;

	if (out < 0)
		return cannot_write(recording, errno);
	while (!error && (got = pread(recording->fd, bytes, sizeof(bytes), at)) > 0) {
		error = write_all(out, bytes, got, -1);
		at += got;
	}
	if (close(out) && !error)
		error = errno;
	return error ? cannot_write(recording, error) : EXIT_GOOD;
}

int recording_finish(struct recording *recording, const struct perfdata_write_event *events,
		     uint32_t nr_events, const struct perfdata_facts *facts)
{
	const uint64_t data_size = recording->size - recording->header_size;
	struct perfdata_buffer header = {0}, features = {0};
	int code, error;

	perfdata_put_header(&header, events, nr_events, facts, data_size);
	perfdata_put_features(&features, events, nr_events, facts, recording->size);
	code = append_buffer(recording, &features);
	if (code == EXIT_GOOD && header.failed)
		code = fail(EXIT_HOST, "out of memory");
	if (code == EXIT_GOOD) {
		error = write_all(recording->fd, header.data, header.size, 0);
		if (error)
			code = cannot_write(recording, error);
	}
	perfdata_buffer_free(&header);
	perfdata_buffer_free(&features);
	if (code)
		return code;
	return recording->temporary ? put_in_place(recording) : copy_out(recording);
}

void recording_close(struct recording *recording)
{
	unsigned int cpu;

	if (recording->temporary)
		unlink(recording->temporary);
	free(recording->temporary);
	recording->temporary = NULL;
	if (recording->fd >= 0)
		close(recording->fd);
	recording->fd = -1;
	for (cpu = 0; cpu < RECORDING_MAX_CPUS; cpu++)
		perfdata_buffer_free(&recording->carry[cpu]);
}

void recording_free_totals(struct recording_totals *totals)
{
	uint32_t n;

	for (n = 0; n < totals->nr_build_ids; n++)
		free((char *)totals->build_ids[n].filename);
	free(totals->build_ids);
	memset(totals, 0, sizeof(*totals));
}
