/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing the command line of perfrec record. */
#include <string.h>

#include "exit_codes.h"
#include "number.h"
#include "options.h"

#define DEFAULT_PERIOD	   100003 /* prime: it falls into step with no loop */
#define DEFAULT_STACK_DUMP 8192	  /* perf's */
#define MOST_STACK_DUMP	   63488  /* a record's size has 16 bits */

enum own_option {
	OPTION_RING_SIZE = OWN_OPTION,
	OPTION_BUILDID_DIR,
	OPTION_OFF_CPU,
	OPTION_MAX_OVERHEAD,
};

static const struct option names[] = {
    COMMON_OPTIONS,
    {"count", required_argument, NULL, 'c'},
    {"freq", required_argument, NULL, 'F'},
    {"call-graph", required_argument, NULL, 'g'},
    {"output", required_argument, NULL, 'o'},
    {"no-buildid-cache", no_argument, NULL, 'B'},
    {"ring-size", required_argument, NULL, OPTION_RING_SIZE},
    {"buildid-dir", required_argument, NULL, OPTION_BUILDID_DIR},
    {"off-cpu", no_argument, NULL, OPTION_OFF_CPU},
    {"max-overhead", required_argument, NULL, OPTION_MAX_OVERHEAD},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "Usage: perfrec record [OPTION]... [-o FILE] [--] WORKLOAD [ARG]...\n"
    "Record where a Mach task spends its cycles, misses its caches, ...\n"
    "\n"
    "  perfrec record chase                      cycles, one sample every 100003\n"
    "  perfrec record -e cache-misses -c 1000 -o perf.data -- chase\n"
    "  perfrec record -e cycles:u,branch-misses:k -- sqlite 200\n"
    "  perfrec record -e cycles/period=100003/,cache-misses/period=997/u -- sqlite\n"
    "  perfrec record -a -e cycles -- pingpong   every task and the kernel's own\n"
    "  perfrec record --off-cpu -e cpu-clock -- pingpong   where it runs, and waits\n"
    "  perf report -i perf.data                  or perfreport flame -i perf.data\n"
    "\n"
    "WORKLOAD is a path, or the bare name of a program that came with machperf.\n"
    "\n"
    "  -e, --event EVENT[,...]   what to count (perfrec list); default cycles\n"
    "  -c, --count N             one sample every N events; default 100003;\n"
    "                            EVENT/period=N/ gives one event its own\n"
    "  -F, --freq HZ             so many samples per guest second instead\n"
    "  -g, --call-graph HOW      fp (default), dwarf[,BYTES] or no\n"
    "      --max-overhead PERCENT  of the guest's time for samples, 1 to 100 (no limit);\n"
    "                            what comes beyond is throttled, and counted\n"
    "      --off-cpu             and where it blocks: the event offcpu-time, in ns\n"
    "  -a, --all-cpus            sample the whole system, not only the workload\n"
    "  -o, --output FILE         default perf.data; facts of the host go to FILE.log\n"
    "      --ring-size BYTES     of each CPU's ring, a power of two; default 1048576\n"
    "      --accel kvm           the host's own counters, if it has them; else the\n"
    "                            emulated ones, which count the same every time\n"
    "      --model GEOMETRY      of caches, TLBs and predictor: a preset, KEY=VALUE, or both\n"
    "      --timeout SECONDS     give a hanging guest up; default 600, 0: never\n"
    "      --silence SECONDS     the same for one that says nothing at all; default 60\n"
    "      --arch i386           a kernel and programs of 32 bits; default amd64\n"
    "      --kernel IMAGE        another grafted kernel\n"
    "      --cpus N              processors, for a kernel that drives several; default 1\n"
    "      --memory MB           of the machine; default 128, with more processors 512\n"
    "      --qemu PROGRAM        another emulator (or MACHPERF_QEMU)\n"
    "      --buildid-dir DIR     where symbols are kept for reports; default ~/.debug\n"
    "  -B, --no-buildid-cache    keep none\n"
    "  -q, --quiet               no progress and no summary\n"
    "\n"
    "Exit status: the workload's; 64 and above, see perfrec(1).\n";

static int parse_stack_dump(struct options *options, const char *text)
{
	int code = parse_number("-g dwarf", text, 8, MOST_STACK_DUMP, &options->stack_dump);

	if (code == EXIT_GOOD && options->stack_dump % 8)
		return fail(EXIT_USAGE, "-g dwarf: %s bytes are no multiple of 8", text);
	options->callchain = CALLCHAIN_DWARF;
	return code;
}

static int parse_callchain(struct options *options, const char *text)
{
	if (!strcmp(text, "fp"))
		options->callchain = CALLCHAIN_FP;
	else if (!strcmp(text, "dwarf"))
		options->callchain = CALLCHAIN_DWARF;
	else if (!strncmp(text, "dwarf,", strlen("dwarf,")))
		return parse_stack_dump(options, text + strlen("dwarf,"));
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

static int parse_budget(struct options *options, const char *text)
{
	uint64_t percent = 0;
	int code = parse_number("--max-overhead", text, 1, 100, &percent);

	options->budget = percent;
	return code;
}

static int take_option(void *into, int option, const char *argument)
{
	struct options *options = into;

	switch (option) {
	case 'c':
		return parse_number("-c", argument, 1, INT64_MAX, &options->period);
	case 'F':
		return parse_number("-F", argument, 1, MAX_FREQUENCY, &options->frequency);
	case 'g':
		return parse_callchain(options, argument);
	case 'o':
		options->output = argument;
		return EXIT_GOOD;
	case 'B':
		options->no_buildid_cache = true;
		return EXIT_GOOD;
	case OPTION_RING_SIZE:
		return parse_ring_size(options, argument);
	case OPTION_MAX_OVERHEAD:
		return parse_budget(options, argument);
	case OPTION_OFF_CPU:
		options->off_cpu = true;
		return EXIT_GOOD;
	case OPTION_BUILDID_DIR:
		options->buildid_dir = argument;
		return EXIT_GOOD;
	}
	return take_common_option(options, option, argument);
}

static const struct syntax syntax = {
    .command = "record",
    .letters = "+:" COMMON_LETTERS "c:F:g:o:B",
    .names = names,
    .help = help,
    .take = take_option,
};

int parse_options(struct options *options, int argc, char *const *argv, bool *done)
{
	int code;

	*options = default_options;
	options->stack_dump = DEFAULT_STACK_DUMP;
	options->output = "perf.data";
	code = parse_arguments(&syntax, options, options, argc, argv, done);
	if (code || *done)
		return code;
	if (options->period && options->frequency)
		return fail(EXIT_USAGE, "-c and -F exclude each other");
	if (options->period == 0)
		options->period = DEFAULT_PERIOD;
	if (!options->output[0])
		return fail(EXIT_USAGE, "-o: empty file name");
	if (!strcmp(options->output, "-"))
		return fail(EXIT_USAGE, "-o -: a recording is written to a file, not to a pipe");
	if (options->events.nr == 0)
		code = parse_events(&options->events, "cycles");
	if (code == EXIT_GOOD && options->off_cpu)
		code = parse_events(&options->events, "offcpu-time");
	return code;
}
