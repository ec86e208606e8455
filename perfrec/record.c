/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perfrec record: from options to a finished recording. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "attrs.h"
#include "buildid_cache.h"
#include "exit_codes.h"
#include "facts.h"
#include "log.h"
#include "record.h"
#include "session.h"

#define KERNEL_OBJECT "[kernel.kallsyms]"
#define LAST_WORD_MS  5000

/* The parts of one run, so that each is put away whatever happens. */
struct run {
	struct options options;
	struct images images;
	struct perf_event_attr attrs[MAX_EVENTS];
	struct machine machine;
	struct recording recording;
	struct session session;
	struct recording_totals totals;
	struct facts facts;
	char emulator[128]; /* what it calls itself */
	struct timespec start;
};

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) + (now.tv_nsec - start->tv_nsec) / 1e9;
}

/* Make all ready to start. */
static int prepare(struct run *run)
{
	int code = session_prepare(&run->session);

	if (code == EXIT_GOOD &&
	    !machine_version(&run->images, run->emulator, sizeof(run->emulator)))
		code = fail(EXIT_NO_EMULATOR, "emulator %s does not run (tried with --version)",
			    run->images.emulator);
	if (code == EXIT_GOOD)
		code = recording_create(&run->recording, run->options.output);
	return code;
}

/* What the kernel counted and what arrived must agree. */
static int compare_counts(const struct run *run)
{
	const struct session *session = &run->session;
	unsigned int n;

	if (session->nr_stats < session_nr_stats(session))
		return fail(EXIT_SESSION, "the agent broke the protocol: no STATS of every event");
	for (n = 0; n < session->nr_events_open; n++)
		if (session->stats[n].samples != run->totals.event_samples[n])
			return fail(EXIT_SESSION,
				    "event '%s': the kernel wrote %" PRIu64 " samples, %" PRIu64
				    " arrived",
				    run->options.events.events[n].name, session->stats[n].samples,
				    run->totals.event_samples[n]);
	return EXIT_GOOD;
}

static int finish(struct run *run)
{
	int code = recording_sum(&run->recording, &run->totals);

	if (code == EXIT_GOOD)
		code = compare_counts(run);
	if (code == EXIT_GOOD)
		code = make_facts(&run->facts, &run->session, &run->totals, run->emulator);
	if (code)
		return code;
	return recording_finish(&run->recording, run->session.events, run->session.nr_events_open,
				&run->facts.written);
}

/* Keep the objects that reports need; a recording is good without them. */
static void keep_objects(const struct run *run)
{
	const struct options *options = &run->options;

	if (options->no_buildid_cache)
		return;
	if (!keep_object(options, &run->images.workload, run->images.workload_name) ||
	    !keep_object(options, &run->images.kernel, KERNEL_OBJECT))
		say("symbols are not kept for reports: build-id cache: %s (--buildid-dir names "
		    "another, -B keeps none)",
		    strerror(errno));
}

static void summarise(const struct run *run)
{
	const struct session *session = &run->session;
	unsigned int n;

	if (run->options.quiet)
		return;
	for (n = 0; n < session->nr_events_open; n++) {
		const struct perf_event_values *values = &session->stats[n];

		char share[64] = "";

		if (values->time_running < values->time_enabled)
			snprintf(share, sizeof(share), " (counted %.2f %% of the time)",
				 100.0 * values->time_running / values->time_enabled);
		say("%s: %" PRIu64 " events%s, %" PRIu64 " samples, %" PRIu64 " lost, %" PRIu64
		    " throttled, %" PRIu64 " coalesced",
		    run->options.events.events[n].name, values->value, share, values->samples,
		    values->lost, values->throttled, values->coalesced);
	}
	if (session->overhead_seen && session->overhead.time) {
		const struct perf_overhead_data *spent = &session->overhead;

		say("profiling took %.2f %% of the guest's time",
		    100.0 * (spent->nmi_ns + spent->hook_ns) / (spent->time * spent->nr_cpus));
	}
	say("wrote %s (%.1f MB, %.1f s)", run->options.output, run->recording.size / 1e6,
	    seconds_since(&run->start));
}

static int run_session(struct run *run, int argc, char *const *argv)
{
	struct session *session = &run->session;
	int code;

	session->options = &run->options;
	session->images = &run->images;
	session->attrs = run->attrs;
	session->machine = &run->machine;
	session->recording = &run->recording;
	session->output = STDOUT_FILENO;
	session->label = run->images.workload_name;
	code = machine_check(&run->options);
	if (code == EXIT_GOOD)
		code = prepare(run);
	if (code == EXIT_GOOD)
		code = machine_start(&run->machine, &run->images, run->options.accelerator, false);
	if (code == EXIT_GOOD)
		code = session_run(session);
	if (code)
		return code;
	machine_stop(&run->machine, LAST_WORD_MS);
	code = finish(run);
	if (code)
		return code;
	write_log(session, argc, argv, seconds_since(&run->start));
	keep_objects(run);
	summarise(run);
	return session_workload_exit(session, "the recording is kept");
}

int record_command(int argc, char *const *argv)
{
	struct run *run = calloc(1, sizeof(*run));
	bool done;
	int code;

	if (!run)
		return fail(EXIT_HOST, "out of memory");
	clock_gettime(CLOCK_MONOTONIC, &run->start);
	code = parse_options(&run->options, argc, argv, &done);
	if (code || done) {
		free(run);
		return code;
	}
	/* Full disks and closed pipes are errors of write(), not signals. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	run->recording.fd = run->machine.port = run->machine.console = run->machine.messages = -1;
	run->session.signals = session_open_signals();
	code = run->session.signals < 0 ? fail(EXIT_HOST, "signalfd: %s", strerror(errno))
					: find_images(&run->images, &run->options);
	if (code == EXIT_GOOD) {
		make_attrs(run->attrs, &run->options, run->images.arch);
		code = run_session(run, argc, argv);
	}
	machine_remove(&run->machine);
	recording_close(&run->recording);
	recording_free_totals(&run->totals);
	free_facts(&run->facts);
	session_free(&run->session);
	free_images(&run->images);
	if (run->session.signals >= 0)
		close(run->session.signals);
	free(run);
	return code;
}
