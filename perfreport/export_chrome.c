/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Trace Event Format: slices that viewers of traces draw as one track for
 * each thread and event. Each is a beginning and an end ("ph": "B", "E"), in
 * order: of whole slices ("X") that begin or end together a viewer has to guess
 * which is the outer one, and with rounded lengths it guesses wrong.
 *
 * A sample stands until the next one of its event on that CPU; frames that
 * follow each other without a gap are one slice.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "export.h"
#include "views.h"

/* What runs in a thread: nodes from the outermost in, until end. */
struct track {
	uint32_t *open;
	size_t nr, capacity;
	uint64_t begin; /* of the innermost */
	uint64_t end;
	bool named;
};

struct trace {
	const struct profile *profile;
	const struct event *event;
	struct text *text;
	struct track *tracks; /* by owner */
	uint32_t first_tid;   /* of the event's tracks */
	uint64_t *until;      /* by moment: when its slice ends */
};

static double microseconds(const struct trace *trace, uint64_t time)
{
	return time > trace->profile->first_time ? (time - trace->profile->first_time) / 1e3 : 0;
}

/* A slice begins ('B') or ends ('E'); some viewers need the name at the end, too. */
static void add_edge(struct trace *trace, uint32_t owner, char phase, uint32_t node, uint64_t time)
{
	const struct frame *frame =
	    &trace->profile->frames.list[trace->event->tree.nodes[node].frame];

	text_print(trace->text,
		   ",\n{\"ph\":\"%c\",\"pid\":%d,\"tid\":%" PRIu32 ",\"ts\":%.3f,\"name\":", phase,
		   (int)trace->profile->tasks.owners[owner].pid, trace->first_tid + owner,
		   microseconds(trace, time));
	text_add_json(trace->text, names_text(trace->profile->names, frame->symbol));
	if (phase == 'B') {
		text_add(trace->text, ",\"cat\":");
		text_add_json(trace->text, names_text(trace->profile->names, frame->dso));
	}
	text_add(trace->text, "}");
}

/* Close all slices of a track but the outer keep: 1 ns early, for viewers that
   sort find no order in an end and a beginning of one time. */
static void close_slices(struct trace *trace, uint32_t owner, size_t keep, uint64_t time)
{
	struct track *track = &trace->tracks[owner];

	time = time > track->begin ? time - 1 : track->begin;
	while (track->nr > keep)
		add_edge(trace, owner, 'E', track->open[--track->nr], time);
}

static void open_slice(struct trace *trace, uint32_t owner, uint32_t node, uint64_t time)
{
	struct track *track = &trace->tracks[owner];

	add_edge(trace, owner, 'B', node, time);
	track->open = must_grow(track->open, &track->capacity, track->nr + 1, sizeof *track->open);
	track->open[track->nr++] = node;
	track->begin = time;
}

static void name_track(struct trace *trace, uint32_t owner)
{
	const struct owner *who = &trace->profile->tasks.owners[owner];
	const char *comm = names_text(trace->profile->names, who->comm);
	struct text name = {0};

	text_print(&name, "%s/%d %s", comm, (int)who->tid, trace->event->name);
	text_add_bytes(&name, "", 1);
	for (int i = 0; i < 2; i++) {
		text_print(trace->text,
			   ",\n{\"ph\":\"M\",\"name\":\"%s_name\",\"pid\":%d,\"tid\":%" PRIu32
			   ",\"args\":{\"name\":",
			   i ? "thread" : "process", (int)who->pid, trace->first_tid + owner);
		text_add_json(trace->text, i ? name.bytes : comm);
		text_add(trace->text, "}}");
	}
	trace->tracks[owner].named = true;
	text_free(&name);
}

/* path: the nodes of a sample from the innermost out, without the task. */
static void add_sample(struct trace *trace, size_t index, struct chain *path)
{
	const struct moment *moment = &trace->event->moments.list[index];
	const struct cell *cell = &trace->event->cells.list[moment->cell];
	const struct tree *tree = &trace->event->tree;
	struct track *track = &trace->tracks[cell->owner];
	size_t same = 0;

	if (!track->named)
		name_track(trace, cell->owner);
	path->nr = 0;
	for (uint32_t node = cell->node; tree->nodes[node].parent != TREE_ROOT;
	     node = tree->nodes[node].parent) {
		path->frames =
		    must_grow(path->frames, &path->capacity, path->nr + 1, sizeof *path->frames);
		path->frames[path->nr++] = node;
	}
	if (track->end < moment->time)
		close_slices(trace, cell->owner, 0, track->end);
	while (same < track->nr && same < path->nr &&
	       track->open[same] == path->frames[path->nr - 1 - same])
		same++;
	close_slices(trace, cell->owner, same, moment->time);
	while (track->nr < path->nr)
		open_slice(trace, cell->owner, path->frames[path->nr - 1 - track->nr],
			   moment->time);
	track->end = trace->until[index];
}

static int compare_cpus(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

/* When each moment's slice ends; the last of a CPU lasts as long as the mean. */
static void find_ends(struct trace *trace)
{
	const struct moments *moments = &trace->event->moments;
	const struct cells *cells = &trace->event->cells;
	uint32_t *cpus = must_calloc(cells->nr + 1, sizeof *cpus);
	uint64_t *next, mean = 0;
	size_t nr = 0;

	for (size_t i = 0; i < cells->nr; i++)
		cpus[i] = cells->list[i].cpu;
	qsort(cpus, cells->nr, sizeof *cpus, compare_cpus);
	for (size_t i = 0; i < cells->nr; i++)
		if (nr == 0 || cpus[nr - 1] != cpus[i])
			cpus[nr++] = cpus[i];
	if (moments->nr > 1)
		mean = (moments->list[moments->nr - 1].time - moments->list[0].time) /
		       (moments->nr - 1) * nr;
	next = must_calloc(nr + 1, sizeof *next);
	for (size_t i = moments->nr; i > 0; i--) {
		const struct moment *moment = &moments->list[i - 1];
		const uint32_t *cpu =
		    bsearch(&cells->list[moment->cell].cpu, cpus, nr, sizeof *cpus, compare_cpus);
		uint64_t *end = &next[cpu - cpus];

		trace->until[i - 1] = *end ? *end : moment->time + mean;
		*end = moment->time;
	}
	free(cpus);
	free(next);
}

static void add_event(struct trace *trace)
{
	const struct event *event = trace->event;
	size_t nr = trace->profile->tasks.nr_owners;
	struct chain path = {0};

	if (event->moments.nr == 0)
		return;
	trace->tracks = must_calloc(nr, sizeof *trace->tracks);
	trace->until = must_calloc(event->moments.nr, sizeof *trace->until);
	find_ends(trace);
	for (size_t i = 0; i < event->moments.nr; i++)
		add_sample(trace, i, &path);
	for (size_t i = 0; i < nr; i++) {
		close_slices(trace, i, 0, trace->tracks[i].end);
		free(trace->tracks[i].open);
	}
	free(trace->tracks);
	free(trace->until);
	chain_free(&path);
}

void export_chrome(const struct profile *profile, const struct options *options, struct text *text)
{
	struct trace trace = {.profile = profile, .text = text, .first_tid = 1};

	text_add(
	    text,
	    "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"exporter\":\"machperf " MACHPERF_VERSION
	    "\",\"title\":");
	text_add_json(text, export_title(profile, options));
	for (size_t i = 0; i < profile->nr_events; i++) {
		struct text line = {0};

		if (!view_wants(options, &profile->events[i]))
			continue;
		export_loss(&profile->events[i], &line);
		text_add_bytes(&line, "", 1);
		text_print(text, ",\"loss %zu\":", i + 1);
		text_add_json(text, line.bytes);
		text_free(&line);
	}
	text_add(text,
		 "},\n\"traceEvents\":[\n{\"ph\":\"M\",\"name\":\"trace\",\"pid\":0,\"args\":{}}");
	for (size_t i = 0; i < profile->nr_events; i++) {
		trace.event = &profile->events[i];
		if (view_wants(options, trace.event))
			add_event(&trace);
		trace.first_tid += profile->tasks.nr_owners;
	}
	text_add(text, "\n]}\n");
}
