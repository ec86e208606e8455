/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's serial console: kept for the log, watched for a panic. */
#ifndef PERFREC_CONSOLE_H
#define PERFREC_CONSOLE_H

#include "text.h"

struct console {
	struct text text;
	bool trouble;  /* the kernel panicked, or its debugger asks for commands */
	size_t looked; /* text up to here was looked through */
};

/* Take what the console wrote. */
void console_feed(struct console *console, const char *bytes, size_t size);

/* The line that says best what happened, without its end; malloc'd, NULL: none
   or no memory. */
char *console_trouble_line(const struct console *console);

/* Print the last lines on stderr, indented. */
void console_show_tail(const struct console *console);

void console_free(struct console *console);

#endif /* PERFREC_CONSOLE_H */
