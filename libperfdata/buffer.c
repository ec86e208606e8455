/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The writer's growing buffer. */
#include <stdlib.h>

#include "write_internal.h"

void perfdata_buffer_free(struct perfdata_buffer *buffer)
{
	free(buffer->data);
	memset(buffer, 0, sizeof(*buffer));
}

/* Make room for size more bytes; false: failed. */
static bool grow(struct perfdata_buffer *buffer, size_t size)
{
	size_t capacity = buffer->capacity ? buffer->capacity : 4096;
	uint8_t *data;

	if (buffer->failed || size > SIZE_MAX / 2 - buffer->size) {
		buffer->failed = true;
		return false;
	}
	if (size <= buffer->capacity - buffer->size)
		return true;
	while (capacity - buffer->size < size)
		capacity *= 2;
	data = realloc(buffer->data, capacity);
	if (!data) {
		buffer->failed = true;
		return false;
	}
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

void perfdata_put(struct perfdata_buffer *buffer, const void *bytes, size_t size)
{
	if (size == 0 || !grow(buffer, size))
		return;
	memcpy(buffer->data + buffer->size, bytes, size);
	buffer->size += size;
}

void put_zeros(struct perfdata_buffer *buffer, size_t size)
{
	if (size == 0 || !grow(buffer, size))
		return;
	memset(buffer->data + buffer->size, 0, size);
	buffer->size += size;
}

void put_u32(struct perfdata_buffer *buffer, uint32_t value)
{
	perfdata_put(buffer, &value, sizeof(value));
}

void put_u64(struct perfdata_buffer *buffer, uint64_t value)
{
	perfdata_put(buffer, &value, sizeof(value));
}
