/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watching the guest's console. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"

#define TAIL_LINES 12

/* What GNU Mach prints when all is lost: panic(), and its debugger's prompt. */
static const char *const signs[] = {"panic", "db>", "db{"};

/* What stands in the line that says why, most telling first. */
static const char *const reasons[] = {"panic", "ssertion", " trap,", "db>", "db{"};

static bool holds(const char *line, size_t length, const char *what)
{
	return memmem(line, length, what, strlen(what)) != NULL;
}

static bool is_sign(const char *line, size_t length)
{
	size_t n;

	for (n = 0; n < sizeof(signs) / sizeof(signs[0]); n++)
		if (holds(line, length, signs[n]))
			return true;
	return false;
}

/* The first line that holds this, without its end; malloc'd, NULL: none. */
static char *find_line(const struct console *console, const char *what)
{
	const char *line = console->text.bytes, *end = line + console->text.size;

	while (line < end) {
		size_t length;

		/* Mach ends lines with a newline and a carriage return. */
		line += strspn(line, "\r\n");
		length = strcspn(line, "\r\n");
		if (holds(line, length, what))
			return strndup(line, length);
		line += length + (line + length == end);
	}
	return NULL;
}

void console_feed(struct console *console, const char *bytes, size_t size)
{
	struct text *text = &console->text;

	text_add(text, bytes, size);
	while (!text->failed && !console->trouble && console->looked < text->size) {
		const char *line = text->bytes + console->looked;
		size_t left = text->size - console->looked;
		const char *newline = memchr(line, '\n', left);
		size_t length = newline ? (size_t)(newline - line) : left;

		console->trouble = is_sign(line, length);
		/* A prompt has no newline: an unfinished line is looked at again. */
		if (!newline)
			break;
		console->looked += length + 1;
	}
}

char *console_trouble_line(const struct console *console)
{
	char *line = NULL;
	size_t n;

	for (n = 0; !line && console->text.bytes && n < sizeof(reasons) / sizeof(reasons[0]); n++)
		line = find_line(console, reasons[n]);
	return line;
}

void console_show_tail(const struct console *console)
{
	const char *end = console->text.bytes + console->text.size, *start = end;
	int lines = 0;

	while (end > console->text.bytes && strchr("\r\n", end[-1]))
		end--;
	if (end == console->text.bytes)
		return;
	start = end;
	while (start > console->text.bytes) {
		if (start[-1] == '\n' && start != end && ++lines == TAIL_LINES)
			break;
		start--;
	}
	fputs("last lines of the guest's console:\n", stderr);
	while (start < end) {
		const char *newline = memchr(start, '\n', end - start);
		const char *stop = newline ? newline : end;

		start += strspn(start, "\r");
		if (stop > start)
			fprintf(stderr, "  | %.*s\n", (int)(stop - start), start);
		start = newline ? newline + 1 : end;
	}
}

void console_free(struct console *console)
{
	text_free(&console->text);
}
