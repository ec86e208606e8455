/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "demangle.h"
#include "detail.h"
#include "hash.h"
#include "line_source.h"
#include "text.h"

/* What an address was found to be. */
struct found {
	const struct object *object;
	uint64_t address;
	uint32_t symbol; /* its name: addresses can be under several */
	uint32_t first;
	uint16_t nr;
	bool is_caller;
};

struct detailed {
	struct profile *profile;
	bool inlined, lines;
	struct found *list;
	size_t nr, capacity;
	uint32_t *slots; /* index + 1 */
	size_t nr_slots;
	uint32_t *frames;
	size_t nr_frames, frames_capacity;
};

struct detailed *detailed_new(struct profile *profile, bool inlined, bool lines)
{
	struct detailed *detailed = must_calloc(1, sizeof *detailed);

	detailed->profile = profile;
	detailed->inlined = inlined;
	detailed->lines = lines;
	detailed->nr_slots = 1024;
	detailed->slots = must_calloc(detailed->nr_slots, sizeof *detailed->slots);
	return detailed;
}

void detailed_free(struct detailed *detailed)
{
	if (detailed == NULL)
		return;
	free(detailed->list);
	free(detailed->slots);
	free(detailed->frames);
	free(detailed);
}

const uint32_t *detailed_frames(const struct detailed *detailed, uint32_t first)
{
	return detailed->frames + first;
}

static uint32_t *slot_of(const struct detailed *detailed, const struct found *key)
{
	size_t mask = detailed->nr_slots - 1;
	size_t at =
	    hash_number((key->address * 2 + key->is_caller) ^ hash_number((uintptr_t)key->object)) &
	    mask;

	while (detailed->slots[at]) {
		const struct found *have = &detailed->list[detailed->slots[at] - 1];

		if (have->object == key->object && have->address == key->address &&
		    have->is_caller == key->is_caller && have->symbol == key->symbol)
			break;
		at = (at + 1) & mask;
	}
	return &detailed->slots[at];
}

static void remember(struct detailed *detailed, uint32_t *slot, const struct found *found)
{
	detailed->list = must_grow(detailed->list, &detailed->capacity, detailed->nr + 1,
				   sizeof *detailed->list);
	detailed->list[detailed->nr] = *found;
	*slot = ++detailed->nr;
	if (detailed->nr * 2 <= detailed->nr_slots)
		return;
	free(detailed->slots);
	detailed->nr_slots *= 2;
	detailed->slots = must_calloc(detailed->nr_slots, sizeof *detailed->slots);
	for (size_t i = 0; i < detailed->nr; i++)
		*slot_of(detailed, &detailed->list[i]) = i + 1;
}

/* "file:number", or the empty name. */
static name_t line_name(const struct detailed *detailed, const struct source_line *line)
{
	struct text text = {0};
	name_t name;

	if (!detailed->lines || line->file == NULL)
		return 0;
	text_print(&text, "%s:%u", line->file, line->number);
	text_add_bytes(&text, "", 1);
	name = names_add(detailed->profile->names, text.bytes);
	text_free(&text);
	return name;
}

/* Stock perf marks them the same way. */
static name_t inlined_name(const struct detailed *detailed, const char *name)
{
	char *readable = name ? demangle(name) : NULL;
	struct text text = {0};
	name_t result;

	text_print(&text, "%s (inlined)", readable ? readable : name ? name : "[unnamed]");
	text_add_bytes(&text, "", 1);
	result = names_add(detailed->profile->names, text.bytes);
	text_free(&text);
	free(readable);
	return result;
}

static void add_frame(struct detailed *detailed, struct found *found, uint32_t frame)
{
	detailed->frames = must_grow(detailed->frames, &detailed->frames_capacity,
				     detailed->nr_frames + 1, sizeof *detailed->frames);
	detailed->frames[detailed->nr_frames++] = frame;
	found->nr++;
}

static void look_up(struct detailed *detailed, struct object *object, const struct symbol *symbol,
		    struct found *found)
{
	struct profile *profile = detailed->profile;
	struct object *code = object_of_code(&profile->objects, object);
	const struct image *image = NULL;
	struct inlined list[INLINED_MOST];
	struct frame_part part = {0};
	struct line_source *lines = NULL;
	uint64_t address = found->address;
	size_t nr = 0;

	/* The call before a return address, unless that begins the function. */
	if (found->is_caller && address > symbol->start)
		address--;
	if (code->kind != OBJECT_ANON) {
		image = object_image(&profile->objects, code);
		lines = object_lines(&profile->objects, code);
	}
	if (image != NULL && lines != NULL && image_address(image, address, &address)) {
		if (detailed->inlined)
			nr = line_source_inlined(lines, address, list);
		if (nr == 0) {
			list[0] = (struct inlined){.line = line_source_find(lines, address)};
			nr = 1;
		}
	}
	if (lines == NULL || code->alternate.missing)
		object->lineless++;
	for (size_t i = 0; i + 1 < nr; i++)
		add_frame(detailed, found,
			  frames_inlined(&profile->frames, object,
					 inlined_name(detailed, list[i].name),
					 line_name(detailed, &list[i].line)));
	if (nr)
		part.line = line_name(detailed, &list[nr - 1].line);
	add_frame(detailed, found, frames_symbol(&profile->frames, object, symbol, &part));
}

uint16_t detailed_get(struct detailed *detailed, struct object *object, const struct symbol *symbol,
		      uint64_t address, bool is_caller, uint32_t *first)
{
	struct found key = {
	    .object = object, .address = address, .symbol = symbol->name, .is_caller = is_caller};
	uint32_t *slot = slot_of(detailed, &key);

	if (*slot == 0) {
		key.first = detailed->nr_frames;
		look_up(detailed, object, symbol, &key);
		remember(detailed, slot, &key);
		*first = key.first;
		return key.nr;
	}
	*first = detailed->list[*slot - 1].first;
	return detailed->list[*slot - 1].nr;
}
