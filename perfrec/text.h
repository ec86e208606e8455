/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growing text: lists of arguments and the log are made of it. */
#ifndef PERFREC_TEXT_H
#define PERFREC_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
	char *bytes; /* NUL ended once anything was added */
	size_t size;
	bool failed; /* out of memory: not complete */
};

/* Append; running out of memory is noted in failed. */
void text_add(struct text *text, const void *bytes, size_t size);
void text_print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_free(struct text *text);

#endif /* PERFREC_TEXT_H */
