/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing the session archive in cpio's newc format: each member is a header
 * of 8-digit hexadecimal fields, the name and the contents, both padded to 4
 * bytes; cpio(5).  Times, owners and inode numbers are constants, so that the
 * same session is the same archive on every host.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mach/perf_stream.h>

#include "archive.h"
#include "exit_codes.h"

#define REGULAR_FILE 0100644

static void pad(FILE *out, size_t written)
{
	while (written++ % 4 != 0)
		fputc(0, out);
}

static void put_member(FILE *out, unsigned int number, const char *name, const void *contents,
		       size_t size)
{
	size_t name_size = strlen(name) + 1;

	fprintf(out, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", number,
		number ? REGULAR_FILE : 0, 0, 0, 1, 0, size, 0, 0, 0, 0, name_size, 0);
	fwrite(name, 1, name_size, out);
	pad(out, 110 + name_size);
	fwrite(contents, 1, size, out);
	pad(out, size);
}

/* The text of the member config; malloc'd, NULL: no memory. */
static char *config_text(const struct options *options, const struct images *images, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	char *const *argument;
	unsigned int n;
	bool failed;

	if (!out)
		return NULL;
	fprintf(out, "version %d\n", PERF_STREAM_VERSION);
	fprintf(out, "workload %s\n", images->workload_name);
	for (argument = options->arguments; argument && *argument; argument++)
		fprintf(out, "arg %s\n", *argument);
	fprintf(out, "scope %s\n", options->system_wide ? "system" : "task");
	fprintf(out, "ring-size %" PRIu64 "\n", options->ring_size);
	fprintf(out, "watermark 0\n");
	if (options->per_cpu)
		fprintf(out, "per-cpu\n");
	if (options->budget)
		fprintf(out, "budget %u\n", options->budget);
	if (options->interval)
		fprintf(out, "interval %u\n", options->interval);
	for (n = 0; n < options->events.nr; n++)
		if (options->events.events[n].leader != n)
			fprintf(out, "group %u %u\n", n, options->events.events[n].leader);
	if (options->layout.number)
		fprintf(out, "stack-shift %u\ndelay %u\n", options->layout.stack_shift,
			options->layout.delay);
	failed = ferror(out);
	if (fclose(out) || failed) {
		free(text);
		return NULL;
	}
	return text;
}

int write_archive(const char *path, const struct options *options, const struct images *images,
		  const struct perf_event_attr *attrs)
{
	char *const *argument;
	char *config;
	size_t size;
	bool failed;
	FILE *out;

	for (argument = options->arguments; argument && *argument; argument++)
		if (strchr(*argument, '\n'))
			return fail(EXIT_USAGE, "a workload's argument cannot hold a newline");
	config = config_text(options, images, &size);
	if (!config)
		return fail(EXIT_HOST, "out of memory");
	out = fopen(path, "wxe");
	if (!out) {
		free(config);
		return fail(EXIT_HOST, "%s: %s", path, strerror(errno));
	}
	put_member(out, 1, "config", config, size);
	put_member(out, 2, "attrs", attrs, options->events.nr * sizeof(*attrs));
	put_member(out, 3, "workload", images->workload.bytes, images->workload.size);
	put_member(out, 0, "TRAILER!!!", "", 0);
	free(config);
	failed = ferror(out);
	if (fclose(out) || failed)
		return fail(EXIT_HOST, "%s: %s", path, strerror(errno));
	return EXIT_GOOD;
}
