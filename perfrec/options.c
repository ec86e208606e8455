/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing the command line of perfrec record. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit_codes.h"
#include "options.h"

#define DEFAULT_PERIOD	  100003 /* prime: it falls into step with no loop */
#define DEFAULT_RING_SIZE (1 << 20)
#define DEFAULT_TIMEOUT	  600
#define LEAST_RING_SIZE	  4096
#define MOST_RING_SIZE	  (64 << 20)

enum long_only {
	OPTION_RING_SIZE = 256,
	OPTION_QEMU,
	OPTION_KERNEL,
	OPTION_TIMEOUT,
	OPTION_BUILDID_DIR,
};

static const struct option long_options[] = {
    {"event", required_argument, NULL, 'e'},
    {"count", required_argument, NULL, 'c'},
    {"freq", required_argument, NULL, 'F'},
    {"call-graph", required_argument, NULL, 'g'},
    {"all-cpus", no_argument, NULL, 'a'},
    {"output", required_argument, NULL, 'o'},
    {"no-buildid-cache", no_argument, NULL, 'B'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"ring-size", required_argument, NULL, OPTION_RING_SIZE},
    {"qemu", required_argument, NULL, OPTION_QEMU},
    {"kernel", required_argument, NULL, OPTION_KERNEL},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"buildid-dir", required_argument, NULL, OPTION_BUILDID_DIR},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "Usage: perfrec record [OPTION]... [-o FILE] [--] WORKLOAD [ARG]...\n"
    "Record where a Mach task spends its cycles, misses its caches, ...\n"
    "\n"
    "  perfrec record chase                      cycles, one sample every 100003\n"
    "  perfrec record -e cache-misses -c 1000 -o perf.data -- chase\n"
    "  perfrec record -e cycles:u,branch-misses:k -- sqlite 200\n"
    "  perfrec record -a -e cycles -- pingpong   every task and the kernel's own\n"
    "  perf report -i perf.data                  or perfreport flame -i perf.data\n"
    "\n"
    "WORKLOAD is a path, or the bare name of a program that came with machperf.\n"
    "\n"
    "  -e, --event EVENT[,...]   what to count (perfrec list); default cycles\n"
    "  -c, --count N             one sample every N events; default 100003\n"
    "  -F, --freq HZ             so many samples per guest second instead\n"
    "  -g, --call-graph HOW      fp (default), dwarf or no\n"
    "  -a, --all-cpus            sample the whole system, not only the workload\n"
    "  -o, --output FILE         default perf.data; facts of the host go to FILE.log\n"
    "      --ring-size BYTES     of each CPU's ring, a power of two; default 1048576\n"
    "      --timeout SECONDS     give a hanging guest up; default 600, 0: never\n"
    "      --kernel IMAGE        another grafted kernel\n"
    "      --qemu PROGRAM        another emulator (or MACHPERF_QEMU)\n"
    "      --buildid-dir DIR     where symbols are kept for reports; default ~/.debug\n"
    "  -B, --no-buildid-cache    keep none\n"
    "  -q, --quiet               no progress and no summary\n"
    "\n"
    "Exit status: the workload's; 64 and above, see perfrec(1).\n";

/* A whole decimal number from least to most. */
static int parse_number(const char *option, const char *text, uint64_t least, uint64_t most,
			uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || *value < least || *value > most)
		return fail(EXIT_USAGE, "%s: '%s' is not a number from %llu to %llu", option, text,
			    (unsigned long long)least, (unsigned long long)most);
	return EXIT_GOOD;
}

static int parse_callchain(struct options *options, const char *text)
{
	if (!strcmp(text, "fp"))
		options->callchain = CALLCHAIN_FP;
	else if (!strcmp(text, "dwarf"))
		options->callchain = CALLCHAIN_DWARF;
	else if (!strcmp(text, "no"))
		options->callchain = CALLCHAIN_NO;
	else
		return fail(EXIT_USAGE, "-g: '%s' is none of fp, dwarf, no", text);
	return EXIT_GOOD;
}

static int parse_ring_size(struct options *options, const char *text)
{
	int code =
	    parse_number("--ring-size", text, LEAST_RING_SIZE, MOST_RING_SIZE, &options->ring_size);

	if (code == EXIT_GOOD && options->ring_size & (options->ring_size - 1))
		return fail(EXIT_USAGE, "--ring-size: %s is not a power of two", text);
	return code;
}

static int parse_option(struct options *options, int option, const char *argument)
{
	uint64_t number;
	int code;

	switch (option) {
	case 'e':
		return parse_events(&options->events, argument);
	case 'c':
		return parse_number("-c", argument, 1, INT64_MAX, &options->period);
	case 'F':
		return parse_number("-F", argument, 1, 1000000, &options->frequency);
	case 'g':
		return parse_callchain(options, argument);
	case 'a':
		options->system_wide = true;
		return EXIT_GOOD;
	case 'o':
		options->output = argument;
		return EXIT_GOOD;
	case 'B':
		options->no_buildid_cache = true;
		return EXIT_GOOD;
	case 'q':
		options->quiet = true;
		return EXIT_GOOD;
	case OPTION_RING_SIZE:
		return parse_ring_size(options, argument);
	case OPTION_QEMU:
		options->emulator = argument;
		return EXIT_GOOD;
	case OPTION_KERNEL:
		options->kernel = argument;
		return EXIT_GOOD;
	case OPTION_TIMEOUT:
		code = parse_number("--timeout", argument, 0, 1000000, &number);
		options->timeout = number;
		return code;
	case OPTION_BUILDID_DIR:
		options->buildid_dir = argument;
		return EXIT_GOOD;
	}
	return EXIT_USAGE;
}

/* What cannot be said of one option alone. */
static int check_options(struct options *options)
{
	if (options->period && options->frequency)
		return fail(EXIT_USAGE, "-c and -F exclude each other");
	if (options->period == 0)
		options->period = DEFAULT_PERIOD;
	if (!options->output[0])
		return fail(EXIT_USAGE, "-o: empty file name");
	if (!strcmp(options->output, "-"))
		return fail(EXIT_USAGE, "-o -: a recording is written to a file, not to a pipe");
	if (!options->workload)
		return fail(EXIT_USAGE, "no workload; see perfrec record --help");
	return options->events.nr ? EXIT_GOOD : parse_events(&options->events, "cycles");
}

int parse_options(struct options *options, int argc, char *const *argv, bool *done)
{
	int option, code;

	*done = false;
	*options = (struct options){
	    .ring_size = DEFAULT_RING_SIZE,
	    .timeout = DEFAULT_TIMEOUT,
	    .output = "perf.data",
	};
	opterr = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, "+:e:c:F:g:ao:Bqh", long_options, NULL)) != -1) {
		if (option == 'h') {
			*done = true;
			return fputs(help, stdout) < 0 || fflush(stdout) ? EXIT_OUTPUT : EXIT_GOOD;
		}
		if (option == '?')
			return fail(EXIT_USAGE, "unknown option '%s'; see perfrec record --help",
				    argv[optind - 1]);
		if (option == ':')
			return fail(EXIT_USAGE, "option '%s' needs a value", argv[optind - 1]);
		code = parse_option(options, option, optarg);
		if (code)
			return code;
	}
	if (optind < argc) {
		options->workload = argv[optind];
		options->arguments = argv + optind + 1;
	}
	return check_options(options);
}
