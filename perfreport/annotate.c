/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "annotate.h"
#include "disassembler.h"
#include "line_source.h"

#define CODE_MOST (1U << 20) /* bytes of one function */

static int compare_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Points of one function together, by address; functions in order of their
   names, not of where objects happen to lie in memory. */
static int compare_functions(const struct profile *profile, const struct frame *a,
			     const struct frame *b)
{
	int result;

	if ((result = compare_number(a->dso, b->dso)) != 0 ||
	    (result = compare_number(a->start, b->start)) != 0 ||
	    (result = compare_number(a->symbol, b->symbol)) != 0 || a->object == b->object)
		return result;
	for (size_t i = 0; i < profile->objects.nr; i++)
		if (profile->objects.list[i] == a->object || profile->objects.list[i] == b->object)
			return profile->objects.list[i] == a->object ? -1 : 1;
	return 0;
}

static int compare_points(const void *left, const void *right, void *context)
{
	const struct profile *profile = context;
	const struct annotate_point *a = left, *b = right;
	const struct frame *frames = profile->frames.list;
	int result = compare_functions(profile, &frames[a->frame], &frames[b->frame]);

	if (result == 0 && (result = compare_number(a->address, b->address)) == 0)
		result = compare_number(a->event, b->event);
	return result;
}

static void collect(struct annotations *annotations, const struct profile *profile,
		    const char *symbol, uint32_t index)
{
	const struct event *event = &profile->events[index];

	for (size_t i = 0; i < event->cells.nr; i++) {
		const struct cell *cell = &event->cells.list[i];
		uint32_t number = event->tree.nodes[cell->node].frame;
		const struct frame *frame = &profile->frames.list[number];

		if (cell->self.samples == 0)
			continue;
		if (frame->kind == FRAME_UNKNOWN) {
			amount_add(&annotations->unnamed[index], &cell->self);
			continue;
		}
		if (symbol != NULL &&
		    strcmp(names_text(profile->names, frame->symbol), symbol) != 0)
			continue;
		annotations->points =
		    must_grow(annotations->points, &annotations->points_capacity,
			      annotations->nr_points + 1, sizeof *annotations->points);
		annotations->points[annotations->nr_points++] =
		    (struct annotate_point){.address = frame->address,
					    .frame = number,
					    .event = index,
					    .amount = cell->self};
	}
}

static int compare_heat(const void *left, const void *right, void *context)
{
	const struct annotation *a = left, *b = right;
	const struct annotations *all = context;

	for (size_t e = 0; e < all->nr_events; e++)
		if (a->totals[e].weight != b->totals[e].weight)
			return a->totals[e].weight > b->totals[e].weight ? -1 : 1;
	/* As they were found. */
	return compare_number(a->points - all->points, b->points - all->points);
}

void annotations_make(struct annotations *annotations, const struct profile *profile,
		      const char *symbol, const struct event *event)
{
	memset(annotations, 0, sizeof *annotations);
	annotations->nr_events = profile->nr_events;
	annotations->unnamed = must_calloc(profile->nr_events, sizeof(struct amount));
	for (size_t i = 0; i < profile->nr_events; i++)
		if (event == NULL || event == &profile->events[i])
			collect(annotations, profile, symbol, i);
	if (annotations->nr_points == 0)
		return;
	qsort_r(annotations->points, annotations->nr_points, sizeof *annotations->points,
		compare_points, (void *)profile);
	for (size_t i = 0; i < annotations->nr_points; i++) {
		const struct annotate_point *point = &annotations->points[i];
		const struct frame *frame = &profile->frames.list[point->frame];
		struct annotation *last =
		    annotations->nr ? annotations->list + annotations->nr - 1 : NULL;

		if (last == NULL || compare_functions(profile, last->frame, frame) != 0) {
			annotations->list = must_grow(annotations->list, &annotations->capacity,
						      annotations->nr + 1, sizeof *last);
			last = &annotations->list[annotations->nr++];
			*last = (struct annotation){
			    .frame = frame,
			    .points = point,
			    .totals = must_calloc(profile->nr_events, sizeof(struct amount))};
		}
		last->nr_points++;
		amount_add(&last->totals[point->event], &point->amount);
	}
	qsort_r(annotations->list, annotations->nr, sizeof *annotations->list, compare_heat,
		annotations);
}

void annotations_free(struct annotations *annotations)
{
	for (size_t i = 0; i < annotations->nr; i++) {
		struct annotation *annotation = &annotations->list[i];

		for (size_t k = 0; k < annotation->nr; k++) {
			free(annotation->list[k].text);
			free(annotation->list[k].counts);
		}
		free(annotation->list);
		free(annotation->totals);
	}
	free(annotations->list);
	free(annotations->unnamed);
	free(annotations->points);
	memset(annotations, 0, sizeof *annotations);
}

/* What is needed to read a function. */
struct reading {
	struct annotation *annotation;
	struct profile *profile;
	size_t nr_events;
	struct object *object, *code;
	const struct image *image; /* NULL: there is none */
	struct line_source *lines;
};

/* " <symbol+0x...>" behind what names an address. */
static void append_symbol(const struct reading *reading, struct decoded *decoded)
{
	uint64_t address = decoded->target ? decoded->target : decoded->refers, offset;
	const struct symbol *symbol;
	size_t length = strlen(decoded->text);
	char *end = decoded->text + length;
	size_t room = sizeof decoded->text - length;

	if (address == 0)
		return;
	if (decoded->target == 0) {
		int printed = snprintf(end, room, "  # 0x%" PRIx64, address);

		if (printed < 0 || (size_t)printed >= room)
			return;
		end += printed;
		room -= printed;
	}
	if (!image_offset(reading->image, address, &offset) ||
	    (symbol = symtab_find(&reading->object->symtab, offset)) == NULL)
		return;
	if (offset == symbol->start)
		snprintf(end, room, " <%s>", symbol_name(&reading->object->symtab, symbol));
	else
		snprintf(end, room, " <%s+0x%" PRIx64 ">",
			 symbol_name(&reading->object->symtab, symbol), offset - symbol->start);
}

/* The address under which instructions stand of one in the object. */
static uint64_t linked(const struct reading *reading, uint64_t address)
{
	uint64_t result;

	if (reading->image != NULL && image_address(reading->image, address, &result))
		return result;
	return address;
}

static struct instruction *add_instruction(struct annotation *annotation,
					   const struct reading *reading, uint64_t address)
{
	struct source_line line = line_source_find(reading->lines, address);
	struct instruction *instruction;

	annotation->list = must_grow(annotation->list, &annotation->capacity, annotation->nr + 1,
				     sizeof *annotation->list);
	instruction = &annotation->list[annotation->nr++];
	*instruction = (struct instruction){.address = address, .line = line.number};
	if (line.file != NULL)
		instruction->file = names_add(reading->profile->names, line.file);
	return instruction;
}

/* Put samples to the instructions before an address (from *next on). */
static void put_points(struct reading *reading, size_t *next, uint64_t before, bool all)
{
	struct annotation *annotation = reading->annotation;

	for (; *next < annotation->nr_points; ++*next) {
		const struct annotate_point *point = &annotation->points[*next];
		uint64_t address = linked(reading, point->address);
		struct instruction *last =
		    annotation->nr ? &annotation->list[annotation->nr - 1] : NULL;

		if (!all && address >= before)
			return;
		if (last == NULL || last->address != address)
			last = add_instruction(annotation, reading, address);
		if (last->counts == NULL)
			last->counts = must_calloc(reading->nr_events, sizeof *last->counts);
		amount_add(&last->counts[point->event], &point->amount);
	}
}

static bool read_code(struct reading *reading, size_t *next, struct failure *failure)
{
	struct annotation *annotation = reading->annotation;
	struct disassembler *disassembler;
	uint64_t room = 0, at;
	const uint8_t *bytes = image_at(reading->image, annotation->start, &room);

	annotation->why = bytes ? disassembler_cannot(reading->image) : "the file has no such code";
	if (annotation->why != NULL)
		return true;
	if (room > annotation->end - annotation->start)
		room = annotation->end - annotation->start;
	if (room > CODE_MOST) {
		annotation->why = "only its first MiB is disassembled";
		room = CODE_MOST;
	}
	disassembler = disassembler_new(reading->image, failure);
	if (disassembler == NULL)
		return false;
	for (at = 0; at < room;) {
		struct instruction *instruction;
		struct decoded decoded;

		put_points(reading, next, annotation->start + at, false);
		disassembler_decode(disassembler, bytes + at, room - at, annotation->start + at,
				    &decoded);
		append_symbol(reading, &decoded);
		instruction = add_instruction(annotation, reading, annotation->start + at);
		instruction->bytes = bytes + at;
		instruction->size = decoded.size;
		instruction->text = must_copy(decoded.text, strlen(decoded.text));
		if (decoded.jumps && decoded.target >= annotation->start &&
		    decoded.target < annotation->start + room)
			instruction->target = decoded.target;
		at += decoded.size;
	}
	disassembler_free(disassembler);
	return true;
}

/* Why there is no code of an object. */
static const char *why_no_code(struct profile *profile, struct object *object)
{
	const struct object_files *files;

	if (object->kind == OBJECT_ANON)
		return "memory without a file";
	files = object_files(&profile->objects, object);
	return files->why  ? files->why
	       : files->nr ? "its files hold symbols, but no code"
			   : "its file is not here";
}

static struct object *find_object(struct profile *profile, const struct object *object)
{
	for (size_t i = 0; i < profile->objects.nr; i++)
		if (profile->objects.list[i] == object)
			return profile->objects.list[i];
	return NULL;
}

bool annotation_read(struct annotation *annotation, const struct annotations *all,
		     struct profile *profile, struct failure *failure)
{
	struct reading reading = {.annotation = annotation,
				  .profile = profile,
				  .nr_events = all->nr_events,
				  .object = find_object(profile, annotation->frame->object)};
	const struct symbol *symbol;
	size_t next = 0;

	reading.code = object_of_code(&profile->objects, reading.object);
	if (reading.code->kind != OBJECT_ANON) {
		reading.image = object_image(&profile->objects, reading.code);
		reading.lines = object_lines(&profile->objects, reading.code);
	}
	reading.object->lineless += reading.lines == NULL || reading.code->alternate.missing;
	symbol = symtab_find(&reading.object->symtab, annotation->points[0].address);
	annotation->start = linked(&reading, symbol->start);
	annotation->end = annotation->start + (symbol->end - symbol->start);
	if (reading.image == NULL)
		annotation->why = why_no_code(profile, reading.code);
	else if (!read_code(&reading, &next, failure))
		return false;
	put_points(&reading, &next, 0, true);
	return true;
}
