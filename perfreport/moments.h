/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When each sample was taken; only views that draw time ask for it.
 */
#ifndef PERFREPORT_MOMENTS_H
#define PERFREPORT_MOMENTS_H

#include <stddef.h>
#include <stdint.h>

struct moment {
	uint64_t time;	 /* ns; 0: not recorded */
	uint64_t weight; /* events it stands for */
	uint32_t cell;	 /* of the event's cells */
};

/* In order of time.  All zero is an empty list. */
struct moments {
	struct moment *list;
	size_t nr, capacity;
};

/* Append a sample. */
void moments_add(struct moments *moments, uint64_t time, uint32_t cell, uint64_t weight);

void moments_free(struct moments *moments);

#endif /* PERFREPORT_MOMENTS_H */
