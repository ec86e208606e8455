/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in each record. */
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

static void decode_bpf_event(struct perfdata_record *record, struct span *body)
{
	record->bpf_event.type = take_u16(body);
	record->bpf_event.flags = take_u16(body);
	record->bpf_event.id = take_u32(body);
	record->bpf_event.tag = take_bytes(body, 8);
}

static void decode_text_poke(struct perfdata_record *record, struct span *body)
{
	struct perfdata_text_poke *poke = &record->text_poke;

	poke->addr = take_u64(body);
	poke->old_len = take_u16(body);
	poke->new_len = take_u16(body);
	poke->bytes = take_bytes(body, (uint64_t)poke->old_len + poke->new_len);
}

/* The records that few recordings have. */
static void decode_rare(struct perfdata_record *record, struct span *body)
{
	switch (record->type) {
	case PERF_RECORD_NAMESPACES:
		record->namespaces.pid = take_u32(body);
		record->namespaces.tid = take_u32(body);
		record->namespaces.nr = take_u64(body);
		record->namespaces.links = take_words(body, record->namespaces.nr, 2);
		break;
	case PERF_RECORD_BPF_EVENT:
		decode_bpf_event(record, body);
		break;
	case PERF_RECORD_CGROUP:
		record->cgroup.id = take_u64(body);
		record->cgroup.path = take_string(body);
		break;
	case PERF_RECORD_TEXT_POKE:
		decode_text_poke(record, body);
		break;
	case PERF_RECORD_AUX:
		record->aux.offset = take_u64(body);
		record->aux.size = take_u64(body);
		record->aux.flags = take_u64(body);
		break;
	case PERF_RECORD_READ:
		record->read.pid = take_u32(body);
		record->read.tid = take_u32(body);
		record->read.values = body->pos;
		record->read.size = span_left(body);
		break;
	}
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
	default:
		decode_rare(record, body);
		break;
	}
	return !body->bad;
}

const struct perfdata_event *perfdata_event_of(const struct perfdata *file, uint32_t type,
					       const uint8_t *body, uint64_t size, bool swapped)
{
	const struct perfdata_index *index = file->index;
	uint64_t words = size / 8;
	uint64_t id;

	if (index->place == ID_FIRST_EVENT)
		return &file->events[0];
	if (type == PERF_RECORD_SAMPLE) {
		if (index->sample_words >= words)
			return NULL;
		id = load_u64(body + index->sample_words * 8);
	} else {
		if (!(file->events[0].attr.flags & PERF_ATTR_SAMPLE_ID_ALL))
			return &file->events[0];
		if (index->tail_words > words)
			return NULL;
		id = load_u64(body + size - index->tail_words * 8);
	}
	if (swapped)
		id = __builtin_bswap64(id);
	return id == 0 ? &file->events[0] : perfdata_event_by_id(file, id);
}

bool perfdata_decode(const struct perfdata *file, struct perfdata_record *record)
{
	struct span body = {record->body, record->body + record->size - 8, false, false};

	record->event = NULL;
	memset(&record->id, 0, sizeof(record->id));
	memset(&record->sample, 0, sizeof(record->sample));
	if (record->type >= PERF_RECORD_USER_FIRST)
		return true;
	record->event =
	    perfdata_event_of(file, record->type, record->body, record->size - 8, false);
	if (record->type == PERF_RECORD_SAMPLE)
		return !record->event || perfdata_decode_sample(record);
	if (record->event)
		perfdata_decode_sample_id(record, &body);
	return decode_body(record, &body);
}

enum perfdata_status perfdata_next(const struct perfdata *file, struct perfdata_cursor *cursor,
				   struct perfdata_record *record, struct perfdata_error *error)
{
	enum perfdata_status status = perfdata_step(file, cursor, record, error);

	if (status != PERFDATA_OK || perfdata_decode(file, record))
		return status;
	return perfdata_fail(error, PERFDATA_CORRUPT, record->offset,
			     "%s record at %" PRIu64 " contradicts itself",
			     perfdata_record_name(record->type), record->offset);
}
