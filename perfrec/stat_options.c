/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing the command line of perfrec stat. */
#include "by_function.h"
#include "exit_codes.h"
#include "number.h"
#include "stat_options.h"

#define MOST_RUNS      10000
#define MOST_PERTURB   64
#define LEAST_INTERVAL 10 /* the kernel's clock ticks so often */
#define MOST_INTERVAL  1000000

/* For the records of some hundred threads that die at once. */
#define PARTS_RING_SIZE 65536

/* What the emulated PMU can count at once: two events on fixed counters and one
   on each of four general ones. */
#define DEFAULT_EVENTS "cycles,instructions,branches,branch-misses,cache-references,cache-misses"

enum own_option {
	OPTION_JSON = OWN_OPTION,
	OPTION_CSV,
	OPTION_PER_FUNCTION,
	OPTION_PER_THREAD,
	OPTION_PERTURB,
	OPTION_VARIANT,
	OPTION_AGAINST,
	OPTION_AGAINST_KERNEL,
	OPTION_AGAINST_OUTPUT,
};

static const struct option names[] = {
    COMMON_OPTIONS,
    {"repeat", required_argument, NULL, 'r'},
    {"output", required_argument, NULL, 'o'},
    {"interval", required_argument, NULL, 'I'},
    {"no-aggr", no_argument, NULL, 'A'},
    {"json", no_argument, NULL, OPTION_JSON},
    {"csv", no_argument, NULL, OPTION_CSV},
    {"per-function", no_argument, NULL, OPTION_PER_FUNCTION},
    {"per-thread", no_argument, NULL, OPTION_PER_THREAD},
    {"perturb", required_argument, NULL, OPTION_PERTURB},
    {"variant", required_argument, NULL, OPTION_VARIANT},
    {"against", required_argument, NULL, OPTION_AGAINST},
    {"against-kernel", required_argument, NULL, OPTION_AGAINST_KERNEL},
    {"against-output", required_argument, NULL, OPTION_AGAINST_OUTPUT},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "Usage: perfrec stat [OPTION]... [--] WORKLOAD [ARG]...\n"
    "Count the hardware events of a Mach task, without samples.\n"
    "\n"
    "  perfrec stat chase                        the default events\n"
    "  perfrec stat -e instructions:u,cache-misses:u -- sqlite 200\n"
    "  perfrec stat --json -o stat.json -- zlib  for programs, docs/stat.schema.json\n"
    "  perfrec stat -r 5 -- chase                repeated: the mean and the spread\n"
    "  perfrec stat -I 100 -- sqlite             every 100 ms of guest time\n"
    "  perfrec stat -a -A --cpus 2 --kernel IMAGE -- threads   each processor by itself\n"
    "  perfrec stat --per-thread -- pingpong     each thread by itself\n"
    "  perfrec stat --per-function -- sqlite     and the exact counts of each function\n"
    "\n"
    "WORKLOAD is a path, or the bare name of a program that came with machperf.\n"
    "\n"
    "  -e, --event EVENT[,...]   what to count (perfrec list); default\n"
    "                            " DEFAULT_EVENTS "\n"
    "  -r, --repeat N            run N times\n"
    "  -a, --all-cpus            count the whole system, not only the workload\n"
    "  -A, --no-aggr             and each processor by itself, with -a\n"
    "  -I, --interval MS         and what was counted every MS milliseconds\n"
    "      --per-thread          and each thread of the workload by itself\n"
    "      --per-function        exact counts of each function too, without sampling\n"
    "      --perturb K           and in K other layouts: how much of a count is chance\n"
    "      --variant FILE        another link of the workload, for these; more than once\n"
    "      --against WORKLOAD    count this base too, in turns, with the same arguments\n"
    "      --against-kernel IMAGE  or the same workload on this kernel as the base\n"
    "      --against-output FILE its result, with --json and --csv\n"
    "      --json                as JSON, to standard output\n"
    "      --csv                 as comma-separated values, to standard output\n"
    "  -o, --output FILE         write the result to FILE\n"
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
    "  -q, --quiet               no progress\n"
    "  -h, --help                this text\n";

static void take_against(struct stat_options *options, int option, const char *argument)
{
	if (option == OPTION_AGAINST)
		options->against = argument;
	else if (option == OPTION_AGAINST_KERNEL)
		options->against_kernel = argument;
	else
		options->against_output = argument;
}

static int take_option(void *into, int option, const char *argument)
{
	struct stat_options *options = into;
	uint64_t number = 0;
	int code;

	switch (option) {
	case 'r':
		code = parse_number("-r", argument, 1, MOST_RUNS, &number);
		options->runs = number;
		return code;
	case 'o':
		options->output = argument;
		return EXIT_GOOD;
	case 'I':
		code = parse_number("-I", argument, LEAST_INTERVAL, MOST_INTERVAL, &number);
		options->session.interval = number;
		return code;
	case 'A':
		options->session.per_cpu = true;
		return EXIT_GOOD;
	case OPTION_PER_THREAD:
		options->session.per_thread = true;
		return EXIT_GOOD;
	case OPTION_PER_FUNCTION:
		options->per_function = true;
		return EXIT_GOOD;
	case OPTION_PERTURB:
		code = parse_number("--perturb", argument, 1, MOST_PERTURB, &number);
		options->perturb = number;
		return code;
	case OPTION_VARIANT:
		if (options->nr_variants == MOST_VARIANTS)
			return fail(EXIT_USAGE, "--variant: more than %d", MOST_VARIANTS);
		options->variants[options->nr_variants++] = argument;
		return EXIT_GOOD;
	case OPTION_AGAINST:
	case OPTION_AGAINST_KERNEL:
	case OPTION_AGAINST_OUTPUT:
		take_against(options, option, argument);
		return EXIT_GOOD;
	case OPTION_JSON:
	case OPTION_CSV:
		if (options->format != STAT_TEXT)
			return fail(EXIT_USAGE, "give --json or --csv once");
		options->format = option == OPTION_JSON ? STAT_JSON : STAT_CSV;
		return EXIT_GOOD;
	}
	return take_common_option(&options->session, option, argument);
}

static const struct syntax syntax = {
    .command = "stat",
    .letters = "+:" COMMON_LETTERS "r:o:I:A",
    .names = names,
    .help = help,
    .take = take_option,
};

/* What exact counts of functions do not go with. */
static int check_per_function(const struct stat_options *options)
{
	const struct event_list *list = &options->session.events;
	unsigned int n;

	if (options->session.system_wide)
		return fail(EXIT_USAGE, "--per-function is for the functions of one workload: "
					"leave -a away");
	if (options->runs > 1)
		return fail(EXIT_USAGE,
			    "--per-function is exact, one run is enough: leave -r away");
	if (options->format == STAT_CSV)
		return fail(EXIT_USAGE, "--csv has no functions: give --json with --per-function");
	for (n = 0; n < list->nr; n++)
		if (!by_function_counts(&list->events[n]))
			return fail(EXIT_UNSUPPORTED_EVENT,
				    "event '%s': the emulator does not keep it by function",
				    list->events[n].name);
	return EXIT_GOOD;
}

/* Parts of the counts are those of one run. */
static int check_parts(const struct stat_options *options)
{
	const struct options *session = &options->session;

	if (session->per_cpu && !session->system_wide)
		return fail(EXIT_USAGE, "-A is for the whole system: give -a with it");
	if (session->per_thread && session->system_wide)
		return fail(EXIT_USAGE,
			    "--per-thread is for the threads of the workload: leave -a away");
	if (!session->per_cpu && !session->interval && !session->per_thread)
		return EXIT_GOOD;
	if (options->runs > 1 || options->per_function || options->against ||
	    options->against_kernel)
		return fail(EXIT_USAGE,
			    "%s shows one run: leave -r, --per-function and --against "
			    "away",
			    session->per_cpu	? "-A"
			    : session->interval ? "-I"
						: "--per-thread");
	return EXIT_GOOD;
}

/* What other layouts, and another subject, need. */
static int check_subjects(const struct stat_options *options)
{
	const bool second = options->against || options->against_kernel;

	if (options->perturb && !options->per_function)
		return fail(EXIT_USAGE, "--perturb is for --per-function");
	if (options->nr_variants && !options->perturb)
		return fail(EXIT_USAGE, "--variant is for --perturb");
	if (options->against_output && !second)
		return fail(EXIT_USAGE, "--against-output is for --against");
	if (second && options->format != STAT_TEXT &&
	    (!options->against_output || !options->output))
		return fail(EXIT_USAGE, "--against writes two results: give -o FILE and "
					"--against-output FILE");
	if (second && options->format == STAT_TEXT && options->against_output)
		return fail(EXIT_USAGE, "--against-output is for --json and --csv");
	return EXIT_GOOD;
}

int parse_stat_options(struct stat_options *options, int argc, char *const *argv, bool *done)
{
	struct options *session = &options->session;
	unsigned int n;
	int code;

	*options = (struct stat_options){.session = default_options, .runs = 1};
	session->counts_only = true;
	session->ring_size = PARTS_RING_SIZE;
	code = parse_arguments(&syntax, options, session, argc, argv, done);
	if (code || *done)
		return code;
	if (options->output && !options->output[0])
		return fail(EXIT_USAGE, "-o: empty file name");
	for (n = 0; n < session->events.nr; n++)
		if (session->events.events[n].period || session->events.events[n].frequency)
			return fail(EXIT_USAGE,
				    "event '%s': perfrec stat takes no samples; leave its period "
				    "or freq away",
				    session->events.events[n].name);
	if (options->per_function && session->accelerator == ACCEL_KVM)
		return fail(EXIT_USAGE,
			    "--per-function is of the emulated PMU: leave --accel away");
	if (session->events.nr == 0)
		code = parse_events(&session->events, DEFAULT_EVENTS);
	if (code == EXIT_GOOD)
		code = check_subjects(options);
	if (code == EXIT_GOOD)
		code = check_parts(options);
	return code || !options->per_function ? code : check_per_function(options);
}
