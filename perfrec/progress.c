/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The progress line. */
#include <stdio.h>
#include <unistd.h>

#include "progress.h"

/* ECMA-48: carriage return, erase to the end of the line. */
#define WIPE "\r\033[K"

void progress_start(struct progress *progress, bool quiet)
{
	progress->on = !quiet && isatty(STDERR_FILENO);
	progress->shown = false;
}

void progress_show(struct progress *progress, const char *label, double seconds, uint64_t bytes)
{
	if (!progress->on)
		return;
	fprintf(stderr, WIPE "perfrec: %s: %.0f s", label, seconds);
	if (bytes)
		fprintf(stderr, ", %.1f MB of records", bytes / 1e6);
	fflush(stderr);
	progress->shown = true;
}

void progress_clear(struct progress *progress)
{
	if (!progress->shown)
		return;
	fputs(WIPE, stderr);
	fflush(stderr);
	progress->shown = false;
}
