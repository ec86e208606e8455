/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "frames.h"
#include "hash.h"

/* The section that the graft tool gives our code in the kernel. */
static const char graft_section[] = ".graft";

void frames_init(struct frames *frames, struct names *names)
{
	memset(frames, 0, sizeof *frames);
	frames->names = names;
	frames->nr_slots = 1024;
	frames->slots = must_calloc(frames->nr_slots, sizeof *frames->slots);
}

void frames_free(struct frames *frames)
{
	free(frames->list);
	free(frames->slots);
	memset(frames, 0, sizeof *frames);
}

static size_t slot_of(const struct frames *frames, const struct frame *frame)
{
	uint64_t hash = hash_number((frame->start ^ hash_number(frame->symbol)) +
				    frame->address * 3 + frame->line);
	size_t mask = frames->nr_slots - 1, at;

	/* The object is left out: its address differs from run to run. */
	hash = hash_number(hash ^ frame->dso);
	for (at = hash & mask; frames->slots[at]; at = (at + 1) & mask) {
		const struct frame *have = &frames->list[frames->slots[at] - 1];

		if (have->start == frame->start && have->symbol == frame->symbol &&
		    have->object == frame->object && have->dso == frame->dso &&
		    have->address == frame->address && have->line == frame->line &&
		    have->kind == frame->kind)
			break;
	}
	return at;
}

static uint32_t get(struct frames *frames, const struct frame *frame)
{
	size_t at = slot_of(frames, frame);

	if (frames->slots[at])
		return frames->slots[at] - 1;
	frames->list =
	    must_grow(frames->list, &frames->capacity, frames->nr + 1, sizeof *frames->list);
	frames->list[frames->nr] = *frame;
	frames->slots[at] = ++frames->nr;
	if (frames->nr * 2 > frames->nr_slots) {
		free(frames->slots);
		frames->nr_slots *= 2;
		frames->slots = must_calloc(frames->nr_slots, sizeof *frames->slots);
		for (size_t i = 0; i < frames->nr; i++)
			frames->slots[slot_of(frames, &frames->list[i])] = i + 1;
	}
	return frames->nr - 1;
}

static enum frame_kind kind_of(const struct object *object)
{
	size_t length, suffix = strlen(graft_section);

	if (object->kind == OBJECT_USER || object->kind == OBJECT_ANON)
		return FRAME_USER;
	length = strlen(object->name);
	if (length > suffix && strcmp(object->name + length - suffix, graft_section) == 0)
		return FRAME_GRAFT;
	return FRAME_KERNEL;
}

uint32_t frames_symbol(struct frames *frames, const struct object *object,
		       const struct symbol *symbol, const struct frame_part *part)
{
	struct frame frame = {
	    .symbol = names_add(frames->names, symbol_name(&object->symtab, symbol)),
	    .dso = names_add(frames->names, object->name),
	    .kind = kind_of(object),
	    .object = object,
	    .start = symbol->start,
	    .address = part ? part->address : 0,
	    .line = part ? part->line : 0,
	};

	return get(frames, &frame);
}

uint32_t frames_inlined(struct frames *frames, const struct object *object, name_t name,
			name_t line)
{
	struct frame frame = {
	    .symbol = name,
	    .dso = names_add(frames->names, object->name),
	    .kind = kind_of(object),
	    .object = object,
	    .line = line,
	};

	return get(frames, &frame);
}

uint32_t frames_address(struct frames *frames, const struct object *object, uint64_t address)
{
	struct frame frame = {.kind = FRAME_UNKNOWN, .object = object, .start = address};
	char hex[20];

	snprintf(hex, sizeof hex, "0x%016" PRIx64, address);
	frame.symbol = names_add(frames->names, hex);
	frame.dso = names_add(frames->names, object ? object->name : "[unknown]");
	return get(frames, &frame);
}

uint32_t frames_named(struct frames *frames, name_t symbol, name_t dso, enum frame_kind kind)
{
	struct frame frame = {.symbol = symbol, .dso = dso, .kind = kind};

	return get(frames, &frame);
}

uint32_t frames_task(struct frames *frames, name_t comm)
{
	struct frame frame = {.kind = FRAME_TASK, .symbol = comm};

	return get(frames, &frame);
}
