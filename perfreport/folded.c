/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "folded.h"

#define PROBED	   4096	 /* bytes looked at to tell text from other files */
#define EXCERPT	   40	 /* bytes of a bad line that are shown */
#define FRAMES_MAX 65536 /* no recorder's stack is deeper */

static const char default_event[] = "samples";
static const char event_mark[] = "# event ";

struct folding {
	struct profile *profile;
	const char *path;
	struct failure *failure;
	bool tasks;	     /* stacks begin with a task */
	struct event *event; /* NULL: none yet */
	char *frame;	     /* the one at hand, NUL ended */
	size_t frame_capacity;
	size_t capacity;  /* of profile->events */
	uint32_t *owners; /* by name of the task, + 1; 0: not yet */
	size_t owners_room;
};

/* A stack and its count. */
struct line {
	const char *stack;
	size_t length;
	uint64_t count;
};

bool folded_probe(const char *bytes, size_t size)
{
	if (size > PROBED)
		size = PROBED;
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)bytes[i] < ' ' && strchr("\t\n\r", bytes[i]) == NULL)
			return false;
	return size > 0 && memchr(bytes, '\0', size) == NULL;
}

static bool refuse(const struct folding *folding, size_t number, const char *why, const char *line,
		   size_t length)
{
	failure_set(folding->failure, EXIT_FORMAT,
		    "%s: not a perf.data; as folded stacks, line %zu %s: \"%.*s%s\"", folding->path,
		    number, why, (int)(length < EXCERPT ? length : EXCERPT), line,
		    length > EXCERPT ? "..." : "");
	return false;
}

/* Does the text begin with these words? */
static bool begins(const char *text, size_t length, const char *with)
{
	return length >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

/* The line without the space around it. */
static size_t trim(const char **text, size_t length)
{
	while (length && strchr(" \t\r", (*text)[length - 1]) != NULL)
		length--;
	while (length && strchr(" \t", **text) != NULL) {
		(*text)++;
		length--;
	}
	return length;
}

/* Take the line apart; why: what is wrong with it. */
static bool parse(struct line *line, const char *text, size_t length, const char **why)
{
	size_t digits = length, stack;

	*why = "has no count at its end";
	while (digits && text[digits - 1] >= '0' && text[digits - 1] <= '9')
		digits--;
	if (digits == length || digits == 0)
		return false;
	if (text[digits - 1] == '.')
		*why = "has a count that is no whole number";
	if (strchr(" \t", text[digits - 1]) == NULL)
		return false;
	line->count = 0;
	for (size_t i = digits; i < length; i++) {
		*why = "has a count beyond 64 bits";
		if (__builtin_mul_overflow(line->count, 10, &line->count) ||
		    __builtin_add_overflow(line->count, text[i] - '0', &line->count))
			return false;
	}
	stack = trim(&text, digits);
	*why = "has no stack before its count";
	line->stack = text;
	line->length = stack;
	return stack > 0;
}

/* The next line, without its end; NULL: there is none. */
static const char *next_line(const char **at, const char *end, size_t *length)
{
	const char *begin = *at, *newline;

	if (begin == end)
		return NULL;
	newline = memchr(begin, '\n', end - begin);
	*at = newline ? newline + 1 : end;
	*length = (newline ? newline : end) - begin;
	*length = trim(&begin, *length);
	return begin;
}

/* Do all lines have a task before their frames? */
static bool have_tasks(const char *bytes, size_t size)
{
	const char *at = bytes, *text;
	size_t length;

	while ((text = next_line(&at, bytes + size, &length)) != NULL)
		if (length && *text != '#' && memchr(text, ';', length) == NULL)
			return false;
	return true;
}

/* Begin an event, or go on with one of this name. */
static void begin_event(struct folding *folding, const char *name, size_t length)
{
	struct profile *profile = folding->profile;
	struct event *event;

	for (size_t i = 0; i < profile->nr_events; i++) {
		event = &profile->events[i];
		if (strlen(event->name) == length && memcmp(event->name, name, length) == 0) {
			folding->event = event;
			return;
		}
	}
	profile->events = must_grow(profile->events, &folding->capacity, profile->nr_events + 1,
				    sizeof *profile->events);
	event = &profile->events[profile->nr_events++];
	*event = (struct event){.name = must_copy(name, length), .period = 1, .imported = true};
	tree_init(&event->tree);
	cells_init(&event->cells);
	folding->event = event;
}

/* What a frame is by its suffix, which is taken off. */
static enum frame_kind kind_of(char *frame)
{
	size_t length = strlen(frame);
	char kind = 0;

	if (length > 4 && memcmp(frame + length - 4, "_[", 2) == 0 && frame[length - 1] == ']')
		kind = frame[length - 2];
	if (kind == 'k' || kind == 'j' || kind == 'i' || kind == 'w')
		frame[length - 4] = '\0';
	if (strcmp(frame, "[unknown]") == 0 || begins(frame, strlen(frame), "0x"))
		return FRAME_UNKNOWN;
	return kind == 'k' ? FRAME_KERNEL : FRAME_USER;
}

/* The next frame of the stack at *at, NUL ended in folding->frame. */
static char *next_frame(struct folding *folding, const char **at, const char *end)
{
	const char *stop = memchr(*at, ';', end - *at);
	size_t length = (stop ? stop : end) - *at;

	folding->frame = must_grow(folding->frame, &folding->frame_capacity, length + 1, 1);
	memcpy(folding->frame, *at, length);
	folding->frame[length] = '\0';
	*at = stop ? stop + 1 : end;
	return folding->frame;
}

/* Whom the samples of a task are charged to: one thread, that changes its name. */
static uint32_t owner_of(struct folding *folding, name_t comm)
{
	struct profile *profile = folding->profile;
	size_t before = folding->owners_room;

	folding->owners =
	    must_grow(folding->owners, &folding->owners_room, comm + 1, sizeof *folding->owners);
	memset(folding->owners + before, 0,
	       (folding->owners_room - before) * sizeof *folding->owners);
	if (folding->owners[comm] == 0) {
		tasks_name(&profile->tasks, UINT32_MAX, UINT32_MAX,
			   names_text(profile->names, comm));
		folding->owners[comm] =
		    tasks_thread(&profile->tasks, UINT32_MAX, UINT32_MAX)->owner + 1;
	}
	return folding->owners[comm] - 1;
}

/* Count the stack; false: it is too deep. */
static bool add_stack(struct folding *folding, const struct line *line)
{
	struct profile *profile = folding->profile;
	struct event *event = folding->event;
	const struct amount amount = {.samples = line->count, .weight = line->count};
	const char *at = line->stack, *end = at + line->length;
	uint32_t node = TREE_ROOT, depth = 0;
	name_t comm = 0;

	if (folding->tasks) {
		comm = names_add(profile->names, next_frame(folding, &at, end));
		node = tree_child(&event->tree, node, frames_task(&profile->frames, comm));
	}
	while (at < end) {
		char *frame = next_frame(folding, &at, end);
		enum frame_kind kind = kind_of(frame);

		if (++depth > FRAMES_MAX)
			return false;
		node = tree_child(
		    &event->tree, node,
		    frames_named(&profile->frames, names_add(profile->names, frame), 0, kind));
	}
	cells_add(&event->cells, node, owner_of(folding, comm), CPU_UNKNOWN, &amount);
	amount_add(&event->total, &amount);
	event->chains += line->count;
	return true;
}

static bool read_line(struct folding *folding, const char *text, size_t length, size_t number)
{
	struct line line;
	const char *why;

	if (length == 0)
		return true;
	if (*text == '#') {
		if (begins(text, length, event_mark))
			begin_event(folding, text + strlen(event_mark),
				    length - strlen(event_mark));
		return true;
	}
	if (!parse(&line, text, length, &why))
		return refuse(folding, number, why, text, length);
	if (folding->event == NULL)
		begin_event(folding, default_event, strlen(default_event));
	if (line.count > UINT64_MAX - folding->event->total.samples)
		return refuse(folding, number, "takes the sum of counts beyond 64 bits", text,
			      length);
	if (line.count && !add_stack(folding, &line))
		return refuse(folding, number, "has more than 65536 frames", text, length);
	return true;
}

bool folded_load(struct profile *profile, const char *bytes, size_t size, const char *path,
		 struct failure *failure)
{
	struct folding folding = {
	    .profile = profile, .path = path, .failure = failure, .tasks = have_tasks(bytes, size)};
	const char *at = bytes, *text;
	size_t length, number = 0;
	bool good = true;

	profile->named = true;
	profile->first_time = UINT64_MAX;
	profile_add_fact(profile, "format", "folded stacks");
	while (good && (text = next_line(&at, bytes + size, &length)) != NULL)
		good = read_line(&folding, text, length, ++number);
	free(folding.frame);
	free(folding.owners);
	return good;
}
