/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "factors.h"
#include "stats.h"

#define MOST_FACTORS	3
#define RUNS_FOR_FACTOR 6  /* at least, for each */
#define STEPS		40 /* of the power iteration */

size_t factors_number(size_t nr_runs, size_t nr_others)
{
	size_t nr = nr_runs / RUNS_FOR_FACTOR;

	if (nr_others < 3)
		return 0;
	if (nr > nr_others - 2)
		nr = nr_others - 2;
	return nr < MOST_FACTORS ? nr : MOST_FACTORS;
}

static double dot(const double *a, const double *b, size_t nr)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += a[i] * b[i];
	return sum;
}

static void subtract(double *from, const double *direction, double times, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		from[i] -= times * direction[i];
}

/* The direction in which the columns vary most, of length 1: the power
   iteration.  false: they do not vary. */
static int find_direction(double *direction, const double *columns, size_t nr_columns,
			  size_t nr_runs)
{
	double *next = must_calloc(nr_runs, sizeof *next), length = 0;

	for (size_t i = 0; i < nr_runs; i++)
		direction[i] = sin(1.7 * (double)i + 1); /* any that is in no special place */
	for (int step = 0; step < STEPS; step++) {
		memset(next, 0, nr_runs * sizeof *next);
		for (size_t j = 0; j < nr_columns; j++) {
			const double *column = columns + j * nr_runs;

			subtract(next, column, -dot(column, direction, nr_runs), nr_runs);
		}
		length = sqrt(dot(next, next, nr_runs));
		if (!(length > 1e-12))
			break;
		for (size_t i = 0; i < nr_runs; i++)
			direction[i] = next[i] / length;
	}
	free(next);
	return length > 1e-12;
}

/* The others side by side, each around 0 and by the root of its weight. */
static double *make_columns(const double *const *others, const double *weights, size_t nr_others,
			    size_t nr_runs)
{
	double *columns = must_calloc(nr_others * nr_runs, sizeof *columns);

	for (size_t j = 0; j < nr_others; j++) {
		double mean = stats_mean(others[j], nr_runs);

		for (size_t i = 0; i < nr_runs; i++)
			columns[j * nr_runs + i] = sqrt(weights[j]) * (others[j][i] - mean);
	}
	return columns;
}

void factors_remove(double *values, size_t nr_runs, const double *const *others,
		    const double *weights, size_t nr_others, size_t nr_factors)
{
	double *columns = make_columns(others, weights, nr_others, nr_runs);
	double *direction = must_calloc(nr_runs, sizeof *direction);
	double mean = stats_mean(values, nr_runs);

	for (size_t i = 0; i < nr_runs; i++)
		values[i] -= mean;
	for (size_t factor = 0; factor < nr_factors; factor++) {
		if (!find_direction(direction, columns, nr_others, nr_runs))
			break;
		subtract(values, direction, dot(direction, values, nr_runs), nr_runs);
		for (size_t j = 0; j < nr_others; j++) {
			double *column = columns + j * nr_runs;

			subtract(column, direction, dot(direction, column, nr_runs), nr_runs);
		}
	}
	for (size_t i = 0; i < nr_runs; i++)
		values[i] += mean;
	free(direction);
	free(columns);
}
