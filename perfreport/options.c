/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "view_help.h"

enum {
	OPT_SORT = 256,
	OPT_CHILDREN,
	OPT_CALLERS,
	OPT_CALLEES,
	OPT_EVENT,
	OPT_JSON,
	OPT_TOP,
	OPT_TITLE,
	OPT_ICICLE,
	OPT_BUILD_ID_DIR,
	OPT_SYMFS,
	OPT_FORMAT,
	OPT_TASK,
	OPT_THREAD,
	OPT_DSO,
	OPT_SYMBOL,
	OPT_CSV,
	OPT_PERCENT_LIMIT,
	OPT_FLAME,
	OPT_THREADS,
	OPT_HTML,
	OPT_BY,
	OPT_BINS,
	OPT_WALL,
	OPT_INLINE,
	OPT_VERSION,
};

static const char *const view_names[VIEWS] = {"report", "flame",    "folded",	"header", "export",
					      "diff",	"timeline", "annotate", "dump",	  "bundle"};

#define VIEW_LIST "report, flame, folded, header, export, diff, timeline, annotate, dump, bundle"

static const char *const format_names[EXPORT_FORMATS] = {"folded",  "speedscope", "pprof",
							 "firefox", "chrome",	  "json"};

#define FORMAT_LIST "folded, speedscope, pprof, firefox, chrome, json"

static const struct option long_options[] = {
    {"input", required_argument, NULL, 'i'},
    {"output", required_argument, NULL, 'o'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {"event", required_argument, NULL, OPT_EVENT},
    {"build-id-dir", required_argument, NULL, OPT_BUILD_ID_DIR},
    {"buildid-dir", required_argument, NULL, OPT_BUILD_ID_DIR}, /* as perf spells it */
    {"symfs", required_argument, NULL, OPT_SYMFS},
    {"sort", required_argument, NULL, OPT_SORT},
    {"children", no_argument, NULL, OPT_CHILDREN},
    {"callers", required_argument, NULL, OPT_CALLERS},
    {"callees", required_argument, NULL, OPT_CALLEES},
    {"top", required_argument, NULL, OPT_TOP},
    {"json", no_argument, NULL, OPT_JSON},
    {"folded", no_argument, NULL, 'f'},
    {"title", required_argument, NULL, OPT_TITLE},
    {"icicle", no_argument, NULL, OPT_ICICLE},
    {"flame", no_argument, NULL, OPT_FLAME},
    {"html", no_argument, NULL, OPT_HTML},
    {"by", required_argument, NULL, OPT_BY},
    {"bins", required_argument, NULL, OPT_BINS},
    {"task", required_argument, NULL, OPT_TASK},
    {"thread", required_argument, NULL, OPT_THREAD},
    {"dso", required_argument, NULL, OPT_DSO},
    {"symbol", required_argument, NULL, OPT_SYMBOL},
    {"csv", no_argument, NULL, OPT_CSV},
    {"percent-limit", required_argument, NULL, OPT_PERCENT_LIMIT},
    {"wall", no_argument, NULL, OPT_WALL},
    {"inline", no_argument, NULL, OPT_INLINE},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"format", required_argument, NULL, OPT_FORMAT},
    {0},
};

#define SORT_LIST "task, thread, comm, symbol, dso, srcline, cpu"

static bool parse_sort(struct sort *sort, const char *text, struct failure *failure)
{
	sort->nr = 0;
	while (*text) {
		size_t length = strcspn(text, ",");
		int key;

		for (key = 0; key < SORT_KEYS; key++)
			if (strlen(sort_key_name(key)) == length &&
			    strncmp(text, sort_key_name(key), length) == 0)
				break;
		if (key == SORT_KEYS) {
			failure_set(failure, EXIT_USAGE,
				    "--sort: no key \"%.*s\"; keys: " SORT_LIST, (int)length, text);
			return false;
		}
		if (!sort_has(sort, key))
			sort->keys[sort->nr++] = key;
		text += length + (text[length] == ',');
	}
	if (sort->nr == 0)
		failure_set(failure, EXIT_USAGE, "--sort: no key; keys: " SORT_LIST);
	return sort->nr != 0;
}

/* A whole number from 1 to most; what: what it is, for the message. */
static bool parse_number(size_t *number, const char *text, unsigned long most, const char *option,
			 const char *what, struct failure *failure)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value == 0 || value > most) {
		failure_set(failure, EXIT_USAGE, "%s: \"%s\" is not a number of %s", option, text,
			    what);
		return false;
	}
	*number = value;
	return true;
}

static bool parse_by(enum lane_key *by, const char *name, struct failure *failure)
{
	for (int key = 0; key < LANE_KEYS; key++) {
		if (strcmp(name, lane_key_name(key)) == 0) {
			*by = key;
			return true;
		}
	}
	failure_set(failure, EXIT_USAGE, "--by: no key \"%s\"; keys: task, thread, cpu, event",
		    name);
	return false;
}

static bool parse_percent(double *percent, const char *text, struct failure *failure)
{
	char *end;

	*percent = strtod(text, &end);
	if (end == text || *end || !(*percent >= 0 && *percent <= 100)) {
		failure_set(failure, EXIT_USAGE, "--percent-limit: \"%s\" is not a percentage",
			    text);
		return false;
	}
	return true;
}

/* What samples must have. */
static void store_filter(struct filter *filter, int option, const char *value)
{
	switch (option) {
	case OPT_TASK:
		filter->task = value;
		break;
	case OPT_THREAD:
		filter->thread = value;
		break;
	case OPT_DSO:
		filter->dso = value;
		break;
	default:
		filter->symbol = value;
		break;
	}
}

static bool parse_view(struct options *options, const char *name, struct failure *failure)
{
	for (int view = 0; view < VIEWS; view++) {
		if (strcmp(name, view_names[view]) == 0) {
			options->view = view;
			return true;
		}
	}
	failure_set(failure, EXIT_USAGE, "no view \"%s\"; views: " VIEW_LIST " (perfreport --help)",
		    name);
	return false;
}

static bool parse_format(struct options *options, const char *name, struct failure *failure)
{
	for (int format = 0; format < EXPORT_FORMATS; format++) {
		if (strcmp(name, format_names[format]) == 0) {
			options->format = format;
			return true;
		}
	}
	failure_set(failure, EXIT_USAGE, "--format: no format \"%s\"; formats: " FORMAT_LIST, name);
	return false;
}

/* An option that takes effect by being stored. */
static bool store(struct options *options, int option, const char *value, struct failure *failure)
{
	switch (option) {
	case 'i':
		options->input = value;
		break;
	case 'o':
		options->output = value;
		break;
	case OPT_EVENT:
		options->event = value;
		break;
	case OPT_BUILD_ID_DIR:
		options->search.build_id_dir = value;
		break;
	case OPT_SYMFS:
		options->search.root = value;
		break;
	case OPT_SORT:
		return parse_sort(&options->sort, value, failure);
	case OPT_CHILDREN:
		options->children = true;
		break;
	case OPT_CALLERS:
		options->callers = value;
		break;
	case OPT_CALLEES:
		options->callees = value;
		break;
	case OPT_TOP:
		return parse_number(&options->top, value, ULONG_MAX, "--top", "rows", failure);
	case OPT_THREADS:
		return parse_number(&options->threads, value, ULONG_MAX, "--threads", "threads",
				    failure);
	case OPT_JSON:
		options->json = true;
		break;
	case OPT_TITLE:
		options->title = value;
		break;
	case OPT_ICICLE:
		options->icicle = true;
		break;
	case OPT_TASK:
	case OPT_THREAD:
	case OPT_DSO:
	case OPT_SYMBOL:
		store_filter(&options->filter, option, value);
		break;
	case OPT_CSV:
		options->csv = true;
		break;
	case OPT_PERCENT_LIMIT:
		return parse_percent(&options->percent_limit, value, failure);
	case OPT_FLAME:
		options->flame = true;
		break;
	case OPT_WALL:
		options->wall = true;
		break;
	case OPT_INLINE:
		options->inlined = true;
		break;
	case OPT_HTML:
		options->html = true;
		break;
	case OPT_BY:
		return parse_by(&options->by, value, failure);
	case OPT_BINS:
		return parse_number(&options->bins, value, BINS_MOST, "--bins", "columns", failure);
	case OPT_FORMAT:
		return parse_format(options, value, failure);
	case 'f':
		options->view = VIEW_FOLDED;
		break;
	}
	return true;
}

/* Pages go to files, the rest to standard output. */
static const char *default_output(const struct options *options)
{
	if (options->view == VIEW_FLAME)
		return "flame.html";
	if (options->view == VIEW_REPORT && options->html)
		return "report.html";
	if (options->view == VIEW_DIFF && options->flame)
		return "diff.html";
	if (options->view == VIEW_TIMELINE && options->html)
		return "timeline.html";
	if (options->view == VIEW_ANNOTATE && options->html)
		return "annotate.html";
	if (options->view == VIEW_BUNDLE)
		return "perf.bundle";
	return "-";
}

/* What was not given. */
static bool complete(struct options *options, struct failure *failure)
{
	const char *home = getenv("HOME");

	if (options->callers != NULL && options->callees != NULL) {
		failure_set(failure, EXIT_USAGE, "--callers and --callees: give one of them");
		return false;
	}
	if ((options->callers != NULL || options->callees != NULL) && options->html) {
		failure_set(failure, EXIT_USAGE,
			    "--callers and --callees: a tree is text, --csv or --json, not --html");
		return false;
	}
	if (options->json + options->csv + options->html > 1 ||
	    (options->flame && (options->json || options->csv))) {
		failure_set(failure, EXIT_USAGE, "give one of --json, --csv, %s",
			    options->flame ? "--flame" : "--html");
		return false;
	}
	if (options->view == VIEW_EXPORT && options->format == EXPORT_FORMATS) {
		failure_set(failure, EXIT_USAGE,
			    "export: --format is missing; formats: " FORMAT_LIST);
		return false;
	}
	if (options->output == NULL)
		options->output = default_output(options);
	if (options->search.build_id_dir == NULL && home != NULL) {
		if (asprintf(&options->own_build_id_dir, "%s/.debug", home) < 0)
			abort();
		options->search.build_id_dir = options->own_build_id_dir;
	}
	return true;
}

/* What is not an option: two recordings of diff, a function of annotate. */
static bool parse_recordings(struct options *options, char **names, int nr, struct failure *failure)
{
	if (options->view == VIEW_DIFF && nr == 2) {
		options->base = names[0];
		options->input = names[1];
		return true;
	}
	if (options->view == VIEW_ANNOTATE && nr == 1) {
		options->function = names[0];
		return true;
	}
	if (options->view == VIEW_DIFF)
		failure_set(failure, EXIT_USAGE,
			    "diff: %d recordings given; it needs two: perfreport diff BASE NEW",
			    nr);
	else if (nr > 0 && options->view == VIEW_ANNOTATE)
		failure_set(failure, EXIT_USAGE, "annotate: %d functions given; it shows one", nr);
	else if (nr > 0)
		failure_set(failure, EXIT_USAGE,
			    "what is \"%s\"? The recording is named with -i FILE", names[0]);
	return nr == 0 && options->view != VIEW_DIFF;
}

/* The first name of an option, given by it or another. */
static const char *long_name(int option)
{
	const struct option *found = long_options;

	while (found->val != option)
		found++;
	return found->name;
}

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words != NULL && strcmp(*words, word) != 0)
		words++;
	return *words != NULL;
}

/* Why an option of the view does nothing beside the others; NULL: it does. */
static const char *why_idle(const struct options *options, const char *option)
{
	static const char *const of_rows[] = {"sort", "children", "top", "percent-limit", NULL};
	static const char *const of_lanes[] = {"by", "bins", "top", NULL};
	static const char *const of_pages[] = {"title", "icicle", NULL};
	const bool is_page = options->view == VIEW_FLAME || options->view == VIEW_EXPORT ||
			     options->html || options->flame;

	if ((options->callers != NULL || options->callees != NULL) && is_one_of(option, of_rows))
		return "callers and callees are a tree, not rows";
	if (options->view == VIEW_TIMELINE && options->html && is_one_of(option, of_lanes))
		return "lanes are chosen in the page";
	if (options->flame && strcmp(option, "top") == 0)
		return "the page holds all functions";
	if (!is_page && is_one_of(option, of_pages))
		return options->view == VIEW_DIFF ? "it is of the page that --flame makes"
						  : "it is of the page that --html makes";
	return NULL;
}

/* Nothing is ignored in silence. */
static bool check_given(const struct options *options, const char *option, struct failure *failure)
{
	const char *view = view_names[options->view], *why;

	if (!view_has_option(options->view, option)) {
		failure_set(failure, EXIT_USAGE, "%s has no option --%s (perfreport %s --help)",
			    view, option, view);
		return false;
	}
	why = why_idle(options, option);
	if (why != NULL)
		failure_set(failure, EXIT_USAGE, "--%s does nothing here: %s", option, why);
	return why == NULL;
}

enum parsed options_parse(struct options *options, int argc, char **argv, struct failure *failure)
{
	const bool has_view = argc >= 2 && argv[1][0] != '-';
	const char *given[sizeof long_options / sizeof *long_options];
	size_t nr_given = 0;
	int option;

	*options = (struct options){
	    .input = "perf.data",
	    .search = {.root = ""},
	    .sort = {.keys = {SORT_DSO, SORT_SYMBOL}, .nr = 2},
	    .format = EXPORT_FORMATS,
	    .by = LANE_THREAD,
	    .bins = 64,
	};
	if (has_view) {
		if (!parse_view(options, argv[1], failure))
			return PARSED_FAILED;
		argv[1] = argv[0];
		argv++;
		argc--;
	} else if (argc < 2) {
		failure_set(failure, EXIT_USAGE,
			    "no view; views: " VIEW_LIST " (perfreport --help)");
		return PARSED_FAILED;
	}
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":i:o:h", long_options, NULL)) != -1) {
		if (option == 'h') {
			if (has_view)
				view_print_help(options->view);
			else
				view_print_overview();
			return PARSED_HELP;
		}
		if (option == OPT_VERSION) {
			puts("perfreport " MACHPERF_VERSION);
			return PARSED_HELP;
		}
		if (option == '?' || option == ':') {
			failure_set(failure, EXIT_USAGE,
				    option == '?' ? "%s: no such option (perfreport --help)"
						  : "%s: needs a value (perfreport --help)",
				    argv[optind - 1]);
			return PARSED_FAILED;
		}
		if (!store(options, option, optarg, failure))
			return PARSED_FAILED;
		if (nr_given < sizeof given / sizeof *given)
			given[nr_given++] = long_name(option);
	}
	for (size_t i = 0; i < nr_given; i++)
		if (!check_given(options, given[i], failure))
			return PARSED_FAILED;
	if (!parse_recordings(options, argv + optind, argc - optind, failure))
		return PARSED_FAILED;
	return complete(options, failure) ? PARSED : PARSED_FAILED;
}

void options_free(struct options *options)
{
	free(options->own_build_id_dir);
	options->own_build_id_dir = NULL;
}
