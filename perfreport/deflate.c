/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <zlib.h>

#include "alloc.h"
#include "deflate.h"

bool deflate_text(struct text *to, const struct text *from, enum deflate_format format,
		  struct failure *failure)
{
	z_stream stream = {.next_in = (Bytef *)from->bytes, .avail_in = from->length};
	int status;

	if (from->length > UINT32_MAX || deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
						      MAX_WBITS + (format == DEFLATE_GZIP ? 16 : 0),
						      8, Z_DEFAULT_STRATEGY) != Z_OK) {
		failure_set(failure, EXIT_MEMORY, "the profile is too large to be compressed");
		return false;
	}
	to->bytes = must_grow(to->bytes, &to->capacity,
			      to->length + deflateBound(&stream, from->length), 1);
	stream.next_out = (Bytef *)to->bytes + to->length;
	stream.avail_out = to->capacity - to->length;
	status = deflate(&stream, Z_FINISH);
	to->length += stream.total_out;
	deflateEnd(&stream);
	if (status != Z_STREAM_END)
		failure_set(failure, EXIT_MEMORY, "the profile cannot be compressed");
	return status == Z_STREAM_END;
}
