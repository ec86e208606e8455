/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames, of which none is believed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frames.h"

/* No ring is larger than this, and no other frame comes near. */
#define MAX_FRAME (128 << 20)

uint8_t *frame_reader_room(struct frame_reader *reader, size_t size)
{
	size_t held = reader->size - reader->start;
	size_t capacity = reader->capacity;
	uint8_t *bytes;

	if (reader->capacity - reader->size >= size)
		return reader->bytes + reader->size;
	if (reader->start)
		memmove(reader->bytes, reader->bytes + reader->start, held);
	reader->start = 0;
	reader->size = held;
	if (capacity - held >= size)
		return reader->bytes + held;
	if (capacity == 0)
		capacity = 65536;
	while (capacity - held < size)
		capacity *= 2;
	bytes = realloc(reader->bytes, capacity);
	if (!bytes)
		return NULL;
	reader->bytes = bytes;
	reader->capacity = capacity;
	return bytes + held;
}

void frame_reader_wrote(struct frame_reader *reader, size_t size)
{
	reader->size += size;
}

enum frame_status frame_reader_next(struct frame_reader *reader, struct perf_frame *frame,
				    const uint8_t **contents)
{
	size_t held = reader->size - reader->start;

	if (held < sizeof(*frame))
		return FRAME_MORE;
	memcpy(frame, reader->bytes + reader->start, sizeof(*frame));
	if (frame->magic != PERF_FRAME_MAGIC) {
		snprintf(reader->error, sizeof(reader->error),
			 "bytes that are no frame (0x%08" PRIx32 ")", frame->magic);
		return FRAME_BAD;
	}
	if (frame->length > MAX_FRAME) {
		snprintf(reader->error, sizeof(reader->error), "a frame of %" PRIu64 " bytes",
			 frame->length);
		return FRAME_BAD;
	}
	if (held - sizeof(*frame) < frame->length)
		return FRAME_MORE;
	*contents = reader->bytes + reader->start + sizeof(*frame);
	reader->start += sizeof(*frame) + frame->length;
	return FRAME_WHOLE;
}

void frame_reader_free(struct frame_reader *reader)
{
	free(reader->bytes);
	memset(reader, 0, sizeof(*reader));
}
