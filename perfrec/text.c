/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growing text. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

void text_add(struct text *text, const void *bytes, size_t size)
{
	char *grown;

	if (text->failed)
		return;
	/* realloc() of a little more each time grows in place in glibc; texts are short. */
	grown = realloc(text->bytes, text->size + size + 1);
	if (!grown) {
		text->failed = true;
		return;
	}
	text->bytes = grown;
	memcpy(grown + text->size, bytes, size);
	text->size += size;
	grown[text->size] = '\0';
}

void text_print(struct text *text, const char *format, ...)
{
	va_list args;
	char *line;
	int length;

	va_start(args, format);
	length = vasprintf(&line, format, args);
	va_end(args);
	if (length < 0) {
		text->failed = true;
		return;
	}
	text_add(text, line, length);
	free(line);
}

void text_free(struct text *text)
{
	free(text->bytes);
	memset(text, 0, sizeof(*text));
}
