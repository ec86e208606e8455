/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zlib LEVEL ROUNDS: compress a text with zlib and expand it again.  The
 * text is documentation of zlib's own source package.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "arguments.h"

/* zlib-text.S */
extern const unsigned char zlib_text[], zlib_text_end[];

static void *zalloc(void *opaque, unsigned n, unsigned size)
{
	(void)opaque;
	return calloc(n, size);
}

static void zfree(void *opaque, void *block)
{
	(void)opaque;
	free(block);
}

/* Compress; the bytes it took, 0 on an error. */
static size_t pack(const unsigned char *from, size_t size, unsigned char *to, size_t room,
		   int level)
{
	z_stream stream = {.zalloc = zalloc, .zfree = zfree};
	size_t packed;

	if (deflateInit(&stream, level) != Z_OK)
		return 0;
	stream.next_in = (unsigned char *)from;
	stream.avail_in = (unsigned)size;
	stream.next_out = to;
	stream.avail_out = (unsigned)room;
	packed = deflate(&stream, Z_FINISH) == Z_STREAM_END ? stream.total_out : 0;
	deflateEnd(&stream);
	return packed;
}

/* Expand; the bytes there were, 0 on an error. */
static size_t unpack(const unsigned char *from, size_t size, unsigned char *to, size_t room)
{
	z_stream stream = {.zalloc = zalloc, .zfree = zfree};
	size_t unpacked;

	if (inflateInit(&stream) != Z_OK)
		return 0;
	stream.next_in = (unsigned char *)from;
	stream.avail_in = (unsigned)size;
	stream.next_out = to;
	stream.avail_out = (unsigned)room;
	unpacked = inflate(&stream, Z_FINISH) == Z_STREAM_END ? stream.total_out : 0;
	inflateEnd(&stream);
	return unpacked;
}

/* There and back; the compressed size, 0 if something went wrong. */
static size_t round_trip(int level, unsigned char *packed, size_t room, unsigned char *again)
{
	size_t size = (size_t)(zlib_text_end - zlib_text);
	size_t n = pack(zlib_text, size, packed, room, level);

	if (n == 0 || unpack(packed, n, again, size) != size || memcmp(again, zlib_text, size) != 0)
		return 0;
	return n;
}

int main(int argc, char **argv)
{
	static const struct argument arguments[] = {
	    {"LEVEL", "of compression", 6, 0, 9},
	    {"ROUNDS", "there and back", 2, 1, 1000000},
	};
	static const struct program program = {"zlib", "Compress a text and expand it again.",
					       arguments, 2};
	size_t size = (size_t)(zlib_text_end - zlib_text);
	size_t room = deflateBound(NULL, size), n = 0;
	unsigned long values[2];
	unsigned char *packed = malloc(room), *again = malloc(size);

	arguments_read(&program, argc, argv, values);
	if (packed == NULL || again == NULL) {
		dprintf(2, "zlib: out of memory\n");
		return 1;
	}
	for (unsigned long i = 0; i < values[1]; i++) {
		n = round_trip((int)values[0], packed, room, again);
		if (n == 0) {
			dprintf(2, "zlib: round %lu did not give the text back\n", i + 1);
			return 1;
		}
	}
	printf("zlib %s: level %lu, %zu bytes to %zu and back, adler32 %08lx\n", zlibVersion(),
	       values[0], size, n, adler32(adler32(0, NULL, 0), packed, (unsigned)n));
	return 0;
}
