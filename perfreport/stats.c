/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "stats.h"

#define RESAMPLES	2000
#define MOST_EXACT	100 /* values: above, their sums are normal within a few percent */
#define MOST_EXACT_TIES 50  /* differences, if some are tied or 0 */

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

uint64_t stats_random(struct stats_random *random)
{
	uint64_t *s = random->state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

void stats_seed(struct stats_random *random, uint64_t seed)
{
	for (int i = 0; i < 4; i++) { /* splitmix64, as its authors advise */
		uint64_t z = seed += 0x9e3779b97f4a7c15ULL;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
		z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
		random->state[i] = z ^ z >> 31;
	}
}

uint64_t stats_below(struct stats_random *random, uint64_t limit)
{
	return (uint64_t)((unsigned __int128)stats_random(random) * limit >> 64);
}

double stats_uniform(struct stats_random *random)
{
	return (double)(stats_random(random) >> 11) * 0x1p-53;
}

double stats_poisson(struct stats_random *random, double mean)
{
	double limit = exp(-mean), product = 1, count = -1;

	if (mean > 30) { /* the normal law is near enough: Box, Muller 1958 */
		double u = 1 - stats_uniform(random), v = stats_uniform(random);
		double x = mean + sqrt(mean) * sqrt(-2 * log(u)) * cos(2 * M_PI * v);

		return x < 0 ? 0 : floor(x + 0.5);
	}
	do {
		product *= stats_uniform(random);
		count++;
	} while (product > limit);
	return count;
}

void stats_shuffle(struct stats_random *random, size_t *list, size_t size, size_t nr)
{
	for (size_t i = 0; i < nr && i + 1 < size; i++) {
		size_t other = i + stats_below(random, size - i), saved = list[i];

		list[i] = list[other];
		list[other] = saved;
	}
}

double stats_mean(const double *values, size_t nr)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += values[i];
	return nr ? sum / nr : 0;
}

double stats_variance(const double *values, size_t nr)
{
	double mean = stats_mean(values, nr), sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	return nr > 1 ? sum / (nr - 1) : 0;
}

struct weighed {
	double value, weight;
};

static int compare_weighed(const void *a, const void *b)
{
	double x = ((const struct weighed *)a)->value, y = ((const struct weighed *)b)->value;

	return x < y ? -1 : x > y;
}

double stats_weighted_median(double *values, double *weights, size_t nr)
{
	struct weighed *list = must_calloc(nr, sizeof *list);
	double all = 0, sum = 0, median = 0;

	for (size_t i = 0; i < nr; i++) {
		list[i] = (struct weighed){values[i], weights[i]};
		all += weights[i];
	}
	qsort(list, nr, sizeof *list, compare_weighed);
	for (size_t i = 0; i < nr; i++) {
		sum += list[i].weight;
		median = list[i].value;
		if (2 * sum >= all)
			break;
	}
	free(list);
	return median;
}

struct ranked {
	double value;
	bool of_base;
	unsigned int rank; /* twice the midrank */
};

static int compare_ranked(const void *a, const void *b)
{
	double x = ((const struct ranked *)a)->value, y = ((const struct ranked *)b)->value;

	return x < y ? -1 : x > y;
}

/* Midranks, times two, so that they are whole.  Returns if there are ties. */
static bool rank(struct ranked *list, size_t nr)
{
	bool ties = false;

	qsort(list, nr, sizeof *list, compare_ranked);
	for (size_t i = 0, end; i < nr; i = end) {
		for (end = i + 1; end < nr && list[end].value == list[i].value; end++)
			ties = true;
		for (size_t j = i; j < end; j++)
			list[j].rank = (unsigned int)(i + end + 1);
	}
	return ties;
}

/* How many subsets of take elements have each sum of ranks:
   [k * width + sum]; free() it. */
static double *count_subsets(const struct ranked *list, size_t nr, size_t take, size_t width)
{
	double *ways = must_calloc((take + 1) * width, sizeof *ways);

	ways[0] = 1;
	for (size_t i = 0; i < nr; i++)
		for (size_t k = (i < take ? i + 1 : take); k > 0; k--)
			for (size_t s = width - 1; s >= list[i].rank; s--)
				ways[k * width + s] += ways[(k - 1) * width + s - list[i].rank];
	return ways;
}

/* How many subsets of any size, as shares of all, have each sum of ranks;
   free() it. */
static double *count_signs(const struct ranked *list, size_t nr, size_t width)
{
	double *ways = must_calloc(width, sizeof *ways);

	ways[0] = 1;
	for (size_t i = 0; i < nr; i++)
		for (size_t s = width; s-- > 0;)
			ways[s] = (ways[s] + (s >= list[i].rank ? ways[s - list[i].rank] : 0)) / 2;
	return ways;
}

/* The share of subsets whose sum lies at each distance or farther from the
   expected one: of take ranks, or of any number (0); free() it. */
static double *make_tails(const struct ranked *list, size_t nr, size_t take, size_t *nr_tails)
{
	size_t width = nr * (nr + 1) + 1, expected = take ? take * (nr + 1) : nr * (nr + 1) / 2;
	double *ways = take ? count_subsets(list, nr, take, width) : count_signs(list, nr, width);
	double *tails = must_calloc(width, sizeof *tails);
	double all = 0;

	for (size_t s = 0; s < width; s++) {
		tails[s > expected ? s - expected : expected - s] += ways[take * width + s];
		all += ways[take * width + s];
	}
	for (size_t distance = width - 1; distance-- > 0;)
		tails[distance] += tails[distance + 1];
	for (size_t distance = 0; distance < width; distance++)
		tails[distance] /= all;
	free(ways);
	*nr_tails = width;
	return tails;
}

void stats_ranks_free(struct stats_ranks *ranks)
{
	free(ranks->tails);
	memset(ranks, 0, sizeof *ranks);
}

static double tail_of(struct stats_ranks *ranks, const struct ranked *list, size_t nr, size_t take,
		      bool ties, size_t distance)
{
	double *tails, p;
	size_t nr_tails;

	if (!ties && ranks->tails != NULL && ranks->nr == nr && ranks->take == take)
		return ranks->tails[distance];
	tails = make_tails(list, nr, take, &nr_tails);
	p = tails[distance];
	if (ties) {
		free(tails);
		return p;
	}
	stats_ranks_free(ranks);
	*ranks = (struct stats_ranks){nr, take, tails, nr_tails};
	return p;
}

/* By the normal law: the sum of take of nr midranks drawn at random. */
static double normal_sum_tail(const struct ranked *list, size_t nr, size_t take, size_t distance)
{
	double mean = nr + 1.0, squares = 0, variance;

	for (size_t i = 0; i < nr; i++)
		squares += (list[i].rank - mean) * (list[i].rank - mean);
	variance = squares / (nr - 1) * take * (nr - take) / nr;
	return distance > 1 ? erfc((distance - 1.0) / sqrt(variance) / M_SQRT2) : 1;
}

double stats_rank_test(struct stats_ranks *ranks, const double *base, size_t nr_base,
		       const double *new, size_t nr_new)
{
	size_t nr = nr_base + nr_new, observed = 0, expected = nr_base * (nr + 1), distance;
	struct ranked *list;
	bool ties;
	double p;

	if (nr_base == 0 || nr_new == 0)
		return 1;
	list = must_calloc(nr, sizeof *list);
	for (size_t i = 0; i < nr; i++)
		list[i] = (struct ranked){.value = i < nr_base ? base[i] : new[i - nr_base],
					  .of_base = i < nr_base};
	ties = rank(list, nr);
	for (size_t i = 0; i < nr; i++)
		observed += list[i].of_base ? list[i].rank : 0;
	distance = observed > expected ? observed - expected : expected - observed;
	p = nr > MOST_EXACT ? normal_sum_tail(list, nr, nr_base, distance)
			    : tail_of(ranks, list, nr, nr_base, ties, distance);
	free(list);
	return p;
}

/* By the normal law with the midranks' variance; distance is twice that of the
   sums, and made less by half a rank. */
static double normal_tail(const struct ranked *list, size_t nr, size_t distance)
{
	double squares = 0;

	for (size_t i = 0; i < nr; i++)
		squares += (double)list[i].rank * list[i].rank;
	return distance > 1 ? erfc((distance - 1.0) / (sqrt(squares) / 2) / M_SQRT2) : 1;
}

double stats_signed_test(struct stats_ranks *ranks, const double *differences, size_t nr)
{
	struct ranked *list = must_calloc(nr + 1, sizeof *list);
	size_t left = 0, observed = 0, expected, distance;
	double p = 1;
	bool ties;

	for (size_t i = 0; i < nr; i++)
		if (differences[i] != 0)
			list[left++] = (struct ranked){.value = fabs(differences[i]),
						       .of_base = differences[i] < 0};
	if (left != 0) {
		expected = left * (left + 1) / 2;
		ties = rank(list, left);
		for (size_t i = 0; i < left; i++)
			observed += list[i].of_base ? list[i].rank : 0;
		distance = observed > expected ? observed - expected : expected - observed;
		p = (ties || left < nr) && left > MOST_EXACT_TIES
			? normal_tail(list, left, distance)
			: tail_of(ranks, list, left, 0, ties, distance);
	}
	free(list);
	return p;
}

double stats_least_signed_p(size_t nr)
{
	return nr ? ldexp(2, -(int)nr) : 1;
}

size_t stats_pairs_needed(double level)
{
	size_t pairs = 1;

	while (pairs < 1000 && stats_least_signed_p(pairs) > level)
		pairs++;
	return pairs;
}

double stats_least_p(size_t nr_base, size_t nr_new)
{
	double ways = lgamma(nr_base + nr_new + 1.0) - lgamma(nr_base + 1.0) - lgamma(nr_new + 1.0);

	return fmin(1, 2 * exp(-ways));
}

size_t stats_runs_needed(double level)
{
	size_t runs = 1;

	while (runs < 1000 && stats_least_p(runs, runs) > level)
		runs++;
	return runs;
}

struct placed {
	double p;
	size_t place;
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

void stats_adjust(double *p, size_t nr)
{
	struct placed *list = must_calloc(nr, sizeof *list);
	double least = 1;

	for (size_t i = 0; i < nr; i++)
		list[i] = (struct placed){p[i], i};
	qsort(list, nr, sizeof *list, compare_placed);
	for (size_t i = nr; i-- > 0;) {
		least = fmin(least, list[i].p * nr / (i + 1));
		p[list[i].place] = least;
	}
	free(list);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double resampled_mean(struct stats_random *random, const double *values, size_t nr)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += values[stats_below(random, nr)];
	return sum / nr;
}

/* The interval that holds a share of the changes; changes their order. */
static void take_interval(double *changes, size_t nr, double level, double *low, double *high)
{
	size_t cut = (size_t)((1 - level) / 2 * nr);

	*low = *high = NAN;
	if (nr == 0)
		return;
	qsort(changes, nr, sizeof *changes, compare_doubles);
	*low = changes[cut];
	*high = changes[nr - 1 - cut];
}

void stats_bootstrap_pairs(const double *base, const double *new, size_t nr, double level,
			   uint64_t seed, double *low, double *high)
{
	double changes[RESAMPLES];
	struct stats_random random;
	size_t nr_changes = 0;

	stats_seed(&random, seed);
	for (size_t i = 0; nr && i < RESAMPLES; i++) {
		double from = 0, to = 0;

		for (size_t j = 0; j < nr; j++) {
			size_t pair = stats_below(&random, nr);

			from += base[pair];
			to += new[pair];
		}
		if (from > 0)
			changes[nr_changes++] = to / from - 1;
	}
	take_interval(changes, nr_changes, level, low, high);
}

void stats_bootstrap(const double *base, size_t nr_base, const double *new, size_t nr_new,
		     double level, uint64_t seed, double *low, double *high)
{
	double changes[RESAMPLES];
	struct stats_random random;
	size_t nr = 0;

	stats_seed(&random, seed);
	for (size_t i = 0; nr_base && nr_new && i < RESAMPLES; i++) {
		double from = resampled_mean(&random, base, nr_base);
		double to = resampled_mean(&random, new, nr_new);

		if (from > 0)
			changes[nr++] = to / from - 1;
	}
	take_interval(changes, nr, level, low, high);
}

double stats_normal_quantile(double p)
{
	double low = -40, high = 40;

	for (int i = 0; i < 80; i++) {
		double middle = (low + high) / 2;

		if (erfc(-middle / M_SQRT2) / 2 < p)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* P(X <= hits) for X binomial. */
static double binomial_below(uint64_t hits, uint64_t trials, double rate)
{
	double sum = 0;

	if (rate <= 0)
		return 1;
	if (rate >= 1)
		return hits >= trials;
	for (uint64_t k = 0; k <= hits && k <= trials; k++)
		sum += exp(lgamma(trials + 1.0) - lgamma(k + 1.0) - lgamma(trials - k + 1.0) +
			   k * log(rate) + (trials - k) * log1p(-rate));
	return fmin(1, sum);
}

double stats_upper_bound(uint64_t hits, uint64_t trials, double level)
{
	double low = 0, high = 1;

	if (hits >= trials)
		return 1;
	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (binomial_below(hits, trials, middle) > 1 - level)
			low = middle;
		else
			high = middle;
	}
	return high;
}

double stats_lower_bound(uint64_t hits, uint64_t trials, double level)
{
	return 1 - stats_upper_bound(trials - hits, trials, level);
}
