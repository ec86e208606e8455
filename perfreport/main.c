/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perfreport: what a perf.data says, as tables and flame graphs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "export.h"
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
		failure_set(failure, EXIT_NO_SAMPLES, "%s: no samples in it%s%s", options->input,
			    profile->incomplete ? ": " : "",
			    profile->incomplete ? profile->incomplete : "");
		return false;
	}
	return true;
}

static bool make(const struct profile *profile, const struct options *options, struct text *text,
		 struct failure *failure)
{
	switch (options->view) {
	case VIEW_FLAME:
		view_flame(profile, options, text);
		return true;
	case VIEW_FOLDED:
		view_folded(profile, options, text);
		return true;
	case VIEW_HEADER:
		view_header(profile, options, text);
		return true;
	case VIEW_EXPORT:
		return export_profile(profile, options, text, failure);
	default:
		break;
	}
	if (options->callers != NULL || options->callees != NULL)
		return view_relatives(profile, options, text, failure);
	if (options->json)
		view_report_json(profile, options, text);
	else
		view_report(profile, options, text);
	return true;
}

/* LOAD_*: what the view needs of the samples. */
static unsigned int needs(const struct options *options)
{
	if (options->view == VIEW_HEADER)
		return 0;
	return options->view == VIEW_EXPORT ? export_needs(options->format) : LOAD_NAMES;
}

static int run(const struct options *options, struct failure *failure)
{
	struct text text = {0};
	struct profile profile;
	int status = EXIT_SUCCESS;

	profile_init(&profile, options->search);
	if (!load(&profile, options->input, needs(options), failure) ||
	    !check_samples(&profile, options, failure) ||
	    !make(&profile, options, &text, failure) ||
	    !output_write(options->output, &text, failure)) {
		status = failure->status;
	} else if (profile.incomplete != NULL) {
		failure_set(failure, EXIT_INCOMPLETE, "%s: incomplete: %s", options->input,
			    profile.incomplete);
		status = EXIT_INCOMPLETE;
	}
	text_free(&text);
	profile_free(&profile);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	struct failure failure = {0};
	int status = EXIT_SUCCESS;

	switch (options_parse(&options, argc, argv, &failure)) {
	case PARSED:
		status = run(&options, &failure);
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
