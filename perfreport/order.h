/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records of a file in order of time.
 */
#ifndef PERFREPORT_ORDER_H
#define PERFREPORT_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct order_entry {
	uint64_t time; /* ns; 0: at once */
	uint64_t pos;  /* in the file */
};

static inline bool order_before(const struct order_entry *a, const struct order_entry *b)
{
	return a->time < b->time || (a->time == b->time && a->pos < b->pos);
}

struct order {
	struct order_entry *list;
	size_t nr, capacity;
};

/* Append an entry. */
void order_add(struct order *order, uint64_t time, uint64_t pos);

/* Sort by time; of equal times the one added first stays first.  Fast when
   the list is a few runs in order, as a recorder of several CPUs leaves it. */
void order_sort(struct order *order);

void order_free(struct order *order);

#endif /* PERFREPORT_ORDER_H */
