/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attrs.h"
#include "exit_codes.h"
#include "subject.h"

#define LAST_WORD_MS 5000

/* One session, and where its counts go. */
struct run {
	const struct options *options;
	const struct images *images;
	struct perf_event_values *values; /* [events] */
	struct by_function *functions;	  /* NULL: not asked for */
	char label[160];		  /* for the progress line */
};

int subject_prepare(struct subject *subject)
{
	const struct options *session = &subject->options.session;
	int code = find_images(&subject->images, session);

	if (code == EXIT_GOOD)
		code = machine_check(session);
	if (code)
		return code;
	if (!machine_version(&subject->images, subject->emulator, sizeof(subject->emulator)))
		return fail(EXIT_NO_EMULATOR, "emulator %s does not run (tried with --version)",
			    subject->images.emulator);
	subject->values =
	    calloc((size_t)subject->options.runs * session->events.nr, sizeof(*subject->values));
	subject->perturbed = calloc(subject->options.perturb + 1, sizeof(*subject->perturbed));
	if (!subject->values || !subject->perturbed)
		return fail(EXIT_HOST, "out of memory");
	/* Standard output is for a result that programs read. */
	subject->output = subject->options.format != STAT_TEXT && !subject->options.output
			      ? STDERR_FILENO
			      : STDOUT_FILENO;
	make_attrs(subject->attrs, session, subject->images.arch);
	return EXIT_GOOD;
}

/* Take the counts of functions, and hold their sums to what was counted. */
static int read_functions(const struct subject *subject, const struct run *run,
			  const struct machine *machine)
{
	const struct event_list *events = &run->options->events;
	char *path = machine_file(machine, "histogram");
	unsigned int n;
	int code;

	if (!path)
		return fail(EXIT_HOST, "out of memory");
	code = by_function_read(run->functions, path, run->images, events);
	free(path);
	for (n = 0; n < events->nr && code == EXIT_GOOD; n++) {
		const uint64_t sum = by_function_sum(run->functions, n);
		const uint64_t counted = subject->session.stats[n].value;

		if (sum != counted)
			say("%s: %" PRIu64 " counted, but %" PRIu64
			    " by function: please report it",
			    events->events[n].name, counted, sum);
	}
	return code;
}

/* Exact counts are those of all the time. */
static int check_always_counted(const struct subject *subject)
{
	const struct event_list *events = &subject->options.session.events;
	unsigned int n;

	for (n = 0; n < events->nr; n++) {
		const struct perf_event_values *values = &subject->session.stats[n];

		if (values->time_running < values->time_enabled)
			return fail(EXIT_UNSUPPORTED_EVENT,
				    "event '%s' had to wait for a counter, so there are no exact "
				    "counts of functions; give fewer events",
				    events->events[n].name);
	}
	return EXIT_GOOD;
}

/* Run the session of a machine made for it. */
static int run_on(struct subject *subject, const struct run *run, struct machine *machine)
{
	struct session *session = &subject->session;
	int code;

	session->options = run->options;
	session->images = run->images;
	session->attrs = subject->attrs;
	session->machine = machine;
	session->signals = subject->signals;
	session->label = run->label;
	session->output = subject->output;
	code = session_prepare(session);
	if (code == EXIT_GOOD)
		code = machine_start(machine, session->images, run->options->accelerator,
				     run->functions != NULL);
	if (code == EXIT_GOOD)
		code = session_run(session);
	if (code == EXIT_GOOD && session->nr_stats < session_nr_stats(session))
		code = fail(EXIT_SESSION, "the agent broke the protocol: no STATS of every event");
	if (code == EXIT_GOOD && !threads_finish(&session->threads))
		code = fail(EXIT_SESSION, "counts by thread: the last record is cut");
	if (code == EXIT_GOOD)
		machine_stop(machine, LAST_WORD_MS);
	if (code == EXIT_GOOD && run->functions)
		code = check_always_counted(subject);
	if (code == EXIT_GOOD && run->functions)
		code = read_functions(subject, run, machine);
	return code;
}

static int make_run(struct subject *subject, const struct run *run)
{
	struct machine machine = {.port = -1, .console = -1, .messages = -1};
	int code;

	session_free(&subject->session);
	memset(&subject->session, 0, sizeof(subject->session));
	code = run_on(subject, run, &machine);
	if (code == EXIT_GOOD) {
		free(subject->geometry);
		subject->geometry = machine.geometry;
		machine.geometry = NULL;
	}
	machine_remove(&machine);
	if (code == EXIT_GOOD)
		memcpy(run->values, subject->session.stats,
		       run->options->events.nr * sizeof(*run->values));
	return code;
}

bool subject_did_well(const struct subject *subject)
{
	const struct perf_frame_exit *exit = &subject->session.exit;

	return exit->how == PERF_EXIT_NORMAL && exit->status == 0;
}

int subject_run(struct subject *subject)
{
	const size_t nr_events = subject->options.session.events.nr;
	struct run run = {
	    .options = &subject->options.session,
	    .images = &subject->images,
	    .values = subject->values + subject->runs * nr_events,
	    .functions = subject->options.per_function ? &subject->functions : NULL,
	};
	int code;

	if (subject->runs && !subject_did_well(subject))
		return EXIT_GOOD;
	if (subject->options.runs > 1)
		snprintf(run.label, sizeof(run.label), "%s, run %u of %u",
			 subject->images.workload_name, subject->runs + 1, subject->options.runs);
	else
		snprintf(run.label, sizeof(run.label), "%s", subject->images.workload_name);
	code = make_run(subject, &run);
	subject->runs += code == EXIT_GOOD;
	return code;
}

/* Run number n in another layout: other places, another link of the workload. */
static int perturb(struct subject *subject, unsigned int n)
{
	struct perturbed *image = &subject->perturbed[n];
	const struct stat_options *options = &subject->options;
	struct run run = {.options = &image->options,
			  .images = &image->images,
			  .values = image->values,
			  .functions = options->per_function ? &image->functions : NULL};
	int code;

	image->options = options->session;
	image->options.layout = layout_make(n + 1);
	if (options->nr_variants)
		image->options.workload = options->variants[n % options->nr_variants];
	code = find_images(&image->images, &image->options);
	/* It is the same program. */
	image->images.workload_name = subject->images.workload_name;
	snprintf(run.label, sizeof(run.label), "%s, image %u of %u", subject->images.workload_name,
		 n + 1, options->perturb);
	return code ? code : make_run(subject, &run);
}

int subject_perturb(struct subject *subject)
{
	const struct perf_frame_exit exit = subject->session.exit;
	int code = EXIT_GOOD;
	unsigned int n;

	for (n = 0; n < subject->options.perturb && code == EXIT_GOOD; n++) {
		if (!subject_did_well(subject))
			return n == 0 ? EXIT_GOOD
				      : fail(EXIT_SESSION,
					     "image %u of %u: the workload failed, though it did "
					     "not in the usual layout",
					     n, subject->options.perturb);
		code = perturb(subject, n);
	}
	if (code == EXIT_GOOD && n && !subject_did_well(subject))
		return fail(EXIT_SESSION,
			    "image %u of %u: the workload failed, though it did not "
			    "in the usual layout",
			    n, n);
	subject->session.exit = exit;
	return code;
}

void subject_sum_up(struct subject *subject)
{
	struct stat_result *result = &subject->result;
	const struct event_list *list = &subject->options.session.events;
	unsigned int n;

	result->options = &subject->options.session;
	result->workload = subject->images.workload_name;
	result->emulator = subject->emulator;
	result->geometry = subject->geometry;
	result->hello = subject->session.hello;
	result->exit = subject->session.exit;
	result->values = subject->values;
	result->runs = subject->runs;
	result->same = true;
	for (n = 0; n < list->nr; n++) {
		result->counts[n] = sum_runs(subject->values + n, subject->runs, list->nr);
		result->same &= result->counts[n].same;
	}
	result->cpus = subject->session.cpu_stats;
	result->nr_cpus = subject->options.session.per_cpu ? result->hello.info.nr_cpus : 0;
	result->threads = subject->session.threads.rows;
	result->nr_threads = subject->session.threads.nr;
	result->snapshots = subject->session.snapshots;
	result->nr_snapshots = subject->session.nr_snapshots;
	result->functions = subject->options.per_function ? &subject->functions : NULL;
	result->perturbed = subject->perturbed;
	result->nr_perturbed = subject_did_well(subject) ? subject->options.perturb : 0;
	result->nr_ratios = make_ratios(result->ratios, list, result->counts);
}

void subject_free(struct subject *subject)
{
	unsigned int n;

	session_free(&subject->session);
	by_function_free(&subject->functions);
	free_images(&subject->images);
	for (n = 0; subject->perturbed && n < subject->options.perturb; n++) {
		by_function_free(&subject->perturbed[n].functions);
		free_images(&subject->perturbed[n].images);
	}
	free(subject->perturbed);
	free(subject->geometry);
	free(subject->values);
}
