/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watching the guest's console. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"

#define TAIL_LINES 12

/* What GNU Mach prints when all is lost: panic(), and its debugger's prompt. */
static const char *const signs[] = {"panic", "db>", "db{"};

static bool is_sign(const char *line, size_t length)
{
	size_t n;

	for (n = 0; n < sizeof(signs) / sizeof(signs[0]); n++)
		if (memmem(line, length, signs[n], strlen(signs[n])))
			return true;
	return false;
}

void console_feed(struct console *console, const char *bytes, size_t size)
{
	struct text *text = &console->text;

	text_add(text, bytes, size);
	while (!console->trouble && console->looked < text->size) {
		const char *line = text->bytes + console->looked;
		size_t left = text->size - console->looked;
		const char *newline = memchr(line, '\n', left);
		size_t length = newline ? (size_t)(newline - line) : left;

		if (is_sign(line, length)) {
			console->trouble = true;
			console->at = console->looked;
		}
		/* A prompt has no newline: an unfinished line is looked at again. */
		if (!newline)
			break;
		console->looked += length + 1;
	}
}

char *console_trouble_line(const struct console *console)
{
	const char *line = console->text.bytes + console->at;

	return strndup(line, strcspn(line, "\r\n"));
}

void console_show_tail(const struct console *console)
{
	const char *end = console->text.bytes + console->text.size, *start = end;
	int lines = 0;

	if (console->text.size == 0)
		return;
	while (start > console->text.bytes) {
		if (start[-1] == '\n' && start != end && ++lines == TAIL_LINES)
			break;
		start--;
	}
	fputs("last lines of the guest's console:\n", stderr);
	while (start < end) {
		size_t length = strcspn(start, "\n");
		size_t shown = length;

		while (shown && start[shown - 1] == '\r')
			shown--;
		fprintf(stderr, "  | %.*s\n", (int)shown, start);
		start += length + (start + length < end);
	}
}

void console_free(struct console *console)
{
	text_free(&console->text);
}
