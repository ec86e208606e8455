/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cpio archive (newc) the recorder hands over. */
#ifndef AGENT_ARCHIVE_H
#define AGENT_ARCHIVE_H

#include <stddef.h>

struct archive {
	const char *bytes;
	size_t size;
};

struct archive_file {
	const char *bytes;
	size_t size;
};

/* Find the file NAME.  NULL and the file, with bytes NULL if there is none;
   or what is wrong with the archive, in a few words.  Format: cpio(5), the
   "new ASCII format". */
const char *archive_find(const struct archive *archive, const char *name,
			 struct archive_file *file);

#endif
