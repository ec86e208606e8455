/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "alloc.h"
#include "hash.h"
#include "kernel.h"
#include "resolve.h"

#define NR_RECENT 65536 /* a power of two */

struct resolved {
	uint64_t address;
	uint32_t version; /* of the address space; 0: nothing here */
	uint32_t frame;
};

void resolver_init(struct resolver *resolver, struct profile *profile)
{
	resolver->profile = profile;
	resolver->recent = must_calloc(NR_RECENT, sizeof *resolver->recent);
}

void resolver_free(struct resolver *resolver)
{
	free(resolver->recent);
}

static uint32_t look_up(struct profile *profile, const struct space *space, uint64_t address,
			bool exact)
{
	const struct map *map = space_find(space, address);
	const struct symbol *symbol;
	struct object *object;
	uint64_t inside;

	if (map != NULL && space == &profile->kernel && !map->object->loaded) {
		kernel_load(&profile->objects, &profile->kernel, &profile->versions, map->object);
		map = space_find(space, address);
	}
	if (map == NULL)
		return frames_address(&profile->frames, NULL, address);
	object = map->object;
	inside = map_address(map, address);
	symbol = object_symbol(&profile->objects, object, inside);
	if (symbol == NULL)
		return frames_address(&profile->frames, object, inside);
	return frames_symbol(&profile->frames, object, symbol, exact ? inside : 0);
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

	return space ? look_up(profile, space, address, true)
		     : frames_address(&profile->frames, NULL, address);
}

uint32_t resolve(struct resolver *resolver, const struct task *task, enum cpu_mode mode,
		 uint64_t address)
{
	struct profile *profile = resolver->profile;
	const struct space *space = space_of(profile, task, mode);
	struct resolved *recent;

	if (space == NULL)
		return frames_address(&profile->frames, NULL, address);
	recent =
	    &resolver
		 ->recent[hash_number(address ^ (uint64_t)space->version << 48) & (NR_RECENT - 1)];
	if (recent->version != space->version || recent->address != address) {
		recent->frame = look_up(profile, space, address, false);
		recent->address = address;
		recent->version = space->version;
	}
	return recent->frame;
}
