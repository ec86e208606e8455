/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "cells.h"
#include "hash.h"

void cells_init(struct cells *cells)
{
	memset(cells, 0, sizeof *cells);
	cells->nr_slots = 1024;
	cells->slots = must_calloc(cells->nr_slots, sizeof *cells->slots);
}

void cells_free(struct cells *cells)
{
	free(cells->list);
	free(cells->slots);
	memset(cells, 0, sizeof *cells);
}

static uint32_t *slot_of(const struct cells *cells, uint32_t node, uint32_t owner, uint32_t cpu)
{
	size_t mask = cells->nr_slots - 1;
	size_t at = hash_number(((uint64_t)node << 32 | owner) + hash_number(cpu)) & mask;

	while (cells->slots[at]) {
		const struct cell *cell = &cells->list[cells->slots[at] - 1];

		if (cell->node == node && cell->owner == owner && cell->cpu == cpu)
			break;
		at = (at + 1) & mask;
	}
	return &cells->slots[at];
}

static void grow_slots(struct cells *cells)
{
	free(cells->slots);
	cells->nr_slots *= 2;
	cells->slots = must_calloc(cells->nr_slots, sizeof *cells->slots);
	for (size_t i = 0; i < cells->nr; i++) {
		const struct cell *cell = &cells->list[i];

		*slot_of(cells, cell->node, cell->owner, cell->cpu) = i + 1;
	}
}

uint32_t cells_add(struct cells *cells, uint32_t node, uint32_t owner, uint32_t cpu,
		   const struct amount *amount)
{
	uint32_t *slot = slot_of(cells, node, owner, cpu);

	if (*slot) {
		amount_add(&cells->list[*slot - 1].self, amount);
		return *slot - 1;
	}
	cells->list = must_grow(cells->list, &cells->capacity, cells->nr + 1, sizeof *cells->list);
	cells->list[cells->nr] =
	    (struct cell){.node = node, .owner = owner, .cpu = cpu, .self = *amount};
	*slot = ++cells->nr;
	if (cells->nr * 2 > cells->nr_slots)
		grow_slots(cells);
	return cells->nr - 1;
}
