/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From one record to the next, unpacking what is packed.
 *
 * Compressed records are pieces of one zstd stream, in which records follow
 * each other without regard to where one piece ends.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <zstd.h>

#include "internal.h"

#define RECORD_MAX 65536	    /* header.size is 16 bits */
#define ROOM	   (4 * RECORD_MAX) /* for unpacked records */

struct perfdata_unpack {
	ZSTD_DStream *stream;
	ZSTD_inBuffer in; /* what is left of the compressed record */
	bool more;	  /* the stream may have output without new input */
	uint64_t offset;  /* of that record */
	size_t pos, end;  /* of the unpacked records in bytes */
	uint8_t bytes[ROOM];
	uint8_t swapped[RECORD_MAX]; /* a record that stands in the buffer */
};

void perfdata_rewind(const struct perfdata *file, struct perfdata_cursor *cursor)
{
	*cursor = (struct perfdata_cursor){.pos = file->data_offset};
}

void perfdata_cursor_free(struct perfdata_cursor *cursor)
{
	if (cursor->unpack)
		ZSTD_freeDStream(cursor->unpack->stream);
	free(cursor->unpack);
	cursor->unpack = NULL;
}

static enum perfdata_status need_unpack(struct perfdata_cursor *cursor,
					struct perfdata_error *error)
{
	if (cursor->unpack)
		return PERFDATA_OK;
	cursor->unpack = malloc(sizeof(*cursor->unpack));
	if (!cursor->unpack)
		return perfdata_fail(error, PERFDATA_NO_MEMORY, cursor->pos, "out of memory");
	memset(cursor->unpack, 0, offsetof(struct perfdata_unpack, bytes));
	return PERFDATA_OK;
}

static struct perf_event_header load_header(const struct perfdata *file, const uint8_t *from)
{
	struct perf_event_header header;

	memcpy(&header, from, sizeof(header));
	if (file->swapped)
		perfdata_swap_header(&header);
	return header;
}

/* Bytes that follow the record at pos and have no header of their own: trace
   of a processor, or tracepoint formats. */
static uint64_t trailing(const struct perfdata *file, const struct perf_event_header *header,
			 uint64_t pos)
{
	struct span span = {file->base + pos + 8, file->base + pos + header->size, false,
			    file->swapped};

	if (header->type == PERF_RECORD_AUXTRACE)
		return take_u64(&span);
	if (header->type == PERF_RECORD_HEADER_TRACING)
		return ((uint64_t)take_u32(&span) + 7) / 8 * 8;
	return 0;
}

enum perfdata_status perfdata_outer(const struct perfdata *file, uint64_t *pos,
				    struct perf_event_header *header, struct perfdata_error *error)
{
	const uint64_t end = file->data_offset + file->data_size, at = *pos;
	uint64_t more;

	if (at >= end)
		return PERFDATA_END;
	*pos = end;
	if (end - at < sizeof(*header))
		return perfdata_fail(error, PERFDATA_TRUNCATED, at,
				     "cut inside the header of the record at %" PRIu64, at);
	*header = load_header(file, file->base + at);
	if (header->size < sizeof(*header))
		return perfdata_fail(error, PERFDATA_CORRUPT, at, "record of %u bytes at %" PRIu64,
				     header->size, at);
	if (header->size > end - at)
		return perfdata_fail(error, PERFDATA_TRUNCATED, at,
				     "cut inside the %s record at %" PRIu64,
				     perfdata_record_name(header->type), at);
	more = trailing(file, header, at);
	if (more > end - at - header->size)
		return perfdata_fail(error, PERFDATA_TRUNCATED, at,
				     "cut inside the data of the %s record at %" PRIu64,
				     perfdata_record_name(header->type), at);
	*pos = at + header->size + more;
	return PERFDATA_OK;
}

/* Begin with the data of a compressed record. */
static enum perfdata_status open_compressed(const struct perfdata *file,
					    struct perfdata_cursor *cursor, uint64_t pos,
					    const struct perf_event_header *header,
					    struct perfdata_error *error)
{
	struct span span = {file->base + pos + 8, file->base + pos + header->size, false,
			    file->swapped};
	enum perfdata_status status = need_unpack(cursor, error);
	struct perfdata_unpack *unpack = cursor->unpack;
	uint64_t size;

	if (status != PERFDATA_OK)
		return status;
	if (!unpack->stream)
		unpack->stream = ZSTD_createDStream();
	if (!unpack->stream)
		return perfdata_fail(error, PERFDATA_NO_MEMORY, pos, "out of memory");
	size = header->type == PERF_RECORD_COMPRESSED2 ? take_u64(&span) : span_left(&span);
	if (size > span_left(&span))
		return perfdata_fail(error, PERFDATA_CORRUPT, pos,
				     "compressed record at %" PRIu64 " contradicts itself", pos);
	unpack->in = (ZSTD_inBuffer){.src = span.pos, .size = size};
	unpack->offset = pos;
	unpack->more = true;
	return PERFDATA_OK;
}

/* The stream is damaged: nothing behind it can be read. */
static void give_up(const struct perfdata *file, struct perfdata_cursor *cursor)
{
	cursor->pos = file->data_offset + file->data_size;
	cursor->unpack->more = false;
	cursor->unpack->end = cursor->unpack->pos;
}

/* Unpack more behind what is there; PERFDATA_END: the record is used up. */
static enum perfdata_status inflate(const struct perfdata *file, struct perfdata_cursor *cursor,
				    struct perfdata_error *error)
{
	struct perfdata_unpack *unpack = cursor->unpack;
	ZSTD_outBuffer out = {.dst = unpack->bytes, .size = ROOM};
	size_t result, before;

	if (!unpack->more)
		return PERFDATA_END;
	memmove(unpack->bytes, unpack->bytes + unpack->pos, unpack->end - unpack->pos);
	unpack->end -= unpack->pos;
	unpack->pos = 0;
	before = out.pos = unpack->end;
	result = ZSTD_decompressStream(unpack->stream, &out, &unpack->in);
	unpack->end = out.pos;
	if (ZSTD_isError(result)) {
		give_up(file, cursor);
		return perfdata_fail(error, PERFDATA_CORRUPT, unpack->offset,
				     "compressed record at %" PRIu64 ": %s", unpack->offset,
				     ZSTD_getErrorName(result));
	}
	unpack->more = unpack->in.pos < unpack->in.size || out.pos == out.size;
	return out.pos > before || unpack->more ? PERFDATA_OK : PERFDATA_END;
}

/* Swap a record that lies in memory of the cursor. */
static void swap_in_place(const struct perfdata *file, const struct perf_event_header *header,
			  uint8_t *bytes)
{
	memcpy(bytes, header, sizeof(*header));
	if (header->type < PERF_RECORD_USER_FIRST)
		perfdata_swap_body(file, header, bytes + sizeof(*header));
}

static void give(struct perfdata_record *record, uint64_t offset,
		 const struct perf_event_header *header, const uint8_t *bytes)
{
	record->offset = offset;
	record->type = header->type;
	record->misc = header->misc;
	record->size = header->size;
	record->body = bytes + sizeof(*header);
}

/* The next record of a compressed one; PERFDATA_END: it has no more. */
static enum perfdata_status inner(const struct perfdata *file, struct perfdata_cursor *cursor,
				  struct perfdata_record *record, struct perfdata_error *error)
{
	struct perfdata_unpack *unpack = cursor->unpack;
	struct perf_event_header header;
	uint8_t *bytes;

	for (;;) {
		size_t left = unpack->end - unpack->pos;
		enum perfdata_status status;

		bytes = unpack->bytes + unpack->pos;
		if (left >= sizeof(header)) {
			header = load_header(file, bytes);
			if (header.size < sizeof(header)) {
				give_up(file, cursor);
				return perfdata_fail(error, PERFDATA_CORRUPT, unpack->offset,
						     "compressed record at %" PRIu64
						     " holds one of %u bytes",
						     unpack->offset, header.size);
			}
			if (left >= header.size)
				break;
		}
		status = inflate(file, cursor, error);
		if (status != PERFDATA_OK)
			return status;
	}
	if (file->swapped)
		swap_in_place(file, &header, bytes);
	unpack->pos += header.size;
	give(record, unpack->offset, &header, bytes);
	return PERFDATA_OK;
}

/* A copy of the record of the other byte order at pos, swapped. */
static enum perfdata_status give_swapped(const struct perfdata *file,
					 struct perfdata_cursor *cursor, uint64_t pos,
					 const struct perf_event_header *header,
					 struct perfdata_record *record,
					 struct perfdata_error *error)
{
	enum perfdata_status status = need_unpack(cursor, error);
	uint8_t *to;

	if (status != PERFDATA_OK)
		return status;
	to = cursor->unpack->swapped;
	memcpy(to, file->base + pos, header->size);
	swap_in_place(file, header, to);
	give(record, pos, header, to);
	return PERFDATA_OK;
}

enum perfdata_status perfdata_step(const struct perfdata *file, struct perfdata_cursor *cursor,
				   struct perfdata_record *record, struct perfdata_error *error)
{
	struct perf_event_header header;
	enum perfdata_status status;
	uint64_t pos;

	for (;;) {
		record->offset = pos = cursor->pos;
		record->size = 0;
		if (cursor->unpack) {
			status = inner(file, cursor, record, error);
			if (status != PERFDATA_END)
				return status;
		}
		status = perfdata_outer(file, &cursor->pos, &header, error);
		if (status != PERFDATA_OK) {
			if (status == PERFDATA_END && cursor->unpack &&
			    cursor->unpack->end > cursor->unpack->pos) {
				cursor->unpack->end = cursor->unpack->pos;
				return perfdata_fail(error, PERFDATA_TRUNCATED, pos,
						     "the compressed records end inside one");
			}
			return status;
		}
		if (header.type != PERF_RECORD_COMPRESSED && header.type != PERF_RECORD_COMPRESSED2)
			break;
		status = open_compressed(file, cursor, pos, &header, error);
		if (status != PERFDATA_OK) {
			record->size = header.size;
			return status;
		}
	}
	if (file->swapped)
		return give_swapped(file, cursor, pos, &header, record, error);
	give(record, pos, &header, file->base + pos);
	return PERFDATA_OK;
}

uint64_t perfdata_skip_samples(const struct perfdata *file, struct perfdata_cursor *cursor,
			       uint64_t limit)
{
	const uint64_t end = file->data_offset + file->data_size;
	uint64_t pos = cursor->pos, nr = 0;

	if (file->swapped || (cursor->unpack && cursor->unpack->end > cursor->unpack->pos))
		return 0;
	if (limit > end)
		limit = end;
	while (pos < limit && end - pos >= sizeof(struct perf_event_header)) {
		struct perf_event_header header;

		memcpy(&header, file->base + pos, sizeof(header));
		if (header.type != PERF_RECORD_SAMPLE || header.size < sizeof(header) ||
		    header.size > end - pos)
			break;
		pos += header.size;
		nr++;
	}
	cursor->pos = pos;
	return nr;
}
