/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files: read at once, written at once or not at all. */
#ifndef GRAFT_FILE_H
#define GRAFT_FILE_H

#include <stddef.h>
#include <sys/types.h>

#define SHA256_HEX (64 + 1)

/* A growing run of bytes; the owner frees data. */
struct buffer {
	unsigned char *data;
	size_t size;
};

/* Appends size bytes; returns the offset they got. bytes NULL appends zeros. */
size_t buffer_append(struct buffer *buffer, const void *bytes, size_t size);

/* Appends zeros up to a multiple of alignment; returns the new size. */
size_t buffer_align(struct buffer *buffer, size_t alignment);

void buffer_free(struct buffer *buffer);

/* Reads all of path into buffer (which must be empty). Returns a status. */
int file_read(const char *path, struct buffer *buffer);

/*
 * Writes path by way of a temporary file beside it, so that path is either the
 * old file or the whole new one. Returns a status.
 */
int file_write(const char *path, const void *bytes, size_t size, mode_t mode);

/* SHA-256 of size bytes (FIPS 180-4), as lower-case hexadecimal text. */
void sha256_hex(const void *bytes, size_t size, char hex[SHA256_HEX]);

#endif
