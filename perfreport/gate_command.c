/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perfreport gate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate_command.h"
#include "gate_options.h"
#include "gate_read.h"
#include "gate_trial.h"
#include "gate_view.h"
#include "run_db.h"
#include "output.h"

static bool read_side(struct gate_data *data, const struct gate_options *options,
		      enum gate_side_name side, struct failure *failure)
{
	for (size_t i = 0; i < options->nr_files[side]; i++)
		if (!gate_read(data, side, options->files[side][i], options->search, options->event,
			       failure))
			return false;
	return true;
}

/* The accepted baseline of a history. */
static bool read_accepted(struct gate_data *data, const struct gate_options *options,
			  struct failure *failure)
{
	struct run_db *history = run_db_open(options->history, RUN_DB_READ, failure);
	char *runs = history ? run_db_accepted(history, options->series, failure) : NULL;
	bool good = runs != NULL && gate_read_json(data, GATE_BASE, options->history, runs,
						   strlen(runs), options->event, failure);

	free(runs);
	run_db_close(history);
	return good;
}

static bool read_all(struct gate_data *data, const struct gate_options *options,
		     struct failure *failure)
{
	if (options->history && !read_accepted(data, options, failure))
		return false;
	return read_side(data, options, GATE_BASE, failure) &&
	       read_side(data, options, GATE_NEW, failure);
}

static enum gate_exit compare(struct gate_data *data, const struct gate_options *options,
			      struct text *text, struct failure *failure)
{
	struct gate_rules rules = {0};
	struct gate_sample sample;
	struct gate_result result;
	struct stats_ranks ranks = {0};
	struct gate_view view = {data, &result, &rules, options->all};
	enum gate_exit status;

	if (options->rules && (!gate_rules_read(&rules, options->rules, options->today, failure) ||
			       !gate_rules_check(&rules, data, failure))) {
		gate_rules_free(&rules);
		return GATE_EXIT_USAGE;
	}
	gate_match_renamed(data);
	gate_sample_init(&sample, data);
	gate_judge(&result, &sample, &rules, &options->settings, &ranks);
	gate_view(&view, options->format, text);
	status = result.exit;
	gate_result_free(&result);
	stats_ranks_free(&ranks);
	gate_sample_free(&sample);
	gate_rules_free(&rules);
	return status;
}

static enum gate_exit run(struct gate_data *data, const struct gate_options *options,
			  struct text *text, struct failure *failure)
{
	if (!read_all(data, options, failure))
		return GATE_EXIT_USAGE;
	if (options->write_runs) {
		gate_write_runs(data, GATE_BASE, options->fold, text);
		return GATE_EXIT_PASS;
	}
	if (options->null)
		return gate_null(options, data, text, failure);
	if (options->selftest)
		return gate_selftest(options, data, text, failure);
	return compare(data, options, text, failure);
}

int gate_command(int argc, char **argv)
{
	struct failure failure = {0};
	struct gate_options options;
	struct gate_data data;
	struct text text = {0};
	enum gate_exit status = GATE_EXIT_USAGE;

	gate_data_init(&data);
	switch (gate_options_parse(&options, argc, argv, &failure)) {
	case GATE_PARSED:
		status = run(&data, &options, &text, &failure);
		if (text.length &&
		    !output_write(options.write_runs ? options.write_runs : options.output, &text,
				  &failure))
			status = GATE_EXIT_USAGE;
		break;
	case GATE_PARSED_HELP:
		status = GATE_EXIT_PASS;
		break;
	case GATE_PARSED_FAILED:
		break;
	}
	if (failure.status)
		fprintf(stderr, "perfreport: %s\n", failure.text);
	text_free(&text);
	gate_options_free(&options);
	gate_data_free(&data);
	return status;
}
