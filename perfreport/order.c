/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A natural merge sort: each pass merges neighbouring runs.
 */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "order.h"

void order_add(struct order *order, uint64_t time, uint64_t pos)
{
	order->list = must_grow(order->list, &order->capacity, order->nr + 1, sizeof *order->list);
	order->list[order->nr++] = (struct order_entry){.time = time, .pos = pos};
}

static size_t run_end(const struct order_entry *list, size_t nr, size_t start)
{
	size_t end = start + 1;

	while (end < nr && list[end - 1].time <= list[end].time)
		end++;
	return end;
}

static void merge(struct order_entry *to, const struct order_entry *a,
		  const struct order_entry *middle, const struct order_entry *end)
{
	const struct order_entry *b = middle;

	while (a < middle && b < end)
		*to++ = b->time < a->time ? *b++ : *a++;
	while (a < middle)
		*to++ = *a++;
	while (b < end)
		*to++ = *b++;
}

void order_sort(struct order *order)
{
	struct order_entry *from = order->list, *to, *swap;
	size_t nr = order->nr;

	if (nr < 2 || run_end(from, nr, 0) == nr)
		return;
	to = must_calloc(nr, sizeof *to);
	while (run_end(from, nr, 0) < nr) {
		for (size_t start = 0, middle, end; start < nr; start = end) {
			middle = end = run_end(from, nr, start);
			if (middle < nr)
				end = run_end(from, nr, middle);
			merge(to + start, from + start, from + middle, from + end);
		}
		swap = from;
		from = to;
		to = swap;
	}
	free(to);
	order->list = from;
	order->capacity = nr;
}

void order_free(struct order *order)
{
	free(order->list);
	memset(order, 0, sizeof *order);
}
