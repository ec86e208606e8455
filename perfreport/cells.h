/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was sampled: for each node of a call tree, who ran there, on which
 * CPU, and how often.  Every table and graph is a sum over these cells.
 */
#ifndef PERFREPORT_CELLS_H
#define PERFREPORT_CELLS_H

#include "tree.h"

#define CPU_UNKNOWN UINT32_MAX

struct cell {
	uint32_t node;	/* of the tree: the frame that ran */
	uint32_t owner; /* of tasks.owners */
	uint32_t cpu;
	struct amount self;
};

struct cells {
	struct cell *list;
	size_t nr, capacity;
	uint32_t *slots; /* index + 1 */
	size_t nr_slots;
};

void cells_init(struct cells *cells);
void cells_free(struct cells *cells);

/* Count samples; returns the index of their cell. */
uint32_t cells_add(struct cells *cells, uint32_t node, uint32_t owner, uint32_t cpu,
		   const struct amount *amount);

#endif /* PERFREPORT_CELLS_H */
