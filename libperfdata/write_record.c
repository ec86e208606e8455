/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records a recorder makes itself. */
#include "write_internal.h"

static void put_tail(struct perfdata_buffer *buffer, const struct perfdata_write_id *tail)
{
	const uint64_t type = tail->sample_type;
	const struct perfdata_sample_id *id = &tail->id;

	if (type & PERF_SAMPLE_TID) {
		put_u32(buffer, id->pid);
		put_u32(buffer, id->tid);
	}
	if (type & PERF_SAMPLE_TIME)
		put_u64(buffer, id->time);
	if (type & PERF_SAMPLE_ID)
		put_u64(buffer, id->id);
	if (type & PERF_SAMPLE_STREAM_ID)
		put_u64(buffer, id->stream_id);
	if (type & PERF_SAMPLE_CPU) {
		put_u32(buffer, id->cpu);
		put_u32(buffer, 0);
	}
	if (type & PERF_SAMPLE_IDENTIFIER)
		put_u64(buffer, id->id);
}

/* Put a record's header with size 0; finish_record() sets it. */
static size_t begin_record(struct perfdata_buffer *buffer, uint32_t type, uint16_t misc)
{
	struct perf_event_header header = {.type = type, .misc = misc};
	size_t start = buffer->size;

	perfdata_put(buffer, &header, sizeof(header));
	return start;
}

static void finish_record(struct perfdata_buffer *buffer, size_t start)
{
	uint16_t size = buffer->size - start;

	if (!buffer->failed)
		memcpy(buffer->data + start + offsetof(struct perf_event_header, size), &size,
		       sizeof(size));
}

/* Put the text that ends a record's own fields, padded with zeros to 8. */
static void put_text(struct perfdata_buffer *buffer, const char *text)
{
	size_t length = strlen(text);

	perfdata_put(buffer, text, length);
	put_zeros(buffer, ALIGN_UP(length + 1, 8) - length);
}

void perfdata_put_mmap2(struct perfdata_buffer *buffer, const struct perfdata_mmap *map,
			uint16_t misc, const struct perfdata_write_id *tail)
{
	uint8_t object[24] = {0};
	size_t start;

	if (map->build_id_size) {
		misc |= PERF_RECORD_MISC_MMAP_BUILD_ID;
		object[0] = map->build_id_size;
		memcpy(object + 4, map->build_id, map->build_id_size);
	}
	start = begin_record(buffer, PERF_RECORD_MMAP2, misc);
	put_u32(buffer, map->pid);
	put_u32(buffer, map->tid);
	put_u64(buffer, map->addr);
	put_u64(buffer, map->len);
	put_u64(buffer, map->pgoff);
	perfdata_put(buffer, object, sizeof(object));
	put_u32(buffer, map->prot);
	put_u32(buffer, map->flags);
	put_text(buffer, map->filename);
	put_tail(buffer, tail);
	finish_record(buffer, start);
}

void perfdata_put_comm(struct perfdata_buffer *buffer, const struct perfdata_comm *comm,
		       const struct perfdata_write_id *tail)
{
	size_t start =
	    begin_record(buffer, PERF_RECORD_COMM, comm->exec ? PERF_RECORD_MISC_COMM_EXEC : 0);

	put_u32(buffer, comm->pid);
	put_u32(buffer, comm->tid);
	put_text(buffer, comm->comm);
	put_tail(buffer, tail);
	finish_record(buffer, start);
}

void perfdata_put_text_poke(struct perfdata_buffer *buffer, uint64_t addr, const void *bytes,
			    uint16_t length, const struct perfdata_write_id *tail)
{
	size_t start = begin_record(buffer, PERF_RECORD_TEXT_POKE, PERF_RECORD_MISC_KERNEL);
	uint16_t lengths[2] = {length, length};
	size_t own = sizeof(addr) + sizeof(lengths) + 2 * (size_t)length;

	put_u64(buffer, addr);
	perfdata_put(buffer, lengths, sizeof(lengths));
	perfdata_put(buffer, bytes, length);
	perfdata_put(buffer, bytes, length);
	put_zeros(buffer, ALIGN_UP(own, 8) - own);
	put_tail(buffer, tail);
	finish_record(buffer, start);
}

void perfdata_put_finished_round(struct perfdata_buffer *buffer)
{
	finish_record(buffer, begin_record(buffer, PERF_RECORD_FINISHED_ROUND, 0));
}
