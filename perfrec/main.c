/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perfrec: its commands. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bundle.h"
#include "events.h"
#include "exit_codes.h"
#include "record.h"
#include "stat.h"

static const char help[] =
    "Usage: perfrec COMMAND [OPTION]...\n"
    "Record or count what hardware events a Mach task causes, on an emulated machine.\n"
    "\n"
    "  perfrec record -e cache-misses -c 1000 -o perf.data -- chase\n"
    "  perfrec stat -e instructions:u,cache-misses:u -- chase\n"
    "  perfrec record --help     and perfrec stat --help\n"
    "  perfrec bundle perf.data -o slow.bundle\n"
    "                            a recording with its symbols, for another machine\n"
    "  perfrec list              the events\n"
    "  perfrec --version\n";

static int print(const char *text)
{
	if (fputs(text, stdout) < 0 || fflush(stdout))
		return fail(EXIT_OUTPUT, "cannot write: %s", strerror(errno));
	return EXIT_GOOD;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return fail(EXIT_USAGE, "no command; see perfrec --help");
	if (!strcmp(argv[1], "record"))
		return record_command(argc - 1, argv + 1);
	if (!strcmp(argv[1], "stat"))
		return stat_command(argc - 1, argv + 1);
	if (!strcmp(argv[1], "bundle"))
		return bundle_command(argc - 1, argv + 1);
	if (!strcmp(argv[1], "list")) {
		if (argc > 2)
			return fail(EXIT_USAGE, "perfrec list takes no arguments");
		return list_events();
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return print(help);
	if (!strcmp(argv[1], "--version"))
		return print("perfrec (machperf) " MACHPERF_VERSION "\n");
	return fail(EXIT_USAGE, "unknown command '%s'; see perfrec --help", argv[1]);
}
