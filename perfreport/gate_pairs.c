/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "gate_pairs.h"

/* A run and when it began. */
struct begun {
	double start;
	const struct gate_run *run;
	size_t place; /* in its side */
	int side;
};

static int compare_begun(const void *a, const void *b)
{
	const struct begun *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->side != y->side ? x->side - y->side : x->place < y->place ? -1 : 1;
}

/* Did they begin at known moments, one after another? */
static bool are_known(const struct begun *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!(list[i].start > 0) || (i && list[i].start <= list[i - 1].start))
			return false;
	return true;
}

void gate_pair(struct gate_sample *sample)
{
	size_t nr = sample->nr[GATE_BASE];
	struct begun *list;

	if (nr < GATE_LEAST_PAIRS || sample->nr[GATE_NEW] != nr)
		return;
	list = must_calloc(2 * nr, sizeof *list);
	for (size_t i = 0; i < 2 * nr; i++) {
		int side = i < nr ? GATE_BASE : GATE_NEW;
		const struct gate_run *run = sample->runs[side][i % nr];

		list[i] = (struct begun){run->start, run, i % nr, side};
	}
	qsort(list, 2 * nr, sizeof *list, compare_begun);
	sample->paired = are_known(list, 2 * nr);
	for (size_t i = 0; i < nr; i++)
		sample->paired &= list[2 * i].side != list[2 * i + 1].side;
	for (size_t i = 0; sample->paired && i < 2 * nr; i++)
		sample->runs[list[i].side][i / 2] = list[i].run;
	free(list);
}

size_t gate_pair_pool(const struct gate_side *pool, size_t *order)
{
	struct begun *list = must_calloc(pool->nr, sizeof *list);
	bool known;

	for (size_t i = 0; i < pool->nr; i++)
		list[i] = (struct begun){pool->runs[i].start, &pool->runs[i], i, GATE_BASE};
	if (pool->nr)
		qsort(list, pool->nr, sizeof *list, compare_begun);
	known = pool->nr >= 2 * GATE_LEAST_PAIRS && are_known(list, pool->nr);
	for (size_t i = 0; known && i < pool->nr; i++)
		order[i] = list[i].place;
	free(list);
	return known ? pool->nr / 2 : 0;
}
