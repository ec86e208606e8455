/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perfrec stat: from options to counts. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exit_codes.h"
#include "result_file.h"
#include "stat.h"
#include "stat_options.h"
#include "subject.h"

#define MOST_SUBJECTS 2 /* the workload, and what it is compared with */

/* The parts of a command, so that each is put away whatever happens. */
struct command {
	struct stat_options options;
	unsigned int nr; /* of the subjects */
	struct subject subjects[MOST_SUBJECTS];
	struct result_file files[MOST_SUBJECTS];
	int signals;
};

/* A B, B A, A B, ...: what drifts while they run falls on both. */
static int run_in_turns(struct command *command)
{
	int code = EXIT_GOOD;
	unsigned int run, n;

	for (run = 0; run < command->options.runs && code == EXIT_GOOD; run++)
		for (n = 0; n < command->nr && code == EXIT_GOOD; n++)
			code = subject_run(&command->subjects[run % 2 ? command->nr - 1 - n : n]);
	for (n = 0; n < command->nr && code == EXIT_GOOD; n++)
		code = subject_perturb(&command->subjects[n]);
	return code;
}

static void put_result(struct text *out, const struct command *command, unsigned int n)
{
	const struct stat_result *result = &command->subjects[n].result;

	switch (command->options.format) {
	case STAT_TEXT:
		put_stat_text(out, result);
		if (n > 0)
			put_stat_comparison(out, result, &command->subjects[0].result);
		break;
	case STAT_JSON:
		put_stat_json(out, result);
		break;
	case STAT_CSV:
		put_stat_csv(out, result);
		break;
	}
}

/* Each result has a file of its own; text goes to one. */
static int write_results(struct command *command)
{
	bool apart = command->options.format != STAT_TEXT;
	struct text out = {0};
	int code = EXIT_GOOD;
	unsigned int n;

	for (n = 0; n < command->nr && code == EXIT_GOOD; n++) {
		subject_sum_up(&command->subjects[n]);
		if (n && !apart)
			text_print(&out, "\n");
		put_result(&out, command, n);
		if (!apart && n + 1 < command->nr)
			continue;
		code = result_file_finish(&command->files[apart ? n : 0], &out);
		text_free(&out);
		memset(&out, 0, sizeof(out));
	}
	text_free(&out);
	return code;
}

/* The second subject: what differs from the first. */
static void make_subjects(struct command *command)
{
	const struct stat_options *options = &command->options;
	unsigned int n;

	command->nr = options->against || options->against_kernel ? 2 : 1;
	for (n = 0; n < command->nr; n++) {
		command->subjects[n].options = *options;
		command->subjects[n].signals = command->signals;
	}
	if (command->nr == 1)
		return;
	if (options->against)
		command->subjects[1].options.session.workload = options->against;
	if (options->against_kernel)
		command->subjects[1].options.session.kernel = options->against_kernel;
	/* Variants are links of the first workload. */
	if (options->against)
		command->subjects[1].options.nr_variants = 0;
}

static int open_files(struct command *command)
{
	const struct stat_options *options = &command->options;
	const int stream = options->format == STAT_TEXT ? STDERR_FILENO : STDOUT_FILENO;
	int code = result_file_create(&command->files[0], options->output, stream);

	if (code == EXIT_GOOD && command->nr > 1 && options->format != STAT_TEXT)
		code = result_file_create(&command->files[1], options->against_output, stream);
	return code;
}

static int count_events(struct command *command)
{
	int code = EXIT_GOOD;
	unsigned int n;

	make_subjects(command);
	for (n = 0; n < command->nr && code == EXIT_GOOD; n++)
		code = subject_prepare(&command->subjects[n]);
	if (code == EXIT_GOOD)
		code = open_files(command);
	if (code == EXIT_GOOD)
		code = run_in_turns(command);
	if (code == EXIT_GOOD)
		code = write_results(command);
	for (n = 0; n < command->nr && code == EXIT_GOOD; n++) {
		code = session_workload_exit(&command->subjects[n].session, "the counts stand");
	}
	return code;
}

int stat_command(int argc, char *const *argv)
{
	struct command *command = calloc(1, sizeof(*command));
	unsigned int n;
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
	for (n = 0; n < MOST_SUBJECTS; n++)
		command->files[n].fd = -1;
	command->signals = session_open_signals();
	code = command->signals < 0 ? fail(EXIT_HOST, "signalfd: %s", strerror(errno))
				    : count_events(command);
	for (n = 0; n < command->nr; n++) {
		result_file_close(&command->files[n]);
		subject_free(&command->subjects[n]);
	}
	if (command->signals >= 0)
		close(command->signals);
	free(command);
	return code;
}
