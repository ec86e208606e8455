/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perfrec bundle FILE is perfreport bundle -i FILE: what a report opens, only
 * perfreport knows.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle.h"
#include "exit_codes.h"

#define REPORT "perfreport"

static const char help[] =
    "Usage: perfrec bundle FILE [-o OUT] [OPTION]...\n"
    "Put a recording and all that its reports need (symbols, code, debug information,\n"
    "source text) into one compressed file, to be looked at on another machine.\n"
    "\n"
    "  -o, --output OUT      the bundle (default: perf.bundle)\n"
    "      --build-id-dir DIR, --symfs DIR\n"
    "                        where files of symbols are, as for perfreport\n"
    "\n"
    "  perfrec bundle perf.data -o slow.bundle\n"
    "  perfreport flame -i slow.bundle\n";

/* Beside this program in the build folder; malloc'd.  NULL: it is not there. */
static char *built_report(void)
{
	char *self = realpath("/proc/self/exe", NULL), *path = NULL;
	char *slash = self ? strrchr(self, '/') : NULL;

	if (slash && asprintf(&path, "%.*s/../" REPORT "/" REPORT, (int)(slash - self), self) < 0)
		path = NULL;
	free(self);
	if (path && access(path, X_OK)) {
		free(path);
		path = NULL;
	}
	return path;
}

int bundle_command(int argc, char *const *argv)
{
	const char **command;
	char *report;
	int n;

	if (argc < 2)
		return fail(EXIT_USAGE, "no recording: perfrec bundle FILE [-o OUT]");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return fputs(help, stdout) < 0 || fflush(stdout)
			   ? fail(EXIT_OUTPUT, "cannot write: %s", strerror(errno))
			   : EXIT_GOOD;
	if (argv[1][0] == '-')
		return fail(EXIT_USAGE, "the recording comes first: perfrec bundle FILE [-o OUT]");
	command = calloc(argc + 4, sizeof(*command));
	if (!command)
		return fail(EXIT_HOST, "out of memory");
	command[0] = REPORT;
	command[1] = "bundle";
	command[2] = "-i";
	for (n = 1; n < argc; n++)
		command[n + 2] = argv[n];
	report = built_report();
	execvp(report ? report : REPORT, (char *const *)command);
	fail(EXIT_HOST, "cannot start " REPORT ", which makes bundles: %s", strerror(errno));
	free(report);
	free(command);
	return EXIT_HOST;
}
