/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compression by zlib.
 */
#ifndef PERFREPORT_DEFLATE_H
#define PERFREPORT_DEFLATE_H

#include <stdbool.h>

#include "failure.h"
#include "text.h"

enum deflate_format {
	DEFLATE_ZLIB, /* RFC 1950 */
	DEFLATE_GZIP, /* RFC 1952, without a time: the same bytes give the same file */
};

/* Append the compressed bytes of from.  Errors: EXIT_MEMORY. */
bool deflate_text(struct text *to, const struct text *from, enum deflate_format format,
		  struct failure *failure);

#endif /* PERFREPORT_DEFLATE_H */
