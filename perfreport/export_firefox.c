/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processed profile of the Firefox Profiler, version 60 of
 * docs-developer/CHANGELOG-formats.md in its repository; newer front ends
 * upgrade it.  A thread there is a thread and an event here.  The nodes of
 * all call trees make one table of stacks, tasks left out.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "export.h"
#include "views.h"

/* Columns of tables are arrays of numbers, mostly of one number. */
static void add_constant(struct text *text, const char *key, const char *value, size_t nr)
{
	text_print(text, "\"%s\":[", key);
	for (size_t i = 0; i < nr; i++)
		text_print(text, "%s%s", i ? "," : "", value);
	text_add(text, "],\n");
}

/* One part of the colours; the order is that of enum frame_kind. */
static void add_meta(const struct profile *profile, const struct options *options,
		     struct text *text)
{
	uint64_t samples = profile_samples(profile);
	double ms = (profile->last_time - profile->first_time) / 1e6;

	text_add(text, "{\"meta\":{\"version\":30,\"preprocessedProfileVersion\":60,"
		       "\"processType\":0,\"startTime\":0,\"stackwalk\":1,\"debug\":false,"
		       "\"symbolicated\":true,\"usesOnlyOneStackType\":true,"
		       "\"sourceCodeIsNotOnSearchfox\":true,\"markerSchema\":[],"
		       "\"importedFrom\":\"machperf " MACHPERF_VERSION "\",\"product\":");
	text_add_json(text, export_title(profile, options));
	text_print(text, ",\"interval\":%.6f", samples > 1 && ms > 0 ? ms / samples : 1);
	for (size_t i = 0; i < 2; i++) {
		const char *value = profile_fact(profile, i ? "processor" : "kernel");

		if (value == NULL)
			continue;
		text_add(text, i ? ",\"CPUName\":" : ",\"oscpu\":");
		text_add_json(text, value);
	}
	text_add(text, ",\n\"extra\":[{\"label\":\"Loss\",\"entries\":[");
	for (size_t i = 0; i < profile->nr_events; i++) {
		struct text line = {0};

		export_loss(&profile->events[i], &line);
		text_add_bytes(&line, "", 1);
		text_add(text, i ? "," : "");
		text_add(text, "{\"label\":\"event\",\"format\":\"string\",\"value\":");
		text_add_json(text, line.bytes);
		text_add(text, "}");
		text_free(&line);
	}
	text_add(text, "]}],\n\"categories\":["
		       "{\"name\":\"task\",\"color\":\"grey\",\"subcategories\":[\"Other\"]},"
		       "{\"name\":\"user\",\"color\":\"yellow\",\"subcategories\":[\"Other\"]},"
		       "{\"name\":\"kernel\",\"color\":\"blue\",\"subcategories\":[\"Other\"]},"
		       "{\"name\":\"graft\",\"color\":\"green\",\"subcategories\":[\"Other\"]},"
		       "{\"name\":\"unresolved\",\"color\":\"darkgrey\","
		       "\"subcategories\":[\"Other\"]}]},\n\"libs\":[],\n");
}

static void add_stacks(const struct profile *profile, struct text *text)
{
	const char *comma = "";
	size_t nr = 0;

	text_add(text, "\"stackTable\":{\"frame\":[");
	for (size_t e = 0; e < profile->nr_events; e++) {
		const struct tree *tree = &profile->events[e].tree;

		for (size_t i = 1; i < tree->nr; i++, comma = ",")
			text_print(text, "%s%" PRIu32, comma, tree->nodes[i].frame);
	}
	text_add(text, "],\n\"prefix\":[");
	comma = "";
	for (size_t e = 0; e < profile->nr_events; e++) {
		const struct tree *tree = &profile->events[e].tree;

		for (size_t i = 1; i < tree->nr; i++, comma = ",") {
			uint32_t parent = tree->nodes[i].parent;

			/* The children of the root are tasks. */
			if (parent == TREE_ROOT || tree->nodes[parent].parent == TREE_ROOT)
				text_print(text, "%snull", comma);
			else
				text_print(text, "%s%zu", comma, nr + parent - 1);
		}
		nr += tree->nr - 1;
	}
	text_print(text, "],\n\"length\":%zu},\n", nr);
}

static void add_frames(const struct profile *profile, struct text *text)
{
	size_t nr = profile->frames.nr;

	text_add(text, "\"frameTable\":{");
	add_constant(text, "address", "-1", nr);
	add_constant(text, "inlineDepth", "0", nr);
	text_add(text, "\"category\":[");
	for (size_t i = 0; i < nr; i++)
		text_print(text, "%s%d", i ? "," : "", (int)profile->frames.list[i].kind);
	text_add(text, "],\n\"func\":[");
	for (size_t i = 0; i < nr; i++)
		text_print(text, "%s%zu", i ? "," : "", i);
	text_add(text, "],\n");
	add_constant(text, "subcategory", "0", nr);
	add_constant(text, "nativeSymbol", "null", nr);
	add_constant(text, "innerWindowID", "null", nr);
	add_constant(text, "line", "null", nr);
	add_constant(text, "column", "null", nr);
	text_print(text, "\"length\":%zu},\n", nr);
}

/* Functions are our frames; resources are our names of objects, by the
   number of the name, so that the tables need no index. */
static void add_functions(const struct profile *profile, name_t last, struct text *text)
{
	const struct frames *frames = &profile->frames;

	text_add(text, "\"funcTable\":{\"name\":[");
	for (size_t i = 0; i < frames->nr; i++)
		text_print(text, "%s%" PRIu32, i ? "," : "", frames->list[i].symbol);
	text_add(text, "],\n\"resource\":[");
	for (size_t i = 0; i < frames->nr; i++) {
		name_t dso = frames->list[i].dso;

		text_print(text, "%s%d", i ? "," : "", dso ? (int)dso : -1);
	}
	text_add(text, "],\n");
	add_constant(text, "isJS", "false", frames->nr);
	add_constant(text, "relevantForJS", "false", frames->nr);
	add_constant(text, "source", "null", frames->nr);
	add_constant(text, "lineNumber", "null", frames->nr);
	add_constant(text, "columnNumber", "null", frames->nr);
	text_print(text, "\"length\":%zu},\n\"resourceTable\":{\"name\":[", frames->nr);
	for (name_t i = 0; i <= last; i++)
		text_print(text, "%s%" PRIu32, i ? "," : "", i);
	text_add(text, "],\n");
	add_constant(text, "lib", "null", last + 1);
	add_constant(text, "host", "null", last + 1);
	add_constant(text, "type", "1", last + 1); /* a library */
	text_print(text, "\"length\":%" PRIu32 "},\n", last + 1);
}

static void add_strings(const struct profile *profile, name_t last, struct text *text)
{
	text_add(text, "\"nativeSymbols\":{\"libIndex\":[],\"address\":[],\"name\":[],"
		       "\"functionSize\":[],\"length\":0},\n"
		       "\"sources\":{\"uuid\":[],\"filename\":[],\"length\":0},\n"
		       "\"stringArray\":[");
	for (name_t i = 0; i <= last; i++) {
		text_add(text, i ? "," : "");
		text_add_json(text, names_text(profile->names, i));
	}
	text_add(text, "]");
}

static void add_shared(const struct profile *profile, struct text *text)
{
	name_t last = 0;

	for (size_t i = 0; i < profile->frames.nr; i++) {
		const struct frame *frame = &profile->frames.list[i];

		last = frame->symbol > last ? frame->symbol : last;
		last = frame->dso > last ? frame->dso : last;
	}
	text_add(text, "\"shared\":{");
	add_stacks(profile, text);
	add_frames(profile, text);
	add_functions(profile, last, text);
	add_strings(profile, last, text);
	text_add(text, "},\n");
}

/* The samples of one thread and event: moments[0 .. nr). */
struct track {
	const struct event *event;
	size_t first_stack; /* of the event in the table of stacks */
	const struct owner *owner;
	const uint32_t *moments;
	size_t nr;
};

static void add_samples(const struct profile *profile, const struct track *track, struct text *text)
{
	const struct event *event = track->event;

	text_add(text, "\"samples\":{\"stack\":[");
	for (size_t i = 0; i < track->nr; i++) {
		const struct moment *moment = &event->moments.list[track->moments[i]];
		uint32_t node = event->cells.list[moment->cell].node;

		text_print(text, "%s%zu", i ? "," : "", track->first_stack + node - 1);
	}
	text_add(text, "],\n\"time\":[");
	for (size_t i = 0; i < track->nr; i++) {
		const struct moment *moment = &event->moments.list[track->moments[i]];
		uint64_t time =
		    moment->time > profile->first_time ? moment->time : profile->first_time;

		text_print(text, "%s%.6f", i ? "," : "", (time - profile->first_time) / 1e6);
	}
	text_print(text, "],\n\"weight\":null,\"weightType\":\"samples\",\"length\":%zu},\n",
		   track->nr);
}

static void add_thread(const struct profile *profile, const struct track *track, struct text *text)
{
	struct text name = {0};

	text_print(&name, "%s %s", names_text(profile->names, track->owner->comm),
		   track->event->name);
	text_add_bytes(&name, "", 1);
	text_add(text, "{\"processType\":\"default\",\"processStartupTime\":0,"
		       "\"processShutdownTime\":null,\"registerTime\":0,\"unregisterTime\":null,"
		       "\"pausedRanges\":[],\"name\":");
	text_add_json(text, name.bytes);
	text_add(text, ",\"processName\":");
	text_add_json(text, names_text(profile->names, track->owner->comm));
	text_print(text, ",\"isMainThread\":%s,\"pid\":\"%d\",\"tid\":%d,\n",
		   track->owner->pid == track->owner->tid ? "true" : "false",
		   (int)track->owner->pid, (int)track->owner->tid);
	add_samples(profile, track, text);
	text_add(text, "\"markers\":{\"data\":[],\"name\":[],\"startTime\":[],\"endTime\":[],"
		       "\"phase\":[],\"category\":[],\"length\":0}}");
	text_free(&name);
}

/* Sort the moments of an event by thread and write each thread's. */
static void add_threads(const struct profile *profile, struct track track, bool *first,
			struct text *text)
{
	const struct moments *moments = &track.event->moments;
	size_t nr = profile->tasks.nr_owners;
	size_t *ends = must_calloc(nr + 1, sizeof *ends);
	uint32_t *sorted = must_calloc(moments->nr + 1, sizeof *sorted);

	for (size_t i = 0; i < moments->nr; i++)
		ends[track.event->cells.list[moments->list[i].cell].owner + 1]++;
	for (size_t i = 0; i < nr; i++)
		ends[i + 1] += ends[i];
	for (size_t i = 0; i < moments->nr; i++)
		sorted[ends[track.event->cells.list[moments->list[i].cell].owner]++] = i;
	/* Each end has moved from the owner's first to its last. */
	for (size_t i = 0, begin = 0; i < nr; begin = ends[i++]) {
		if (ends[i] == begin)
			continue;
		track.owner = &profile->tasks.owners[i];
		track.moments = sorted + begin;
		track.nr = ends[i] - begin;
		text_add(text, *first ? "\n" : ",\n");
		*first = false;
		add_thread(profile, &track, text);
	}
	free(ends);
	free(sorted);
}

void export_firefox(const struct profile *profile, const struct options *options, struct text *text)
{
	struct track track = {0};
	bool first = true;

	add_meta(profile, options, text);
	add_shared(profile, text);
	text_add(text, "\"threads\":[");
	for (size_t i = 0; i < profile->nr_events; i++) {
		track.event = &profile->events[i];
		if (view_wants(options, track.event))
			add_threads(profile, track, &first, text);
		track.first_stack += track.event->tree.nr - 1;
	}
	text_add(text, "]}\n");
}
