/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perfreport history. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc.h"
#include "changes.h"
#include "gate.h"
#include "gate_command.h"
#include "gate_read.h"
#include "history_view.h"
#include "output.h"

#define LEAST_SEGMENT 4
#define LEVEL	      0.02

static const char help[] =
    "usage: perfreport history COMMAND --db FILE [options]\n"
    "The runs of a project's versions, in one SQLite file.\n"
    "\n"
    "  add --label NAME FILE...   add runs: recordings, results of perfrec stat, tables of runs\n"
    "  list                       what is there; * is the accepted baseline\n"
    "  accept --label NAME        make this entry the baseline of perfreport gate --history\n"
    "  changes                    where something changed, and from what to what\n"
    "  chart --event NAME         a trend: as text, or with -o FILE.svg or FILE.png by gnuplot\n"
    "\n"
    "      --db FILE          the history (add makes it)\n"
    "      --series NAME      of which series (default: main)\n"
    "      --label NAME       of the version, for example its commit\n"
    "      --reason TEXT      why it is accepted\n"
    "      --event NAME       of which event\n"
    "      --function NAME    of which function (default: the total)\n"
    "      --object NAME      of which object (default: all that have the function)\n"
    "      --date DATE        of an added entry (default: today)\n"
    "      --level P          of a change point (default: 0.02)\n"
    "      --build-id-dir DIR, --symfs DIR   as in perfreport(1)\n"
    "  -o, --output OUT       where to write\n";

enum {
	OPT_DB = 256,
	OPT_SERIES,
	OPT_LABEL,
	OPT_REASON,
	OPT_EVENT,
	OPT_FUNCTION,
	OPT_OBJECT,
	OPT_DATE,
	OPT_LEVEL,
	OPT_BUILD_ID_DIR,
	OPT_SYMFS,
};

static const struct option long_options[] = {
    {"db", required_argument, NULL, OPT_DB},
    {"series", required_argument, NULL, OPT_SERIES},
    {"label", required_argument, NULL, OPT_LABEL},
    {"reason", required_argument, NULL, OPT_REASON},
    {"event", required_argument, NULL, OPT_EVENT},
    {"function", required_argument, NULL, OPT_FUNCTION},
    {"object", required_argument, NULL, OPT_OBJECT},
    {"date", required_argument, NULL, OPT_DATE},
    {"level", required_argument, NULL, OPT_LEVEL},
    {"build-id-dir", required_argument, NULL, OPT_BUILD_ID_DIR},
    {"buildid-dir", required_argument, NULL, OPT_BUILD_ID_DIR},
    {"symfs", required_argument, NULL, OPT_SYMFS},
    {"output", required_argument, NULL, 'o'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

struct command {
	const char *name, *db, *series, *label, *reason, *event, *function, *object, *output;
	bool series_given;
	char date[16];
	double level;
	struct search search;
	char own_build_id_dir[4096];
	char **files;
	int nr_files;
	struct text text;
	struct failure failure;
};

static bool refuse(struct command *command, const char *what)
{
	failure_set(&command->failure, EXIT_USAGE, "history: %s (perfreport history --help)", what);
	return false;
}

static bool store(struct command *command, int option, const char *value)
{
	char *end;
	int year, month, day;

	switch (option) {
	case OPT_DB:
		command->db = value;
		break;
	case OPT_SERIES:
		command->series = value;
		command->series_given = true;
		break;
	case OPT_LABEL:
		command->label = value;
		break;
	case OPT_REASON:
		command->reason = value;
		break;
	case OPT_EVENT:
		command->event = value;
		break;
	case OPT_FUNCTION:
		command->function = value;
		break;
	case OPT_OBJECT:
		command->object = value;
		break;
	case OPT_BUILD_ID_DIR:
		command->search.build_id_dir = value;
		break;
	case OPT_SYMFS:
		command->search.root = value;
		break;
	case 'o':
		command->output = value;
		break;
	case OPT_DATE:
		if (strlen(value) != 10 || sscanf(value, "%4d-%2d-%2d", &year, &month, &day) != 3)
			return refuse(command, "--date: not a date as YYYY-MM-DD");
		snprintf(command->date, sizeof command->date, "%s", value);
		break;
	case OPT_LEVEL:
		command->level = strtod(value, &end);
		if (end == value || *end || !(command->level > 0 && command->level < 1))
			return refuse(command, "--level: not a number between 0 and 1");
		break;
	}
	return true;
}

static void set_defaults(struct command *command)
{
	const char *home = getenv("HOME");
	time_t now = time(NULL);
	struct tm day;

	*command = (struct command){.series = "main",
				    .reason = "",
				    .function = "",
				    .output = "-",
				    .level = LEVEL,
				    .search = {.root = ""}};
	gmtime_r(&now, &day);
	strftime(command->date, sizeof command->date, "%Y-%m-%d", &day);
	if (home != NULL) {
		snprintf(command->own_build_id_dir, sizeof command->own_build_id_dir, "%s/.debug",
			 home);
		command->search.build_id_dir = command->own_build_id_dir;
	}
}

/* 0: go on; 1: the help was asked for; -1: wrong. */
static int parse(struct command *command, int argc, char **argv)
{
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":o:h", long_options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 1;
		}
		if (option == '?' || option == ':') {
			failure_set(&command->failure, EXIT_USAGE,
				    option == '?' ? "%s: no such option (perfreport history --help)"
						  : "%s: needs a value (perfreport history --help)",
				    argv[optind - 1]);
			return -1;
		}
		if (!store(command, option, optarg))
			return -1;
	}
	if (optind == argc) {
		refuse(command, "no command: add, list, accept, changes, chart");
		return -1;
	}
	command->name = argv[optind];
	command->files = argv + optind + 1;
	command->nr_files = argc - optind - 1;
	return command->db || (refuse(command, "--db is missing"), false) ? 0 : -1;
}

/* Runs are read before the history is touched. */
static bool add(struct command *command)
{
	struct run_db *history = NULL;
	struct gate_data data;
	int64_t entry = 0;
	bool good = true;

	if (command->label == NULL || command->nr_files == 0)
		return refuse(command, "add: --label and files are needed");
	gate_data_init(&data);
	for (int i = 0; good && i < command->nr_files; i++)
		good = gate_read(&data, GATE_BASE, command->files[i], command->search,
				 command->event, &command->failure);
	if (good)
		history = run_db_open(command->db, RUN_DB_MAKE, &command->failure);
	if (history != NULL)
		entry = run_db_add(history, command->series, command->label, command->date, &data,
				   &command->failure);
	if (entry)
		text_print(&command->text, "added entry %lld: %s %s, %zu run%s\n", (long long)entry,
			   command->series, command->label, data.sides[GATE_BASE].nr,
			   data.sides[GATE_BASE].nr == 1 ? "" : "s");
	run_db_close(history);
	gate_data_free(&data);
	return entry != 0;
}

static bool list(struct command *command)
{
	struct run_db *history = run_db_open(command->db, RUN_DB_READ, &command->failure);
	struct run_db_entry *entries = NULL;
	size_t nr = 0;
	bool good =
	    history != NULL && run_db_list(history, command->series_given ? command->series : NULL,
					   &entries, &nr, &command->failure);

	if (good)
		history_view_list(entries, nr, &command->text);
	run_db_free_entries(entries, nr);
	run_db_close(history);
	return good;
}

static bool accept(struct command *command)
{
	struct run_db *history;
	bool good;

	if (command->label == NULL)
		return refuse(command, "accept: --label is missing");
	history = run_db_open(command->db, RUN_DB_WRITE, &command->failure);
	good = history != NULL && run_db_accept(history, command->series, command->label,
						command->reason, &command->failure);
	if (good)
		text_print(&command->text, "accepted: %s %s\n", command->series, command->label);
	run_db_close(history);
	return good;
}

/* Exact counts change where they differ; others by E-divisive. */
static size_t find_changes(const struct command *command, const struct run_db_point *points,
			   size_t nr, bool exact, size_t *changes)
{
	double *values = must_calloc(nr, sizeof *values);
	size_t found = 0;

	for (size_t i = 0; i < nr; i++)
		values[i] = points[i].value;
	if (!exact)
		found = changes_find(values, nr, LEAST_SEGMENT, command->level, 1, changes);
	for (size_t i = 1; exact && i < nr; i++)
		if (values[i] != values[i - 1])
			changes[found++] = i;
	free(values);
	return found;
}

/* Is every entry of the series of the deterministic regime? */
static bool is_exact(struct command *command, struct run_db *history, bool *exact)
{
	struct run_db_entry *entries;
	size_t nr;

	if (!run_db_list(history, command->series, &entries, &nr, &command->failure))
		return false;
	*exact = nr > 0;
	for (size_t i = 0; i < nr; i++)
		*exact &= strcmp(entries[i].regime, "deterministic") == 0;
	run_db_free_entries(entries, nr);
	if (nr == 0)
		failure_set(&command->failure, EXIT_NO_SAMPLES, "%s: no entry of series %s",
			    command->db, command->series);
	return nr > 0;
}

/* A trend and what is to be done with it. */
static bool with_trend(struct command *command, struct run_db *history, const char *event,
		       const char *function, const char *object, bool exact, bool chart)
{
	struct history_trend trend = {.event = event, .function = function};
	struct run_db_point *points;
	size_t *changes;
	bool good = run_db_points(history, command->series, event, function, object, &points,
				  &trend.nr, &command->failure);

	changes = must_calloc(trend.nr + 1, sizeof *changes);
	trend.points = points;
	trend.changes = changes;
	trend.nr_changes = find_changes(command, points, trend.nr, exact, changes);
	if (good && chart && trend.nr == 0) {
		failure_set(&command->failure, EXIT_NO_SAMPLES,
			    "%s: series %s has no %s of event %s", command->db, command->series,
			    *function ? function : "total", event);
		good = false;
	}
	if (good && chart && strcmp(command->output, "-") != 0)
		good = history_view_chart(&trend, command->output, &command->failure);
	else if (good && chart)
		history_view_text(&trend, &command->text);
	for (size_t i = 0; good && !chart && i < trend.nr_changes; i++)
		history_view_change(&trend, i, &command->text);
	run_db_free_points(points, trend.nr);
	free(changes);
	return good;
}

struct trend_list {
	char **texts; /* event, function, object of each */
	size_t nr, capacity;
};

static void take_trend(void *into, const char *event, const char *function, const char *object)
{
	struct trend_list *list = into;

	list->texts = must_grow(list->texts, &list->capacity, list->nr + 3, sizeof *list->texts);
	list->texts[list->nr++] = must_copy(event, strlen(event));
	list->texts[list->nr++] = must_copy(function, strlen(function));
	list->texts[list->nr++] = must_copy(object, strlen(object));
}

static bool changes(struct command *command)
{
	struct run_db *history = run_db_open(command->db, RUN_DB_READ, &command->failure);
	struct trend_list list = {0};
	bool exact, good;

	good = history != NULL && is_exact(command, history, &exact) &&
	       run_db_trends(history, command->series, take_trend, &list, &command->failure);
	for (size_t i = 0; good && i < list.nr; i += 3)
		if ((command->event == NULL || strcmp(command->event, list.texts[i]) == 0) &&
		    (!*command->function || strcmp(command->function, list.texts[i + 1]) == 0))
			good = with_trend(command, history, list.texts[i], list.texts[i + 1],
					  list.texts[i + 2], exact, false);
	for (size_t i = 0; i < list.nr; i++)
		free(list.texts[i]);
	free(list.texts);
	run_db_close(history);
	return good;
}

static bool chart(struct command *command)
{
	struct run_db *history;
	size_t length = strlen(command->output);
	bool exact, good;

	if (command->event == NULL)
		return refuse(command, "chart: --event is missing");
	if (strcmp(command->output, "-") != 0 &&
	    (length < 5 || (strcmp(command->output + length - 4, ".svg") != 0 &&
			    strcmp(command->output + length - 4, ".png") != 0)))
		return refuse(command, "chart: -o takes a name that ends in .svg or .png");
	history = run_db_open(command->db, RUN_DB_READ, &command->failure);
	good = history != NULL && is_exact(command, history, &exact) &&
	       with_trend(command, history, command->event, command->function, command->object,
			  exact, true);
	run_db_close(history);
	return good;
}

static bool run(struct command *command)
{
	static const struct {
		const char *name;
		bool (*run)(struct command *);
		bool files;
	} commands[] = {{"add", add, true},
			{"list", list, false},
			{"accept", accept, false},
			{"changes", changes, false},
			{"chart", chart, false}};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(command->name, commands[i].name) != 0)
			continue;
		if (command->nr_files && !commands[i].files)
			return refuse(command, "only add takes files");
		return commands[i].run(command);
	}
	return refuse(command, "the commands are add, list, accept, changes, chart");
}

int history_command(int argc, char **argv)
{
	struct command command;
	bool good = false;

	set_defaults(&command);
	switch (parse(&command, argc, argv)) {
	case 0:
		good = run(&command);
		/* A chart is its own output. */
		if (good && command.text.length)
			good = output_write(strcmp(command.name, "chart") ? command.output : "-",
					    &command.text, &command.failure);
		break;
	case 1:
		good = true;
		break;
	}
	if (!good)
		fprintf(stderr, "perfreport: %s\n", command.failure.text);
	text_free(&command.text);
	return good ? 0 : GATE_EXIT_USAGE;
}
