/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "changes.h"
#include "stats.h"

#define ORDERS 199 /* random ones a split is compared with: p is at least 1 / 200 */

struct split {
	size_t at; /* first index behind it; 0: none */
	double energy;
};

/* Sums of distances: between i and all before it in the segment, and behind. */
static double distance(const double *values, size_t i, size_t j)
{
	return fabs(values[i] - values[j]);
}

/* The best split of values[0 .. nr).  The sums within both sides and between
   them move on by one value at a time: O(nr^2). */
static struct split best_split(const double *values, size_t nr, size_t least)
{
	struct split best = {0};
	double left = 0, right = 0, between = 0;

	for (size_t i = 0; i < nr; i++)
		for (size_t j = 0; j < i; j++)
			right += distance(values, i, j);
	for (size_t at = 1; at + least <= nr; at++) {
		double before = 0, behind = 0, n = at, m = nr - at, energy;

		for (size_t j = 0; j + 1 < at; j++)
			before += distance(values, at - 1, j);
		for (size_t j = at; j < nr; j++)
			behind += distance(values, at - 1, j);
		left += before;
		right -= behind;
		between += behind - before;
		if (at < least)
			continue;
		energy = 2 * between / (n * m) - (n > 1 ? 2 * left / (n * (n - 1)) : 0) -
			 (m > 1 ? 2 * right / (m * (m - 1)) : 0);
		energy *= n * m / (n + m);
		if (best.at == 0 || energy > best.energy)
			best = (struct split){at, energy};
	}
	return best;
}

static double p_of(const double *values, size_t nr, size_t least, double energy,
		   struct stats_random *random)
{
	double *shuffled = must_calloc(nr, sizeof *shuffled);
	size_t larger = 0;

	memcpy(shuffled, values, nr * sizeof *shuffled);
	for (int order = 0; order < ORDERS; order++) {
		for (size_t i = nr; i > 1; i--) {
			size_t other = stats_below(random, i);
			double saved = shuffled[i - 1];

			shuffled[i - 1] = shuffled[other];
			shuffled[other] = saved;
		}
		larger += best_split(shuffled, nr, least).energy >= energy;
	}
	free(shuffled);
	return (larger + 1.0) / (ORDERS + 1.0);
}

static void divide(const double *values, size_t from, size_t to, size_t least, double level,
		   struct stats_random *random, size_t *points, size_t *nr)
{
	struct split split;

	if (to - from < 2 * least)
		return;
	split = best_split(values + from, to - from, least);
	if (split.at == 0 || split.energy <= 0 ||
	    p_of(values + from, to - from, least, split.energy, random) > level)
		return;
	divide(values, from, from + split.at, least, level, random, points, nr);
	points[(*nr)++] = from + split.at;
	divide(values, from + split.at, to, least, level, random, points, nr);
}

size_t changes_find(const double *values, size_t nr, size_t least, double level, uint64_t seed,
		    size_t *points)
{
	struct stats_random random;
	size_t found = 0;

	stats_seed(&random, seed);
	divide(values, 0, nr, least < 2 ? 2 : least, level, &random, points, &found);
	return found;
}
