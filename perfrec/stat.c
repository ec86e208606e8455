/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perfrec stat: from options to counts. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attrs.h"
#include "exit_codes.h"
#include "result_file.h"
#include "session.h"
#include "stat.h"
#include "stat_options.h"
#include "stat_result.h"

#define LAST_WORD_MS 5000

/* The parts of a command, so that each is put away whatever happens. */
struct command {
	struct stat_options options;
	struct images images;
	struct perf_event_attr attrs[MAX_EVENTS];
	struct result_file file;
	int signals;
	char emulator[128];		  /* what it calls itself */
	struct perf_event_values *values; /* [options.runs][events] */
	struct session session;		  /* of the last run */
	struct by_function functions;	  /* if asked for */
	struct stat_result result;
};

/* Take the counts of functions, and hold their sums to what was counted. */
static int read_functions(struct command *command, const struct machine *machine)
{
	const struct event_list *events = &command->options.session.events;
	char *path = machine_file(machine, "histogram");
	unsigned int n;
	int code;

	if (!path)
		return fail(EXIT_HOST, "out of memory");
	code = by_function_read(&command->functions, path, &command->images, events);
	free(path);
	for (n = 0; n < events->nr && code == EXIT_GOOD; n++) {
		const uint64_t sum = by_function_sum(&command->functions, n);
		const uint64_t counted = command->session.stats[n].value;

		if (sum != counted)
			say("%s: %" PRIu64 " counted, but %" PRIu64
			    " by function: please report it",
			    events->events[n].name, counted, sum);
	}
	return code;
}

/* Exact counts are those of all the time. */
static int check_always_counted(const struct command *command)
{
	const struct event_list *events = &command->options.session.events;
	unsigned int n;

	for (n = 0; n < events->nr; n++) {
		const struct perf_event_values *values = &command->session.stats[n];

		if (values->time_running < values->time_enabled)
			return fail(EXIT_UNSUPPORTED_EVENT,
				    "event '%s' had to wait for a counter, so there are no exact "
				    "counts of functions; give fewer events",
				    events->events[n].name);
	}
	return EXIT_GOOD;
}

/* Run the session of a machine made for it. */
static int run_on(struct command *command, struct machine *machine, const char *label)
{
	struct session *session = &command->session;
	int code;

	session->options = &command->options.session;
	session->images = &command->images;
	session->attrs = command->attrs;
	session->machine = machine;
	session->signals = command->signals;
	session->label = label;
	/* Standard output is for a result that programs read. */
	session->output = command->options.format != STAT_TEXT && !command->options.output
			      ? STDERR_FILENO
			      : STDOUT_FILENO;
	code = session_prepare(session);
	if (code == EXIT_GOOD)
		code = machine_start(machine, session->images, command->options.per_function);
	if (code == EXIT_GOOD)
		code = session_run(session);
	if (code == EXIT_GOOD && session->nr_stats < session->nr_events_open)
		code = fail(EXIT_SESSION, "the agent broke the protocol: no STATS of every event");
	if (code == EXIT_GOOD)
		machine_stop(machine, LAST_WORD_MS);
	if (code == EXIT_GOOD && command->options.per_function)
		code = check_always_counted(command);
	if (code == EXIT_GOOD && command->options.per_function)
		code = read_functions(command, machine);
	return code;
}

/* One run; its counts go to values[events]. */
static int run_once(struct command *command, unsigned int number, struct perf_event_values *values)
{
	struct machine machine = {.port = -1, .console = -1, .messages = -1};
	const char *workload = command->images.workload_name;
	char label[128];
	int code;

	if (command->options.runs > 1)
		snprintf(label, sizeof(label), "%s, run %u of %u", workload, number + 1,
			 command->options.runs);
	else
		snprintf(label, sizeof(label), "%s", workload);
	session_free(&command->session);
	memset(&command->session, 0, sizeof(command->session));
	code = run_on(command, &machine, label);
	machine_remove(&machine);
	if (code == EXIT_GOOD)
		memcpy(values, command->session.stats,
		       command->options.session.events.nr * sizeof(*values));
	return code;
}

/* Whether the workload of the last run did well. */
static bool did_well(const struct command *command)
{
	const struct perf_frame_exit *exit = &command->session.exit;

	return exit->how == PERF_EXIT_NORMAL && exit->status == 0;
}

/* Run as often as asked for; a workload that fails ends it. */
static int run_all(struct command *command, unsigned int *runs)
{
	const size_t nr_events = command->options.session.events.nr;
	int code = EXIT_GOOD;

	for (*runs = 0; *runs < command->options.runs && code == EXIT_GOOD; ++*runs) {
		if (*runs && !did_well(command))
			break;
		code = run_once(command, *runs, command->values + *runs * nr_events);
	}
	return code;
}

static void sum_up(struct command *command, unsigned int runs)
{
	struct stat_result *result = &command->result;
	const struct event_list *list = &command->options.session.events;
	unsigned int n;

	result->options = &command->options.session;
	result->workload = command->images.workload_name;
	result->emulator = command->emulator;
	result->hello = command->session.hello;
	result->exit = command->session.exit;
	result->values = command->values;
	result->runs = runs;
	result->same = true;
	for (n = 0; n < list->nr; n++) {
		result->counts[n] = sum_runs(command->values + n, runs, list->nr);
		result->same &= result->counts[n].same;
	}
	result->functions = command->options.per_function ? &command->functions : NULL;
	result->nr_ratios = make_ratios(result->ratios, list, result->counts);
}

static int write_result(struct command *command)
{
	struct text out = {0};
	int code;

	switch (command->options.format) {
	case STAT_TEXT:
		put_stat_text(&out, &command->result);
		break;
	case STAT_JSON:
		put_stat_json(&out, &command->result);
		break;
	case STAT_CSV:
		put_stat_csv(&out, &command->result);
		break;
	}
	code = result_file_finish(&command->file, &out);
	text_free(&out);
	return code;
}

static int count_events(struct command *command)
{
	const struct options *session = &command->options.session;
	const int stream = command->options.format == STAT_TEXT ? STDERR_FILENO : STDOUT_FILENO;
	unsigned int runs = 0;
	int code = find_images(&command->images, session);

	if (code)
		return code;
	if (!machine_version(&command->images, command->emulator, sizeof(command->emulator)))
		return fail(EXIT_NO_EMULATOR, "emulator %s does not run (tried with --version)",
			    command->images.emulator);
	command->values =
	    calloc((size_t)command->options.runs * session->events.nr, sizeof(*command->values));
	if (!command->values)
		return fail(EXIT_HOST, "out of memory");
	make_attrs(command->attrs, session);
	code = result_file_create(&command->file, command->options.output, stream);
	if (code == EXIT_GOOD)
		code = run_all(command, &runs);
	if (code)
		return code;
	sum_up(command, runs);
	code = write_result(command);
	return code ? code : session_workload_exit(&command->session, "the counts stand");
}

int stat_command(int argc, char *const *argv)
{
	struct command *command = calloc(1, sizeof(*command));
	bool done;
	int code;

	if (!command)
		return fail(EXIT_HOST, "out of memory");
	code = parse_stat_options(&command->options, argc, argv, &done);
	if (code || done) {
		free(command);
		return code;
	}
	/* Full disks and closed pipes are errors of write(), not signals. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	command->file.fd = -1;
	command->signals = session_open_signals();
	code = command->signals < 0 ? fail(EXIT_HOST, "signalfd: %s", strerror(errno))
				    : count_events(command);
	result_file_close(&command->file);
	session_free(&command->session);
	by_function_free(&command->functions);
	free_images(&command->images);
	free(command->values);
	if (command->signals >= 0)
		close(command->signals);
	free(command);
	return code;
}
