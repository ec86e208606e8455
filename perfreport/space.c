/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "space.h"

void space_free(struct space *space)
{
	free(space->maps);
	memset(space, 0, sizeof *space);
}

/* Index of the first map that ends behind address. */
static size_t first_behind(const struct space *space, uint64_t address)
{
	size_t low = 0, high = space->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (space->maps[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Replace nr_old maps at index by nr_new ones. */
static void splice(struct space *space, size_t index, size_t nr_old, const struct map *new,
		   size_t nr_new)
{
	space->maps = must_grow(space->maps, &space->capacity, space->nr + nr_new, sizeof *new);
	memmove(space->maps + index + nr_new, space->maps + index + nr_old,
		(space->nr - index - nr_old) * sizeof *new);
	memcpy(space->maps + index, new, nr_new * sizeof *new);
	space->nr += nr_new;
	space->nr -= nr_old;
}

void space_map(struct space *space, struct versions *versions, const struct map *map)
{
	struct map pieces[3];
	size_t first, last, nr = 0;

	if (map->start >= map->end)
		return;
	first = first_behind(space, map->start);
	for (last = first; last < space->nr && space->maps[last].start < map->end; last++)
		;
	if (last > first && space->maps[first].start < map->start) {
		pieces[nr] = space->maps[first];
		pieces[nr++].end = map->start;
	}
	pieces[nr++] = *map;
	if (last > first && space->maps[last - 1].end > map->end) {
		pieces[nr] = space->maps[last - 1];
		pieces[nr].offset += map->end - pieces[nr].start;
		pieces[nr++].start = map->end;
	}
	splice(space, first, last - first, pieces, nr);
	space->version = ++versions->last;
}

void space_copy(struct space *space, struct versions *versions, const struct space *from)
{
	space->nr = 0;
	if (from->nr) {
		space->maps =
		    must_grow(space->maps, &space->capacity, from->nr, sizeof *space->maps);
		memcpy(space->maps, from->maps, from->nr * sizeof *space->maps);
		space->nr = from->nr;
	}
	space->version = ++versions->last;
}

struct map *space_find(const struct space *space, uint64_t address)
{
	size_t index = first_behind(space, address);

	if (index == space->nr || space->maps[index].start > address)
		return NULL;
	return &space->maps[index];
}

uint64_t map_address(const struct map *map, uint64_t address)
{
	return map->absolute ? address : address - map->start + map->offset;
}
