/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perfreport: what a perf.data says, as tables and flame graphs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle_write.h"
#include "dump.h"
#include "export.h"
#include "gate_command.h"
#include "load.h"
#include "options.h"
#include "output.h"
#include "views.h"

/* Is there anything to show? */
static bool check_samples(const struct profile *profile, const struct options *options,
			  struct failure *failure)
{
	const struct event *event;

	if (options->view == VIEW_HEADER)
		return true;
	if (options->event != NULL) {
		event = profile_event(profile, options->event);
		if (event == NULL) {
			struct text names = {0};

			for (size_t i = 0; i < profile->nr_events; i++)
				text_print(&names, "%s%s", i ? ", " : "", profile->events[i].name);
			failure_set(failure, EXIT_NO_SAMPLES, "%s: no event \"%s\"; it has %.*s",
				    options->input, options->event, (int)names.length, names.bytes);
			text_free(&names);
			return false;
		}
		if (event->total.samples == 0) {
			failure_set(failure, EXIT_NO_SAMPLES, "%s: no samples of event %s",
				    options->input, options->event);
			return false;
		}
	}
	if (profile_samples(profile) == 0) {
		failure_set(failure, EXIT_NO_SAMPLES, "%s: no samples in it%s%s%s", options->input,
			    profile_filtered(profile) ? " that the filters let through" : "",
			    profile->incomplete ? ": " : "",
			    profile->incomplete ? profile->incomplete : "");
		return false;
	}
	return true;
}

static bool make_timeline(const struct profile *profile, const struct options *options,
			  struct text *text, struct failure *failure)
{
	if (profile->last_time == 0) {
		failure_set(failure, EXIT_NO_SAMPLES, "%s: its samples have no times",
			    options->input);
		return false;
	}
	if (options->html)
		return view_timeline_page(profile, options, text, failure);
	if (options->json)
		view_timeline_json(profile, options, text);
	else if (options->csv)
		view_timeline_csv(profile, options, text);
	else
		view_timeline(profile, options, text);
	return true;
}

static bool make(struct profile *profile, const struct options *options, struct text *text,
		 struct failure *failure)
{
	switch (options->view) {
	case VIEW_FLAME:
		return view_flame(profile, options, text, failure);
	case VIEW_TIMELINE:
		return make_timeline(profile, options, text, failure);
	case VIEW_FOLDED:
		view_folded(profile, options, text);
		return true;
	case VIEW_HEADER:
		if (options->json)
			view_header_json(profile, options, text);
		else if (options->csv)
			view_header_csv(profile, options, text);
		else
			view_header(profile, options, text);
		return true;
	case VIEW_ANNOTATE:
		return view_annotate(profile, options, text, failure);
	case VIEW_EXPORT:
		return export_profile(profile, options, text, failure);
	default:
		break;
	}
	if (options->callers != NULL || options->callees != NULL)
		return view_relatives(profile, options, text, failure);
	if (options->json)
		view_report_json(profile, options, text);
	else if (options->html)
		view_report_page(profile, options, text);
	else if (options->csv)
		view_report_csv(profile, options, text);
	else
		view_report(profile, options, text);
	return true;
}

/* LOAD_*: what the view needs of the samples. */
static unsigned int needs(const struct options *options)
{
	const unsigned int wall = options->wall ? LOAD_WALL : 0;
	unsigned int what = LOAD_NAMES | wall | (options->inlined ? LOAD_INLINED : 0);

	switch (options->view) {
	case VIEW_HEADER:
		return 0;
	case VIEW_TIMELINE:
		return what | LOAD_MOMENTS;
	case VIEW_ANNOTATE:
		return LOAD_NAMES | LOAD_EXACT | wall;
	case VIEW_EXPORT:
		return what | export_needs(options->format);
	case VIEW_REPORT:
		return what | (sort_has(&options->sort, SORT_SRCLINE) ? LOAD_LINES : 0);
	default:
		return what;
	}
}

/* Was a recording cut?  Its views are written all the same. */
static int finish(const struct profile *profile, const char *path, struct failure *failure)
{
	if (profile->incomplete == NULL)
		return EXIT_SUCCESS;
	failure_set(failure, EXIT_INCOMPLETE, "%s: incomplete: %s", path, profile->incomplete);
	return EXIT_INCOMPLETE;
}

static int run(const struct options *options, struct failure *failure)
{
	struct text text = {0};
	struct profile profile;
	int status;

	profile_init(&profile, options->search);
	profile.threads = options->threads;
	if (!load(&profile, options->input, needs(options), failure) ||
	    !filter_apply(&profile, &options->filter, failure) ||
	    !check_samples(&profile, options, failure) ||
	    !make(&profile, options, &text, failure) ||
	    !output_write(options->output, &text, failure))
		status = failure->status;
	else
		status = finish(&profile, options->input, failure);
	text_free(&text);
	profile_free(&profile);
	return status;
}

static bool make_diff(const struct profile *base, const struct profile *new,
		      const struct options *options, struct failure *failure)
{
	struct text text = {0};
	struct diff diff;
	bool good;

	diff_make(&diff, base, new, options->event);
	good = diff.nr_events > 0;
	if (!good)
		failure_set(failure, EXIT_NO_SAMPLES,
			    "%s and %s: no event%s%s that both have samples of", options->base,
			    options->input, options->event ? " " : "",
			    options->event ? options->event : "");
	else if (options->flame)
		good = view_diff_flame(&diff, options, &text, failure);
	else if (options->json)
		view_diff_json(&diff, options, &text);
	else if (options->csv)
		view_diff_csv(&diff, options, &text);
	else
		view_diff(&diff, options, &text);
	good = good && output_write(options->output, &text, failure);
	text_free(&text);
	diff_free(&diff);
	return good;
}

static int run_diff(const struct options *options, struct failure *failure)
{
	struct profile base, new;
	int status;

	profile_init(&base, options->search);
	profile_init(&new, options->search);
	base.threads = new.threads = options->threads;
	if (!load(&base, options->base, needs(options), failure) ||
	    !load(&new, options->input, needs(options), failure) ||
	    !filter_apply(&base, &options->filter, failure) ||
	    !filter_apply(&new, &options->filter, failure) ||
	    !make_diff(&base, &new, options, failure))
		status = failure->status;
	else if ((status = finish(&base, options->base, failure)) == EXIT_SUCCESS)
		status = finish(&new, options->input, failure);
	profile_free(&base);
	profile_free(&new);
	return status;
}

static int run_view(const struct options *options, struct failure *failure)
{
	switch (options->view) {
	case VIEW_DIFF:
		return run_diff(options, failure);
	case VIEW_DUMP:
		return dump(options->input, options->output,
			    options->json  ? DUMP_JSON
			    : options->csv ? DUMP_CSV
					   : DUMP_TEXT,
			    failure)
			   ? EXIT_SUCCESS
			   : failure->status;
	case VIEW_BUNDLE:
		return bundle_write(options, failure) ? EXIT_SUCCESS : failure->status;
	default:
		return run(options, failure);
	}
}

int main(int argc, char **argv)
{
	struct options options;
	struct failure failure = {0};
	int status = EXIT_SUCCESS;

	if (argc > 1 && strcmp(argv[1], "gate") == 0)
		return gate_command(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "history") == 0)
		return history_command(argc - 1, argv + 1);
	switch (options_parse(&options, argc, argv, &failure)) {
	case PARSED:
		status = run_view(&options, &failure);
		break;
	case PARSED_HELP:
		break;
	case PARSED_FAILED:
		status = failure.status;
		break;
	}
	options_free(&options);
	if (status != EXIT_SUCCESS)
		fprintf(stderr, "perfreport: %s\n", failure.text);
	return status;
}
