/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings in a buffer, and errors. */
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"

const char *take_string(struct span *span)
{
	const uint8_t *bytes = span->pos;
	uint64_t left = span_left(span);

	span->pos = span->end;
	if (left == 0 || !memchr(bytes, 0, left)) {
		span->bad = true;
		return NULL;
	}
	return (const char *)bytes;
}

const char *take_header_string(struct span *span)
{
	uint32_t length = take_u32(span);
	const uint8_t *bytes = take_bytes(span, length);

	if (!bytes || length == 0 || !memchr(bytes, 0, length)) {
		span->bad = true;
		return NULL;
	}
	return (const char *)bytes;
}

enum perfdata_status perfdata_fail(struct perfdata_error *error, enum perfdata_status status,
				   uint64_t offset, const char *format, ...)
{
	va_list args;

	if (!error)
		return status;
	error->status = status;
	error->offset = offset;
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return status;
}
