/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records: one after the other, and what is in each. */
#include <inttypes.h>

#include "internal.h"

static void decode_mmap(struct perfdata_record *record, struct span *body)
{
	struct perfdata_mmap *map = &record->mmap;

	map->pid = take_u32(body);
	map->tid = take_u32(body);
	map->addr = take_u64(body);
	map->len = take_u64(body);
	map->pgoff = take_u64(body);
	map->is_data = record->misc & PERF_RECORD_MISC_MMAP_DATA;
}

static void decode_mmap2(struct perfdata_record *record, struct span *body)
{
	struct perfdata_mmap *map = &record->mmap;
	const uint8_t *bytes;

	decode_mmap(record, body);
	bytes = take_bytes(body, 24);
	if (bytes && record->misc & PERF_RECORD_MISC_MMAP_BUILD_ID) {
		map->build_id_size = bytes[0];
		if (map->build_id_size > sizeof(map->build_id)) {
			map->build_id_size = 0;
			body->bad = true;
		}
		memcpy(map->build_id, bytes + 4, map->build_id_size);
	} else if (bytes) {
		map->dev_major = load_u32(bytes);
		map->dev_minor = load_u32(bytes + 4);
		map->ino = load_u64(bytes + 8);
		map->ino_generation = load_u64(bytes + 16);
	}
	map->prot = take_u32(body);
	map->flags = take_u32(body);
}

static void decode_comm(struct perfdata_record *record, struct span *body)
{
	record->comm.pid = take_u32(body);
	record->comm.tid = take_u32(body);
	record->comm.comm = take_string(body);
	record->comm.exec = record->misc & PERF_RECORD_MISC_COMM_EXEC;
}

static void decode_task(struct perfdata_record *record, struct span *body)
{
	record->task.pid = take_u32(body);
	record->task.ppid = take_u32(body);
	record->task.tid = take_u32(body);
	record->task.ptid = take_u32(body);
	record->task.time = take_u64(body);
}

static void decode_throttle(struct perfdata_record *record, struct span *body)
{
	record->throttle.time = take_u64(body);
	record->throttle.id = take_u64(body);
	record->throttle.stream_id = take_u64(body);
}

static void decode_ksymbol(struct perfdata_record *record, struct span *body)
{
	const uint8_t *bytes;

	record->ksymbol.addr = take_u64(body);
	record->ksymbol.len = take_u32(body);
	bytes = take_bytes(body, 4);
	if (bytes) {
		memcpy(&record->ksymbol.ksym_type, bytes, 2);
		memcpy(&record->ksymbol.flags, bytes + 2, 2);
	}
	record->ksymbol.name = take_string(body);
}

/* Decode the body of a kernel's record that is no sample. */
static bool decode_body(struct perfdata_record *record, struct span *body)
{
	switch (record->type) {
	case PERF_RECORD_MMAP:
		decode_mmap(record, body);
		record->mmap.filename = take_string(body);
		break;
	case PERF_RECORD_MMAP2:
		decode_mmap2(record, body);
		record->mmap.filename = take_string(body);
		break;
	case PERF_RECORD_COMM:
		decode_comm(record, body);
		break;
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		decode_task(record, body);
		break;
	case PERF_RECORD_LOST:
		record->lost.id = take_u64(body);
		record->lost.lost = take_u64(body);
		break;
	case PERF_RECORD_LOST_SAMPLES:
		record->lost.lost = take_u64(body);
		break;
	case PERF_RECORD_THROTTLE:
	case PERF_RECORD_UNTHROTTLE:
		decode_throttle(record, body);
		break;
	case PERF_RECORD_SWITCH_CPU_WIDE:
		record->context_switch.next_prev_pid = take_u32(body);
		record->context_switch.next_prev_tid = take_u32(body);
		/* fall through */
	case PERF_RECORD_SWITCH:
		record->context_switch.out = record->misc & PERF_RECORD_MISC_SWITCH_OUT;
		break;
	case PERF_RECORD_KSYMBOL:
		decode_ksymbol(record, body);
		break;
	}
	return !body->bad;
}

/* The event a record belongs to; id 0 is the first, as the recorder's own
   records have no id. */
static const struct perfdata_event *event_of(const struct perfdata *file,
					     const struct perfdata_record *record)
{
	const struct perfdata_index *index = file->index;
	uint64_t words = (record->size - 8) / 8;
	uint64_t id;

	if (index->place == ID_FIRST_EVENT)
		return &file->events[0];
	if (record->type == PERF_RECORD_SAMPLE) {
		if (index->sample_words >= words)
			return NULL;
		id = load_u64(record->body + index->sample_words * 8);
	} else {
		if (!(file->events[0].attr.flags & PERF_ATTR_SAMPLE_ID_ALL))
			return &file->events[0];
		if (index->tail_words > words)
			return NULL;
		id = load_u64(record->body + record->size - 8 - index->tail_words * 8);
	}
	return id == 0 ? &file->events[0] : perfdata_event_by_id(file, id);
}

/* Decode a record whose header is filled; the body's bytes are there. */
static bool decode(const struct perfdata *file, struct perfdata_record *record)
{
	struct span body = {record->body, record->body + record->size - 8, false};

	if (record->type >= PERF_RECORD_USER_FIRST)
		return true;
	record->event = event_of(file, record);
	if (record->type == PERF_RECORD_SAMPLE)
		return !record->event || perfdata_decode_sample(record);
	if (record->event)
		perfdata_decode_sample_id(record, &body);
	return decode_body(record, &body);
}

void perfdata_rewind(const struct perfdata *file, struct perfdata_cursor *cursor)
{
	cursor->pos = file->data_offset;
}

enum perfdata_status perfdata_next(const struct perfdata *file, struct perfdata_cursor *cursor,
				   struct perfdata_record *record, struct perfdata_error *error)
{
	const uint64_t end = file->data_offset + file->data_size;
	const uint64_t pos = cursor->pos;
	struct perf_event_header header;

	memset(record, 0, sizeof(*record));
	record->offset = pos;
	if (pos >= end)
		return PERFDATA_END;
	cursor->pos = end;
	if (end - pos < sizeof(header))
		return perfdata_fail(error, PERFDATA_TRUNCATED, pos,
				     "cut inside the header of the record at %" PRIu64, pos);
	memcpy(&header, file->base + pos, sizeof(header));
	if (header.size < sizeof(header))
		return perfdata_fail(error, PERFDATA_CORRUPT, pos, "record of %u bytes at %" PRIu64,
				     header.size, pos);
	if (header.size > end - pos)
		return perfdata_fail(error, PERFDATA_TRUNCATED, pos,
				     "cut inside the %s record at %" PRIu64,
				     perfdata_record_name(header.type), pos);
	cursor->pos = pos + header.size;
	record->type = header.type;
	record->misc = header.misc;
	record->size = header.size;
	record->body = file->base + pos + sizeof(header);
	if (header.type == PERF_RECORD_COMPRESSED || header.type == PERF_RECORD_COMPRESSED2)
		return perfdata_fail(error, PERFDATA_UNSUPPORTED, pos,
				     "compressed records (perf record -z)");
	if (!decode(file, record))
		return perfdata_fail(error, PERFDATA_CORRUPT, pos,
				     "%s record at %" PRIu64 " contradicts itself",
				     perfdata_record_name(header.type), pos);
	return PERFDATA_OK;
}
