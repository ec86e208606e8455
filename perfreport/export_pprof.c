/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pprof's profile.proto in the wire format of Protocol Buffers: a field is
 * its number and type, then a varint (type 0), or a length and that many
 * bytes (type 2).  Strings and nested messages are of type 2.
 *
 * Locations and functions are our frames, mappings our objects; tasks are
 * labels of samples.  Each event gives two values: events and samples.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "deflate.h"
#include "export.h"
#include "views.h"

/* The field numbers of profile.proto. */
enum {
	PROFILE_SAMPLE_TYPE = 1,
	PROFILE_SAMPLE,
	PROFILE_MAPPING,
	PROFILE_LOCATION,
	PROFILE_FUNCTION,
	PROFILE_STRING,
	PROFILE_DURATION = 10,
	PROFILE_PERIOD_TYPE,
	PROFILE_PERIOD,
	PROFILE_COMMENT
};
enum { TYPE_TYPE = 1, TYPE_UNIT };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE, SAMPLE_LABEL };
enum { LABEL_KEY = 1, LABEL_STRING, LABEL_NUMBER };
enum { MAPPING_ID = 1, MAPPING_FILENAME = 5, MAPPING_BUILD_ID, MAPPING_HAS_FUNCTIONS };
enum { LOCATION_ID = 1, LOCATION_MAPPING, LOCATION_ADDRESS, LOCATION_LINE };
enum { LINE_FUNCTION = 1 };
enum { FUNCTION_ID = 1, FUNCTION_NAME, FUNCTION_SYSTEM_NAME, FUNCTION_FILENAME };

struct pprof {
	const struct profile *profile;
	const struct options *options;
	struct text *out;
	struct names *strings;
	name_t last_string;
};

static void put_number(struct text *text, unsigned int field, uint64_t number)
{
	text_add_varint(text, field << 3);
	text_add_varint(text, number);
}

static void put_bytes(struct text *text, unsigned int field, const void *bytes, size_t length)
{
	text_add_varint(text, field << 3 | 2);
	text_add_varint(text, length);
	text_add_bytes(text, bytes, length);
}

/* Put a message, which is emptied. */
static void put_message(struct text *text, unsigned int field, struct text *message)
{
	put_bytes(text, field, message->bytes, message->length);
	message->length = 0;
}

/* The number of a string. */
static name_t string_of(struct pprof *pprof, const char *string)
{
	name_t name = names_add(pprof->strings, string);

	if (name > pprof->last_string)
		pprof->last_string = name;
	return name;
}

static name_t string_of_name(struct pprof *pprof, name_t name)
{
	return string_of(pprof, names_text(pprof->profile->names, name));
}

static void put_type(struct pprof *pprof, unsigned int field, const char *type)
{
	struct text message = {0};

	put_number(&message, TYPE_TYPE, string_of(pprof, type));
	put_number(&message, TYPE_UNIT, string_of(pprof, "count"));
	put_message(pprof->out, field, &message);
	text_free(&message);
}

static void put_types(struct pprof *pprof)
{
	for (size_t i = 0; i < pprof->profile->nr_events; i++) {
		const struct event *event = &pprof->profile->events[i];
		struct text name = {0};

		if (!view_wants(pprof->options, event))
			continue;
		put_type(pprof, PROFILE_SAMPLE_TYPE, event->name);
		text_print(&name, "%s samples", event->name);
		text_add_bytes(&name, "", 1);
		put_type(pprof, PROFILE_SAMPLE_TYPE, name.bytes);
		text_free(&name);
	}
}

static void put_label(struct pprof *pprof, struct text *sample, const char *key, name_t string,
		      uint64_t number)
{
	struct text label = {0};

	put_number(&label, LABEL_KEY, string_of(pprof, key));
	if (string)
		put_number(&label, LABEL_STRING, string);
	else
		put_number(&label, LABEL_NUMBER, number);
	put_message(sample, SAMPLE_LABEL, &label);
	text_free(&label);
}

/* place: of the event among those wanted, of nr. */
static void put_sample(struct pprof *pprof, const struct event *event, const struct cell *cell,
		       size_t place, size_t nr, struct chain *chain)
{
	const struct owner *owner = &pprof->profile->tasks.owners[cell->owner];
	struct text sample = {0}, list = {0};

	export_chain(chain, pprof->profile, &event->tree, cell->node);
	for (size_t i = 0; i < chain->nr; i++)
		text_add_varint(&list, chain->frames[i] + 1);
	put_message(&sample, SAMPLE_LOCATION, &list);
	for (size_t i = 0; i < nr; i++) {
		text_add_varint(&list, i == place ? cell->self.weight : 0);
		text_add_varint(&list, i == place ? cell->self.samples : 0);
	}
	put_message(&sample, SAMPLE_VALUE, &list);
	put_label(pprof, &sample, "task", string_of_name(pprof, owner->comm), 0);
	put_label(pprof, &sample, "pid", 0, owner->pid);
	put_label(pprof, &sample, "thread_id", 0, owner->tid);
	if (cell->cpu != CPU_UNKNOWN)
		put_label(pprof, &sample, "cpu", 0, cell->cpu);
	put_message(pprof->out, PROFILE_SAMPLE, &sample);
	text_free(&sample);
	text_free(&list);
}

static void put_samples(struct pprof *pprof)
{
	const struct profile *profile = pprof->profile;
	struct chain chain = {0};
	size_t nr = 0, place = 0;

	for (size_t e = 0; e < profile->nr_events; e++)
		nr += view_wants(pprof->options, &profile->events[e]);
	for (size_t e = 0; e < profile->nr_events; e++) {
		const struct event *event = &profile->events[e];

		if (!view_wants(pprof->options, event))
			continue;
		for (size_t i = 0; i < event->cells.nr; i++)
			put_sample(pprof, event, &event->cells.list[i], place, nr, &chain);
		place++;
	}
	chain_free(&chain);
}

/* has_functions keeps pprof from looking for files of its own. */
static void put_mappings(struct pprof *pprof)
{
	const struct objects *objects = &pprof->profile->objects;
	struct text mapping = {0};

	for (size_t i = 0; i < objects->nr; i++) {
		const struct object *object = objects->list[i];
		char hex[2 * BUILD_ID_MAX + 1] = "";

		for (unsigned int b = 0; b < object->build_id.size; b++)
			sprintf(hex + 2 * b, "%02x", object->build_id.bytes[b]);
		put_number(&mapping, MAPPING_ID, i + 1);
		put_number(&mapping, MAPPING_FILENAME, string_of(pprof, object->path));
		put_number(&mapping, MAPPING_BUILD_ID, string_of(pprof, hex));
		put_number(&mapping, MAPPING_HAS_FUNCTIONS, 1);
		put_message(pprof->out, PROFILE_MAPPING, &mapping);
	}
	text_free(&mapping);
}

/* The id of an object's mapping; 0: none. */
static uint64_t mapping_of(const struct objects *objects, const struct object *object)
{
	for (size_t i = 0; i < objects->nr; i++)
		if (objects->list[i] == object)
			return i + 1;
	return 0;
}

static void put_frames(struct pprof *pprof)
{
	const struct profile *profile = pprof->profile;
	struct text message = {0}, line = {0};

	for (size_t i = 0; i < profile->frames.nr; i++) {
		const struct frame *frame = &profile->frames.list[i];
		name_t symbol;

		if (frame->kind == FRAME_TASK)
			continue;
		symbol = string_of_name(pprof, frame->symbol);
		put_number(&message, LOCATION_ID, i + 1);
		put_number(&message, LOCATION_MAPPING,
			   mapping_of(&profile->objects, frame->object));
		put_number(&message, LOCATION_ADDRESS, frame->start);
		put_number(&line, LINE_FUNCTION, i + 1);
		put_message(&message, LOCATION_LINE, &line);
		put_message(pprof->out, PROFILE_LOCATION, &message);
		put_number(&message, FUNCTION_ID, i + 1);
		put_number(&message, FUNCTION_NAME, symbol);
		put_number(&message, FUNCTION_SYSTEM_NAME, symbol);
		put_number(&message, FUNCTION_FILENAME, string_of_name(pprof, frame->dso));
		put_message(pprof->out, PROFILE_FUNCTION, &message);
	}
	text_free(&message);
	text_free(&line);
}

static void put_comment(struct pprof *pprof, struct text *line)
{
	text_add_bytes(line, "", 1);
	put_number(pprof->out, PROFILE_COMMENT, string_of(pprof, line->bytes));
	line->length = 0;
}

static void put_about(struct pprof *pprof)
{
	const struct profile *profile = pprof->profile;
	struct text line = {0};
	bool first = true;

	if (profile->first_time <= profile->last_time)
		put_number(pprof->out, PROFILE_DURATION, profile->last_time - profile->first_time);
	text_print(&line, "machperf " MACHPERF_VERSION ": %s",
		   export_title(profile, pprof->options));
	put_comment(pprof, &line);
	for (size_t i = 0; i < profile->nr_events; i++) {
		const struct event *event = &profile->events[i];

		if (!view_wants(pprof->options, event))
			continue;
		if (first) {
			put_type(pprof, PROFILE_PERIOD_TYPE, event->name);
			put_number(pprof->out, PROFILE_PERIOD, event->period);
		}
		first = false;
		export_loss(event, &line);
		put_comment(pprof, &line);
	}
	if (profile->incomplete != NULL) {
		text_print(&line, "INCOMPLETE: %s", profile->incomplete);
		put_comment(pprof, &line);
	}
	text_free(&line);
}

bool export_pprof(const struct profile *profile, const struct options *options, struct text *text,
		  struct failure *failure)
{
	struct text plain = {0};
	struct pprof pprof = {
	    .profile = profile, .options = options, .out = &plain, .strings = names_new()};
	bool good;

	put_types(&pprof);
	put_samples(&pprof);
	put_mappings(&pprof);
	put_frames(&pprof);
	put_about(&pprof);
	for (name_t i = 0; i <= pprof.last_string; i++) {
		const char *string = names_text(pprof.strings, i);

		put_bytes(&plain, PROFILE_STRING, string, strlen(string));
	}
	names_free(pprof.strings);
	good = deflate_text(text, &plain, DEFLATE_GZIP, failure);
	text_free(&plain);
	return good;
}
