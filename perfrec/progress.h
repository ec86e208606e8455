/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line on a terminal that says how far a session is. */
#ifndef PERFREC_PROGRESS_H
#define PERFREC_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;    /* stderr is a terminal and nobody asked for quiet */
	bool shown; /* a line stands there */
};

#define PROGRESS_MS 200 /* between two lines */

/* Begin: quiet, or no terminal on stderr, shows nothing. */
void progress_start(struct progress *progress, bool quiet);

/* Show that what label names runs since so many seconds and sent so many bytes. */
void progress_show(struct progress *progress, const char *label, double seconds, uint64_t bytes);

/* Wipe the line, before something else is written to the terminal. */
void progress_clear(struct progress *progress);

#endif /* PERFREC_PROGRESS_H */
