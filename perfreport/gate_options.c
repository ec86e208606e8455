/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc.h"
#include "gate_options.h"

enum {
	OPT_BASE = 256,
	OPT_NEW,
	OPT_RULES,
	OPT_EVENT,
	OPT_FORMAT,
	OPT_STRICT,
	OPT_ALPHA,
	OPT_MIN_EFFECT,
	OPT_MIN_SHARE,
	OPT_MIN_IMPACT,
	OPT_MAX_LOSS,
	OPT_MAX_BROKEN,
	OPT_MIN_RUNNING,
	OPT_ALLOW,
	OPT_NO_NORMALIZE,
	OPT_HISTORY,
	OPT_SERIES,
	OPT_TODAY,
	OPT_WRITE_RUNS,
	OPT_FOLD,
	OPT_NULL,
	OPT_RUNS,
	OPT_SELFTEST,
	OPT_SEED,
	OPT_ALL,
	OPT_BUILD_ID_DIR,
	OPT_SYMFS,
};

static const char help[] =
    "usage: perfreport gate --base FILE... --new FILE... [options]\n"
    "Is what is new worse than the base? Exit status 0: no; 1: a regression; 2: usage, input or\n"
    "output; 3: inconclusive; 4: an improvement, with --strict.\n"
    "\n"
    "FILE is a result of perfrec stat --per-function --json (exact counts: the deterministic\n"
    "regime), or a recording, of which several are needed on each side (the statistical one).\n"
    "\n"
    "      --base FILE...        what was\n"
    "      --new FILE...         what is\n"
    "      --history DB          the base is the accepted baseline of this history\n"
    "      --series NAME         of this series (default: main)\n"
    "      --rules FILE          budgets, tolerances and suppressions\n"
    "      --event NAME          this event only\n"
    "      --strict              an improvement asks for a new baseline: exit status 4\n"
    "      --allow FACT[,FACT]   compare although these differ: kernel, processor, ...\n"
    "      --format FORMAT       text, json, junit, markdown, sarif\n"
    "  -o, --output OUT          where to write (default: standard output)\n"
    "      --all                 what did not change, too\n"
    "      --write-runs OUT      only write the runs of --base as one table of runs\n"
    "      --fold P              in it, functions with less than P percent are one\n"
    "statistical:\n"
    "      --alpha LEVEL         of the tests together (default: 0.005)\n"
    "      --min-effect P        percent of a function that matter (default: 1)\n"
    "      --min-share P         percent of the event a function must hold (default: 1)\n"
    "      --min-impact P        percent of the event a change must be (default: 0.05)\n"
    "      --no-normalize        leave the host's speed in\n"
    "validity:\n"
    "      --max-loss P          percent of samples lost or throttled (default: 0.1)\n"
    "      --max-broken P        percent of callchains broken (default: 50)\n"
    "      --min-running P       percent of the time on a counter (default: 100)\n"
    "the gate itself:\n"
    "      --null N              N comparisons of --base with itself: how often it cries wolf\n"
    "      --selftest            known slowdowns put in: is every one caught?\n"
    "      --runs K              runs of each side in these (default: 20, or half)\n"
    "      --seed S              of the random numbers (default: 1)\n"
    "      --today DATE          for what expires (default: today)\n"
    "\n"
    "examples:\n"
    "  perfrec stat --per-function --json -e instructions:u -o new.json -- zlib\n"
    "  perfreport gate --base base.json --new new.json --rules budgets\n"
    "  perfreport gate --base base/*.data --new new/*.data --format junit -o gate.xml\n";

static const struct option long_options[] = {
    {"base", required_argument, NULL, OPT_BASE},
    {"new", required_argument, NULL, OPT_NEW},
    {"rules", required_argument, NULL, OPT_RULES},
    {"budgets", required_argument, NULL, OPT_RULES},
    {"event", required_argument, NULL, OPT_EVENT},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"output", required_argument, NULL, 'o'},
    {"strict", no_argument, NULL, OPT_STRICT},
    {"alpha", required_argument, NULL, OPT_ALPHA},
    {"min-effect", required_argument, NULL, OPT_MIN_EFFECT},
    {"min-share", required_argument, NULL, OPT_MIN_SHARE},
    {"min-impact", required_argument, NULL, OPT_MIN_IMPACT},
    {"max-loss", required_argument, NULL, OPT_MAX_LOSS},
    {"max-broken", required_argument, NULL, OPT_MAX_BROKEN},
    {"min-running", required_argument, NULL, OPT_MIN_RUNNING},
    {"allow", required_argument, NULL, OPT_ALLOW},
    {"no-normalize", no_argument, NULL, OPT_NO_NORMALIZE},
    {"history", required_argument, NULL, OPT_HISTORY},
    {"series", required_argument, NULL, OPT_SERIES},
    {"today", required_argument, NULL, OPT_TODAY},
    {"write-runs", required_argument, NULL, OPT_WRITE_RUNS},
    {"fold", required_argument, NULL, OPT_FOLD},
    {"null", required_argument, NULL, OPT_NULL},
    {"runs", required_argument, NULL, OPT_RUNS},
    {"selftest", no_argument, NULL, OPT_SELFTEST},
    {"seed", required_argument, NULL, OPT_SEED},
    {"all", no_argument, NULL, OPT_ALL},
    {"build-id-dir", required_argument, NULL, OPT_BUILD_ID_DIR},
    {"buildid-dir", required_argument, NULL, OPT_BUILD_ID_DIR},
    {"symfs", required_argument, NULL, OPT_SYMFS},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static const char *option_name(int option)
{
	for (const struct option *o = long_options; o->name; o++)
		if (o->val == option)
			return o->name;
	return "";
}

static bool parse_number(double *number, int option, const char *text, double most, double unit,
			 struct failure *failure)
{
	char *end;

	*number = strtod(text, &end);
	if (end != text && *end == '\0' && *number >= 0 && *number <= most) {
		*number *= unit;
		return true;
	}
	failure_set(failure, EXIT_USAGE, "--%s: \"%s\" is not a number from 0 to %g",
		    option_name(option), text, most);
	return false;
}

static bool parse_count(unsigned long *count, int option, const char *text, struct failure *failure)
{
	char *end;

	*count = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && *end == '\0' && *count > 0 && *count <= 10000000)
		return true;
	failure_set(failure, EXIT_USAGE, "--%s: \"%s\" is not a number from 1 to 10000000",
		    option_name(option), text);
	return false;
}

static void add_file(struct gate_options *options, enum gate_side_name side, const char *name)
{
	options->files[side] = must_grow(options->files[side], &options->capacity[side],
					 options->nr_files[side] + 1, sizeof *options->files[side]);
	options->files[side][options->nr_files[side]++] = name;
}

static bool parse_format(struct gate_options *options, const char *text, struct failure *failure)
{
	static const char *const names[GATE_FORMATS] = {"text", "json", "junit", "markdown",
							"sarif"};

	for (int format = 0; format < GATE_FORMATS; format++) {
		if (strcmp(text, names[format]) == 0) {
			options->format = format;
			return true;
		}
	}
	failure_set(failure, EXIT_USAGE,
		    "--format: no format \"%s\"; formats: text, json, junit, markdown, sarif",
		    text);
	return false;
}

static bool parse_date(struct gate_options *options, const char *text, struct failure *failure)
{
	int year, month, day;

	if (strlen(text) == 10 && sscanf(text, "%4d-%2d-%2d", &year, &month, &day) == 3) {
		snprintf(options->today, sizeof options->today, "%s", text);
		return true;
	}
	failure_set(failure, EXIT_USAGE, "--today: \"%s\" is not a date as YYYY-MM-DD", text);
	return false;
}

/* Options that are a number. */
static bool store_number(struct gate_options *options, int option, const char *value,
			 struct failure *failure)
{
	struct gate_settings *settings = &options->settings;
	unsigned long seed;

	switch (option) {
	case OPT_ALPHA:
		return parse_number(&settings->alpha, option, value, 1, 1, failure);
	case OPT_MIN_EFFECT:
		return parse_number(&settings->min_effect, option, value, 1e6, 0.01, failure);
	case OPT_MIN_SHARE:
		return parse_number(&settings->min_share, option, value, 100, 0.01, failure);
	case OPT_MIN_IMPACT:
		return parse_number(&settings->min_impact, option, value, 100, 0.01, failure);
	case OPT_MAX_LOSS:
		return parse_number(&settings->max_loss, option, value, 100, 0.01, failure);
	case OPT_MAX_BROKEN:
		return parse_number(&settings->max_broken, option, value, 100, 0.01, failure);
	case OPT_MIN_RUNNING:
		return parse_number(&settings->min_running, option, value, 100, 0.01, failure);
	case OPT_FOLD:
		return parse_number(&options->fold, option, value, 100, 0.01, failure);
	case OPT_NULL:
		return parse_count(&options->null, option, value, failure);
	case OPT_RUNS:
		return parse_count(&options->per_side, option, value, failure);
	default:
		if (!parse_count(&seed, option, value, failure))
			return false;
		settings->seed = seed;
		return true;
	}
}

static bool store(struct gate_options *options, int option, const char *value,
		  struct failure *failure)
{
	switch (option) {
	case OPT_RULES:
		options->rules = value;
		return true;
	case OPT_EVENT:
		options->event = value;
		return true;
	case OPT_FORMAT:
		return parse_format(options, value, failure);
	case 'o':
		options->output = value;
		return true;
	case OPT_STRICT:
		options->settings.strict = true;
		return true;
	case OPT_ALLOW:
		options->settings.allow = value;
		return true;
	case OPT_NO_NORMALIZE:
		options->settings.normalize = false;
		return true;
	case OPT_HISTORY:
		options->history = value;
		return true;
	case OPT_SERIES:
		options->series = value;
		return true;
	case OPT_TODAY:
		return parse_date(options, value, failure);
	case OPT_WRITE_RUNS:
		options->write_runs = value;
		return true;
	case OPT_SELFTEST:
		options->selftest = true;
		return true;
	case OPT_ALL:
		options->all = true;
		return true;
	case OPT_BUILD_ID_DIR:
		options->search.build_id_dir = value;
		return true;
	case OPT_SYMFS:
		options->search.root = value;
		return true;
	default:
		return store_number(options, option, value, failure);
	}
}

static bool refuse(struct failure *failure, const char *what)
{
	failure_set(failure, EXIT_USAGE, "gate: %s (perfreport gate --help)", what);
	return false;
}

/* What does not go together, or is missing. */
static bool complete(struct gate_options *options, struct failure *failure)
{
	const size_t *nr = options->nr_files;
	bool alone = options->null || options->selftest || options->write_runs;
	const char *home = getenv("HOME");

	if (options->null && options->selftest)
		return refuse(failure, "give --null or --selftest");
	if (alone && nr[GATE_NEW])
		return refuse(failure, "--null, --selftest and --write-runs look at --base only");
	if (!nr[GATE_BASE] && !options->selftest && !options->history)
		return refuse(failure, "--base is missing");
	if (nr[GATE_BASE] && options->history)
		return refuse(failure, "give --base or --history");
	if (options->history && alone)
		return refuse(failure, "--history is for comparing");
	if (!alone && !nr[GATE_NEW])
		return refuse(failure, "--new is missing");
	if (options->search.build_id_dir == NULL && home != NULL) {
		if (asprintf(&options->own_build_id_dir, "%s/.debug", home) < 0)
			abort();
		options->search.build_id_dir = options->own_build_id_dir;
	}
	return true;
}

static void set_defaults(struct gate_options *options)
{
	time_t now = time(NULL);
	struct tm day;

	*options = (struct gate_options){.settings = gate_default_settings,
					 .output = "-",
					 .series = "main",
					 .search = {.root = ""}};
	gmtime_r(&now, &day);
	strftime(options->today, sizeof options->today, "%Y-%m-%d", &day);
}

enum gate_parsed gate_options_parse(struct gate_options *options, int argc, char **argv,
				    struct failure *failure)
{
	int option, side = -1;

	set_defaults(options);
	opterr = 0;
	/* "-": what is no option comes as option 1, and belongs to the side named last. */
	while ((option = getopt_long(argc, argv, "-:o:h", long_options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return GATE_PARSED_HELP;
		}
		if (option == '?' || option == ':') {
			failure_set(failure, EXIT_USAGE,
				    option == '?' ? "%s: no such option (perfreport gate --help)"
						  : "%s: needs a value (perfreport gate --help)",
				    argv[optind - 1]);
			return GATE_PARSED_FAILED;
		}
		if (option == OPT_BASE || option == OPT_NEW)
			side = option == OPT_BASE ? GATE_BASE : GATE_NEW;
		if (option == OPT_BASE || option == OPT_NEW || (option == 1 && side >= 0)) {
			add_file(options, side, optarg);
			continue;
		}
		if (option == 1) {
			failure_set(failure, EXIT_USAGE,
				    "gate: %s: is it --base or --new? (perfreport gate --help)",
				    optarg);
			return GATE_PARSED_FAILED;
		}
		if (!store(options, option, optarg, failure))
			return GATE_PARSED_FAILED;
	}
	return complete(options, failure) ? GATE_PARSED : GATE_PARSED_FAILED;
}

void gate_options_free(struct gate_options *options)
{
	free(options->files[GATE_BASE]);
	free(options->files[GATE_NEW]);
	free(options->own_build_id_dir);
}
