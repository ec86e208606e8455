/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "detail.h"
#include "hash.h"
#include "kernel.h"
#include "resolve.h"

#define NR_RECENT 65536 /* a power of two */

struct resolved {
	uint64_t address;
	uint32_t version; /* of the address space; 0: nothing here */
	uint32_t frame;	  /* if nr is 1 */
	uint32_t first;	  /* else the first of them, in detailed */
	uint16_t nr;
	bool is_caller;
};

/* Tasks have the same library at different addresses. */
struct placed {
	const struct object *object; /* NULL: nothing here */
	uint64_t inside;
	uint32_t frame;
};

void resolver_init(struct resolver *resolver, struct profile *profile,
		   struct resolve_options options)
{
	resolver->profile = profile;
	resolver->options = options;
	resolver->recent = must_calloc(NR_RECENT, sizeof *resolver->recent);
	resolver->placed = must_calloc(NR_RECENT, sizeof *resolver->placed);
	resolver->detailed = options.inlined || options.lines
				 ? detailed_new(profile, options.inlined, options.lines)
				 : NULL;
}

void resolver_free(struct resolver *resolver)
{
	detailed_free(resolver->detailed);
	free(resolver->recent);
	free(resolver->placed);
}

/* The object that holds an address, and the address in it; NULL: nothing is
   mapped there. */
static struct object *object_at(struct profile *profile, const struct space *space,
				uint64_t address, uint64_t *inside)
{
	const struct map *map = space_find(space, address);

	if (map != NULL && space == &profile->kernel && !map->object->loaded) {
		kernel_load(&profile->objects, &profile->kernel, &profile->versions, map->object);
		map = space_find(space, address);
	}
	if (map == NULL)
		return NULL;
	*inside = map_address(map, address);
	return map->object;
}

/* NULL: nothing is known of what is mapped. */
static const struct space *space_of(const struct profile *profile, const struct task *task,
				    enum cpu_mode mode)
{
	if (mode == MODE_OTHER || (mode == MODE_USER && task == NULL))
		return NULL;
	return mode == MODE_KERNEL ? &profile->kernel : &task->space;
}

uint32_t resolve_exact(struct resolver *resolver, const struct task *task, enum cpu_mode mode,
		       uint64_t address)
{
	struct profile *profile = resolver->profile;
	const struct space *space = space_of(profile, task, mode);
	const struct symbol *symbol;
	struct object *object;
	uint64_t inside = address;

	object = space ? object_at(profile, space, address, &inside) : NULL;
	symbol = object ? object_symbol(&profile->objects, object, inside) : NULL;
	return symbol ? frames_symbol(&profile->frames, object, symbol,
				      &(struct frame_part){.address = inside})
		      : frames_address(&profile->frames, object, inside);
}

/* The frame of an address of an object, without details. */
static uint32_t plain_frame(struct resolver *resolver, struct object *object, uint64_t inside)
{
	struct profile *profile = resolver->profile;
	size_t hash = hash_number(inside ^ hash_number((uintptr_t)object));
	struct placed *placed = &resolver->placed[hash & (NR_RECENT - 1)];
	const struct symbol *symbol;

	if (placed->object == object && placed->inside == inside)
		return placed->frame;
	symbol = object_symbol(&profile->objects, object, inside);
	*placed =
	    (struct placed){.object = object,
			    .inside = inside,
			    .frame = symbol ? frames_symbol(&profile->frames, object, symbol, NULL)
					    : frames_address(&profile->frames, object, inside)};
	return placed->frame;
}

static void look_up(struct resolver *resolver, const struct space *space, uint64_t address,
		    struct resolved *found)
{
	struct profile *profile = resolver->profile;
	const struct symbol *symbol;
	struct object *object;
	uint64_t inside = address;

	found->nr = 1;
	object = object_at(profile, space, address, &inside);
	if (object == NULL) {
		found->frame = frames_address(&profile->frames, NULL, address);
		return;
	}
	symbol = resolver->detailed ? object_symbol(&profile->objects, object, inside) : NULL;
	if (symbol == NULL) {
		found->frame = plain_frame(resolver, object, inside);
		return;
	}
	found->nr = detailed_get(resolver->detailed, object, symbol, inside, found->is_caller,
				 &found->first);
	if (found->nr == 1)
		found->frame = *detailed_frames(resolver->detailed, found->first);
}

struct resolved_frames resolve(struct resolver *resolver, const struct task *task,
			       enum cpu_mode mode, uint64_t address, enum resolve_as as)
{
	struct profile *profile = resolver->profile;
	const struct space *space = space_of(profile, task, mode);
	bool is_caller = as == RESOLVE_CALLER && resolver->detailed != NULL;
	struct resolved *recent;

	if (space == NULL) {
		recent = &resolver->recent[0];
		*recent = (struct resolved){
		    .frame = frames_address(&profile->frames, NULL, address), .nr = 1};
		return (struct resolved_frames){.list = &recent->frame, .nr = 1};
	}
	recent =
	    &resolver
		 ->recent[hash_number(address ^ (uint64_t)space->version << 48) & (NR_RECENT - 1)];
	if (recent->version != space->version || recent->address != address ||
	    recent->is_caller != is_caller) {
		recent->is_caller = is_caller;
		look_up(resolver, space, address, recent);
		recent->address = address;
		recent->version = space->version;
	}
	return (struct resolved_frames){
	    .list = recent->nr == 1 ? &recent->frame
				    : detailed_frames(resolver->detailed, recent->first),
	    .nr = recent->nr};
}
