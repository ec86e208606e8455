/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An address space: which object is mapped where, now.
 */
#ifndef PERFREPORT_SPACE_H
#define PERFREPORT_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include "object.h"

struct map {
	uint64_t start, end; /* end exclusive */
	uint64_t offset;     /* in the object, of start; with absolute set unused */
	bool absolute;	     /* addresses of the object are those of memory */
	struct object *object;
};

struct space {
	struct map *maps; /* by start, never overlapping */
	size_t nr, capacity;
	uint32_t version; /* changes whenever the maps do; unique among all spaces */
};

/* Source of the versions of all spaces of one recording. */
struct versions {
	uint32_t last;
};

void space_free(struct space *space);

/* Put a map in; what it covers of others goes away.  An empty one is
   ignored. */
void space_map(struct space *space, struct versions *versions, const struct map *map);

/* Make space a copy of from (a task inherits its parent's maps). */
void space_copy(struct space *space, struct versions *versions, const struct space *from);

/* The map that holds an address, or NULL; valid until the space changes. */
struct map *space_find(const struct space *space, uint64_t address);

/* An address of memory as one of the map's object. */
uint64_t map_address(const struct map *map, uint64_t address);

#endif /* PERFREPORT_SPACE_H */
