/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each frame of the agent means. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exit_codes.h"
#include "first_records.h"
#include "session.h"

/* kern_return_t of Mach, <mach/kern_return.h> */
#define MACH_KERN_INVALID_ARGUMENT  4
#define MACH_KERN_RESOURCE_SHORTAGE 6
#define MACH_KERN_INVALID_VALUE	    18

static int nonsense(const char *what)
{
	return fail(EXIT_SESSION, "the agent broke the protocol: %s", what);
}

static bool counts_hardware(const struct event_list *list)
{
	unsigned int n;

	for (n = 0; n < list->nr; n++)
		if (list->events[n].type != PERF_TYPE_SOFTWARE)
			return true;
	return false;
}

/* Whether the kernel drives the processors that were asked for. */
static int check_cpus(const struct session *session)
{
	const unsigned int asked = session->options->cpus;
	const uint32_t driven = session->hello.info.nr_cpus;

	if (driven == asked)
		return EXIT_GOOD;
	return fail(EXIT_UNSUPPORTED,
		    "--cpus %u: this kernel (%s) uses %" PRIu32 " of them; give one that is built "
		    "for several with --kernel",
		    asked, session->images->kernel_path, driven);
}

static int take_hello(struct session *session, const uint8_t *contents, uint64_t length)
{
	struct perf_frame_hello *hello = &session->hello;
	int code;

	if (session->hello_seen || length < sizeof(*hello))
		return nonsense("HELLO");
	memcpy(hello, contents, sizeof(*hello));
	if (hello->version != PERF_STREAM_VERSION)
		return fail(EXIT_SESSION,
			    "the agent speaks version %" PRIu32 " of the protocol, not %d: build "
			    "perfrec and the agent together",
			    hello->version, PERF_STREAM_VERSION);
	hello->info.cpu_name[sizeof(hello->info.cpu_name) - 1] = '\0';
	hello->info.pmu_name[sizeof(hello->info.pmu_name) - 1] = '\0';
	hello->info.kernel_version[sizeof(hello->info.kernel_version) - 1] = '\0';
	session->hello_seen = true;
	code = check_cpus(session);
	if (code)
		return code;
	if (session->options->accelerator == ACCEL_KVM && hello->info.pmu_kind == PERF_PMU_CLOCK &&
	    counts_hardware(&session->options->events))
		return fail(EXIT_NO_ACCELERATOR,
			    "--accel kvm: the guest's kernel found no counters that work; "
			    "without it the emulated PMU counts");
	return check_modelled(&session->options->events, &hello->info);
}

/* All events are open: the header can be written. */
static int begin_recording(struct session *session)
{
	struct perfdata_buffer first = {0};
	int code;

	session->begun = true;
	if (!session->recording)
		return EXIT_GOOD;
	put_first_records(&first, session);
	code =
	    recording_begin(session->recording, session->events, session->nr_events_open, &first);
	perfdata_buffer_free(&first);
	return code;
}

static int take_event(struct session *session, const uint8_t *contents, uint64_t length)
{
	struct perf_frame_event event;
	struct perfdata_write_event *write;

	if (length < sizeof(event))
		return nonsense("EVENT");
	memcpy(&event, contents, sizeof(event));
	if (!session->hello_seen || event.index != session->nr_events_open ||
	    event.index >= session->options->events.nr)
		return nonsense("EVENT out of order");
	session->ids[event.index] = event.id;
	write = &session->events[event.index];
	write->attr = &session->attrs[event.index];
	write->ids = &session->ids[event.index];
	write->nr_ids = 1;
	write->name = session->options->events.events[event.index].name;
	session->nr_events_open++;
	return session->nr_events_open < session->options->events.nr ? EXIT_GOOD
								     : begin_recording(session);
}

static int take_threads(struct session *session, unsigned int cpu, const uint8_t *contents,
			uint64_t length)
{
	const char *wrong = threads_take(&session->threads, cpu, contents, length, session->ids,
					 session->nr_events_open);

	return wrong ? fail(EXIT_SESSION, "counts by thread: %s", wrong) : EXIT_GOOD;
}

static int take_data(struct session *session, const struct perf_frame *frame,
		     const uint8_t *contents)
{
	if (!session->begun)
		return nonsense("DATA before every EVENT");
	if (session->options->per_thread)
		return take_threads(session, frame->cpu, contents, frame->length);
	if (!session->recording)
		return nonsense("DATA of events that only count");
	session->data_bytes += frame->length;
	return recording_append(session->recording, frame->cpu, contents, frame->length);
}

/* The workload's output is ours; when nobody takes it any more the recording
   goes on. */
static int take_output(struct session *session, const uint8_t *contents, uint64_t length)
{
	progress_clear(&session->progress);
	while (length && !session->output_failed) {
		ssize_t wrote = write(session->output, contents, length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0) {
			say("cannot write the workload's output: %s", strerror(errno));
			session->output_failed = true;
			break;
		}
		contents += wrote;
		length -= wrote;
	}
	return EXIT_GOOD;
}

static int take_exit(struct session *session, const uint8_t *contents, uint64_t length)
{
	if (length < sizeof(session->exit))
		return nonsense("EXIT");
	memcpy(&session->exit, contents, sizeof(session->exit));
	session->exit_seen = true;
	return EXIT_GOOD;
}

static int take_overhead(struct session *session, const uint8_t *contents, uint64_t length)
{
	if (length < sizeof(session->overhead))
		return nonsense("OVERHEAD");
	memcpy(&session->overhead, contents, sizeof(session->overhead));
	session->overhead_seen = true;
	return EXIT_GOOD;
}

unsigned int session_nr_stats(const struct session *session)
{
	return session->nr_events_open *
	       (session->options->per_cpu ? session->hello.info.nr_cpus : 1);
}

/* What one CPU counted belongs to the sum. */
static void add_values(struct perf_event_values *sum, const struct perf_event_values *values)
{
	sum->id = values->id;
	sum->value += values->value;
	sum->time_enabled += values->time_enabled;
	sum->time_running += values->time_running;
	sum->samples += values->samples;
	sum->lost += values->lost;
	sum->throttled += values->throttled;
	sum->coalesced += values->coalesced;
	sum->held += values->held;
}

static int take_stats(struct session *session, const uint8_t *contents, uint64_t length)
{
	struct perf_frame_stats stats;

	if (length < sizeof(stats))
		return nonsense("STATS");
	memcpy(&stats, contents, sizeof(stats));
	if (stats.index >= session->nr_events_open)
		return nonsense("STATS of no event");
	if (stats.cpu >= (session->options->per_cpu ? session->options->cpus : 1))
		return nonsense("STATS of no processor");
	if (session->snapshot_left) {
		session->snapshot_left--;
		add_values(&session->snapshots[session->nr_snapshots - 1].values[stats.index],
			   &stats.values);
		return EXIT_GOOD;
	}
	add_values(&session->stats[stats.index], &stats.values);
	session->cpu_stats[stats.cpu][stats.index] = stats.values;
	session->nr_stats++;
	return EXIT_GOOD;
}

static int take_interval(struct session *session, const uint8_t *contents, uint64_t length)
{
	struct perf_frame_interval interval;
	struct snapshot *more;

	if (length < sizeof(interval) || !session->begun || session->snapshot_left)
		return nonsense("INTERVAL");
	memcpy(&interval, contents, sizeof(interval));
	more = realloc(session->snapshots, (session->nr_snapshots + 1) * sizeof(*more));
	if (!more)
		return fail(EXIT_HOST, "out of memory");
	session->snapshots = more;
	more += session->nr_snapshots++;
	memset(more, 0, sizeof(*more));
	more->time = interval.time;
	session->snapshot_left = session_nr_stats(session);
	return EXIT_GOOD;
}

/* The kernel refused the event's period or frequency. */
static int refused_rate(const struct session *session, const struct event *event)
{
	struct rate rate = event_rate(session->options, event);

	if (rate.hertz)
		return fail(EXIT_PERIOD,
			    "event '%s': %" PRIu64 " samples a second are more than this kernel "
			    "takes; give a smaller -F",
			    event->name, rate.number);
	if (event->type == PERF_TYPE_SOFTWARE)
		return fail(EXIT_PERIOD,
			    "event '%s': a period of %" PRIu64 " ns is too short for the clock "
			    "interrupt; give -c 1000000 or more",
			    event->name, rate.number);
	return fail(EXIT_PERIOD,
		    "event '%s': period %" PRIu64 " is below this machine's minimum, %" PRIu32
		    "; give a larger -c",
		    event->name, rate.number, session->hello.info.min_period);
}

/* The kernel refused an event. */
static int refused_event(const struct session *session, const struct perf_frame_error *error,
			 const char *text)
{
	const struct options *options = session->options;
	const struct event *event;
	const char *reason;

	if (error->index >= options->events.nr)
		return nonsense("ERROR of no event");
	event = &options->events.events[error->index];
	reason = unsupported_reason(event);
	switch (error->kern_return) {
	case KERN_NOT_SUPPORTED:
		return fail(EXIT_UNSUPPORTED_EVENT,
			    "event '%s' is not supported on this machine%s%s (perfrec list shows "
			    "what is)",
			    event->name, reason ? ": " : "", reason ? reason : "");
	case MACH_KERN_INVALID_VALUE:
		return refused_rate(session, event);
	case MACH_KERN_RESOURCE_SHORTAGE:
		return fail(EXIT_UNSUPPORTED_EVENT,
			    "event '%s': no counter or memory is left for it; give fewer "
			    "events at once",
			    event->name);
	}
	if (options->callchain == CALLCHAIN_DWARF && !options->counts_only)
		return fail(EXIT_UNSUPPORTED, "-g dwarf: this kernel cannot copy the user's "
					      "registers and stack; use -g fp");
	if (event_rate(options, event).hertz)
		return fail(EXIT_UNSUPPORTED,
			    "-F: this kernel cannot adjust periods to a frequency; use -c");
	return fail(EXIT_UNSUPPORTED_EVENT, "event '%s' was refused: %s", event->name, text);
}

/* The kernel refused an event's place in its group. */
static int refused_group(const struct session *session, const struct perf_frame_error *error,
			 const char *text)
{
	const struct event_list *list = &session->options->events;
	const struct event *event;

	if (error->index >= list->nr)
		return nonsense("ERROR of no event");
	event = &list->events[error->index];
	if (error->kern_return == MACH_KERN_RESOURCE_SHORTAGE)
		return fail(
		    EXIT_UNSUPPORTED_EVENT,
		    "event '%s' and those before it in the group of '%s' need more counters "
		    "than this machine has (%" PRIu32 " for any event, %" PRIu32
		    " for one each); make the group smaller",
		    event->name, list->events[event->leader].name, session->hello.info.nr_counters,
		    session->hello.info.nr_fixed);
	return fail(EXIT_UNSUPPORTED_EVENT, "event '%s' cannot be in a group with '%s': %s",
		    event->name, list->events[event->leader].name, text);
}

static int take_error(const struct session *session, const uint8_t *contents, uint64_t length)
{
	struct perf_frame_error error;
	char text[256] = "";

	if (length < sizeof(error))
		return nonsense("ERROR");
	memcpy(&error, contents, sizeof(error));
	snprintf(text, sizeof(text), "%.*s", (int)(length - sizeof(error)),
		 (const char *)contents + sizeof(error));
	text[strcspn(text, "\n")] = '\0';
	switch (error.code) {
	case PERF_ERROR_NO_INTERFACE:
		return fail(EXIT_NO_INTERFACE,
			    "this kernel has no perf interface (%s); give a grafted one",
			    session->images->kernel_path);
	case PERF_ERROR_EVENT:
		return refused_event(session, &error, text);
	case PERF_ERROR_GROUP:
		return refused_group(session, &error, text);
	case PERF_ERROR_WORKLOAD:
		return fail(EXIT_SESSION, "workload %s cannot be loaded: %s",
			    session->images->workload_name, text);
	}
	return fail(EXIT_SESSION, "the agent failed: %s", *text ? text : "it does not say why");
}

static int take_end(struct session *session)
{
	if (!session->begun)
		return nonsense("END before every EVENT");
	if (!session->exit_seen)
		return nonsense("END without EXIT");
	session->ended = true;
	return EXIT_GOOD;
}

int session_frame(struct session *session, const struct perf_frame *frame, const uint8_t *contents)
{
	if (session->ended)
		return nonsense("a frame after END");
	switch (frame->type) {
	case PERF_FRAME_HELLO:
		return take_hello(session, contents, frame->length);
	case PERF_FRAME_EVENT:
		return take_event(session, contents, frame->length);
	case PERF_FRAME_DATA:
		return take_data(session, frame, contents);
	case PERF_FRAME_OUTPUT:
		return take_output(session, contents, frame->length);
	case PERF_FRAME_EXIT:
		return take_exit(session, contents, frame->length);
	case PERF_FRAME_STATS:
		return take_stats(session, contents, frame->length);
	case PERF_FRAME_INTERVAL:
		return take_interval(session, contents, frame->length);
	case PERF_FRAME_OVERHEAD:
		return take_overhead(session, contents, frame->length);
	case PERF_FRAME_ERROR:
		return take_error(session, contents, frame->length);
	case PERF_FRAME_LOG:
		text_add(&session->agent_log, contents, frame->length);
		if (frame->length && contents[frame->length - 1] != '\n')
			text_add(&session->agent_log, "\n", 1);
		return EXIT_GOOD;
	case PERF_FRAME_END:
		return take_end(session);
	}
	return nonsense("a frame of unknown type");
}
