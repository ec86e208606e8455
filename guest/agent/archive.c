/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A header of 110 characters: the magic 070701, then thirteen fields of
 * eight hexadecimal digits.  Name and content follow, each padded to four
 * bytes from the beginning of the archive.
 */
#include <stdint.h>
#include <string.h>
#include "archive.h"

#define HEADER_SIZE	110
#define FIELD_FILE_SIZE 6
#define FIELD_NAME_SIZE 11

static int field(const char *header, unsigned index, uint32_t *value)
{
	const char *p = header + 6 + 8 * index;

	*value = 0;
	for (int i = 0; i < 8; i++) {
		char c = p[i];
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			digit = (unsigned)(c - 'A') + 10;
		else
			return 0;
		*value = *value << 4 | digit;
	}
	return 1;
}

static size_t padded(size_t offset)
{
	return (offset + 3) & ~(size_t)3;
}

const char *archive_find(const struct archive *archive, const char *name, struct archive_file *file)
{
	size_t at = 0;

	*file = (struct archive_file){NULL, 0};
	for (;;) {
		const char *header = archive->bytes + at;
		uint32_t file_size, name_size;
		size_t content;

		if (at > archive->size || archive->size - at < HEADER_SIZE)
			return "the archive ends before its trailer";
		if (memcmp(header, "070701", 6) != 0)
			return "not a cpio archive of the new format";
		if (!field(header, FIELD_FILE_SIZE, &file_size) ||
		    !field(header, FIELD_NAME_SIZE, &name_size))
			return "a malformed header in the archive";
		if (name_size == 0 || name_size > archive->size - at - HEADER_SIZE ||
		    header[HEADER_SIZE + name_size - 1] != '\0')
			return "a malformed name in the archive";
		if (strcmp(header + HEADER_SIZE, "TRAILER!!!") == 0)
			return NULL;
		content = padded(at + HEADER_SIZE + name_size);
		if (content > archive->size || file_size > archive->size - content)
			return "a file goes beyond the end of the archive";
		if (strcmp(header + HEADER_SIZE, name) == 0) {
			*file = (struct archive_file){archive->bytes + content, file_size};
			return NULL;
		}
		at = padded(content + file_size);
	}
}
