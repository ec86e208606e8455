/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics over runs.  All of it is a function of its arguments: random
 * numbers come from a seed, so that the same runs give the same bytes.
 */
#ifndef PERFREPORT_STATS_H
#define PERFREPORT_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Random numbers: xoshiro256** of Blackman and Vigna, 2018. */
struct stats_random {
	uint64_t state[4];
};

/* Begin anew from a seed. */
void stats_seed(struct stats_random *random, uint64_t seed);

/* The next number: 64 bits, below a limit, 0 <= x < 1, or by Poisson's law. */
uint64_t stats_random(struct stats_random *random);
uint64_t stats_below(struct stats_random *random, uint64_t limit); /* 0 .. limit - 1 */
double stats_uniform(struct stats_random *random);		   /* 0 <= x < 1 */
double stats_poisson(struct stats_random *random, double mean);

/* Bring the first nr of a list of size indexes into random order, drawn from
   all of them. */
void stats_shuffle(struct stats_random *random, size_t *list, size_t size, size_t nr);

/* Mean, and variance of one value. */
double stats_mean(const double *values, size_t nr);
double stats_variance(const double *values, size_t nr); /* by nr - 1; 0 with one */

/* The value at which half of the weight is reached; changes the order of both
   arrays together.  0 of none. */
double stats_weighted_median(double *values, double *weights, size_t nr);

/* What the rank tests remember from one call to the next: the distribution
   without ties of the sizes they saw last.  All 0 at first. */
struct stats_ranks {
	size_t nr, take; /* take 0: of the signed ranks of nr */
	double *tails;	 /* by distance from the expected sum */
	size_t nr_tails;
};

void stats_ranks_free(struct stats_ranks *ranks);

/* Mann and Whitney's test of two samples, two-sided, with midranks for ties:
   Mann, Whitney 1947, doi 10.1214/aoms/1177730491.  Exact by counting subsets
   of the ranks; of more than 100 values by the normal law, which errs to the
   safe side.  1 when a sample is empty. */
double stats_rank_test(struct stats_ranks *ranks, const double *base, size_t nr_base,
		       const double *new, size_t nr_new);

/* Wilcoxon's signed-rank test of differences, two-sided, with midranks for
   ties and without those that are 0: Wilcoxon 1945, doi 10.2307/3001968.
   Exact; where more than 50 have ties or zeros among them, by the normal law,
   which errs to the safe side: p = 0.0005 becomes 0.0007 with 51 and 0.00056
   with 160.  1 when none is left. */
double stats_signed_test(struct stats_ranks *ranks, const double *differences, size_t nr);

/* The least that it can give, and the differences it needs to reach a level. */
double stats_least_signed_p(size_t nr);
size_t stats_pairs_needed(double level);

/* The least that stats_rank_test() can give: 2 / C(base + new, base). */
double stats_least_p(size_t nr_base, size_t nr_new);

/* The runs of each side with which it can reach the level. */
size_t stats_runs_needed(double level);

/* Benjamini and Hochberg's adjusted p-values, in place: 1995,
   doi 10.1111/j.2517-6161.1995.tb02031.x. */
void stats_adjust(double *p, size_t nr);

/* The percentile bootstrap interval of mean(new) / mean(base) - 1: Efron,
   Tibshirani 1993, chapter 13.  level: 0.95. */
void stats_bootstrap(const double *base, size_t nr_base, const double *new, size_t nr_new,
		     double level, uint64_t seed, double *low, double *high);

/* The same, of pairs: base and new of one place are drawn together. */
void stats_bootstrap_pairs(const double *base, const double *new, size_t nr, double level,
			   uint64_t seed, double *low, double *high);

/* The quantile of the standard normal law: 0 < p < 1. */
double stats_normal_quantile(double p);

/* Clopper and Pearson's upper bound (one-sided) of a rate seen hits times in
   trials: 1934, doi 10.1093/biomet/26.4.404. */
double stats_upper_bound(uint64_t hits, uint64_t trials, double level);
double stats_lower_bound(uint64_t hits, uint64_t trials, double level);

#endif /* PERFREPORT_STATS_H */
