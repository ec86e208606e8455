/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics against values that others publish or that can be counted by
 * hand: the example of R's wilcox.test(), counts of subsets, the generator's
 * authors' first numbers.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "stats.h"

#define NR(array) (sizeof(array) / sizeof *(array))

static void near(double value, double expected, double within)
{
	if (!(fabs(value - expected) <= within))
		fail_msg("%.12g is not %.12g", value, expected);
}

static void random_numbers(void **state)
{
	static const uint64_t first[] = {11520, 0, 1509978240, 1215971899390074240};
	struct stats_random random = {{1, 2, 3, 4}};
	double values[20000];
	size_t list[] = {0, 1, 2, 3, 4, 5, 6, 7}, seen = 0;

	(void)state;
	for (size_t i = 0; i < NR(first); i++)
		assert_true(stats_random(&random) == first[i]);
	stats_seed(&random, 1);
	for (size_t i = 0; i < NR(values); i++)
		values[i] = stats_uniform(&random);
	near(stats_mean(values, NR(values)), 0.5, 0.01);
	near(stats_variance(values, NR(values)), 1.0 / 12, 0.002);
	/* Below 30 by its definition, above by the normal law. */
	for (double mean = 3; mean < 400; mean *= 10) {
		for (size_t i = 0; i < NR(values); i++)
			values[i] = stats_poisson(&random, mean);
		near(stats_mean(values, NR(values)), mean, 0.05 * sqrt(mean));
		near(stats_variance(values, NR(values)), mean, 0.05 * mean);
	}
	stats_shuffle(&random, list, NR(list), NR(list));
	for (size_t i = 0; i < NR(list); i++)
		seen |= (size_t)1 << list[i];
	assert_int_equal(seen, 0xff);
	for (int i = 0; i < 1000; i++)
		assert_true(stats_below(&random, 7) < 7);
}

static void moments(void **state)
{
	static const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
	double sorted[] = {9, 1, 5}, weights[] = {1, 1, 3};

	(void)state;
	near(stats_mean(values, NR(values)), 5, 0);
	near(stats_variance(values, NR(values)), 32.0 / 7, 1e-12);
	near(stats_variance(values, 1), 0, 0);
	near(stats_mean(values, 0), 0, 0);
	near(stats_weighted_median(sorted, weights, 3), 5, 0);
	weights[0] = 10;
	near(stats_weighted_median(sorted, weights, 3), 9, 0);
	near(stats_weighted_median(sorted, weights, 0), 0, 0);
}

/* 1, 3, 5, ... against what lies in between and, after step of them, farther. */
static double interleaved(struct stats_ranks *ranks, size_t nr, size_t step)
{
	double base[60], new[60], p;

	for (size_t i = 0; i < nr; i++) {
		base[i] = 2.0 * (double)i;
		new[i] = 2.0 * (double)(i + step) + 1;
	}
	p = stats_rank_test(ranks, base, nr, new, nr);
	near(stats_rank_test(ranks, new, nr, base, nr), p, 1e-12);
	return p;
}

/* Large samples go by the normal law, which joins what is exact. */
static void large_rank_test(void **state)
{
	struct stats_ranks ranks = {0};
	double exact = interleaved(&ranks, 50, 9), normal = interleaved(&ranks, 51, 9);

	(void)state;
	near(normal, exact, 0.25 * exact);
	assert_true(interleaved(&ranks, 60, 30) < 1e-5);
	assert_true(interleaved(&ranks, 60, 0) > 0.5);
	stats_ranks_free(&ranks);
}

static void signed_test(void **state)
{
	/* R's manual again (Hollander, Wolfe 1973, page 29): V = 40. */
	static const double x[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
	static const double y[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
	static const double ties[] = {1, 1, 0, -1, 2};
	struct stats_ranks ranks = {0};
	double differences[NR(x)], one[20], many[60], exact;

	(void)state;
	for (size_t i = 0; i < NR(x); i++)
		differences[i] = x[i] - y[i];
	near(stats_signed_test(&ranks, differences, NR(x)), 0.0390625, 1e-12);
	near(stats_signed_test(&ranks, differences, NR(x)), 0.0390625, 1e-12);
	/* By hand: midranks 2 2 2 4; of the 16 sums, 5 +- 3 or farther are 8. */
	near(stats_signed_test(&ranks, ties, NR(ties)), 8.0 / 16, 1e-12);
	near(stats_signed_test(&ranks, ties + 2, 1), 1, 0);
	near(stats_signed_test(&ranks, ties, 0), 1, 0);
	for (size_t i = 0; i < NR(one); i++)
		one[i] = 1 + (double)i;
	for (size_t nr = 1; nr <= NR(one); nr++)
		near(stats_signed_test(&ranks, one, nr), stats_least_signed_p(nr), 1e-15);
	/* One tie among many: by the normal law, and near what is exact without. */
	for (size_t i = 0; i < NR(many); i++)
		many[i] = (i % 10 < 3 ? -1.0 : 1.0) * (1 + (double)i);
	exact = stats_signed_test(&ranks, many, NR(many));
	many[1] = many[0];
	near(stats_signed_test(&ranks, many, NR(many)), 1.15 * exact, 0.15 * exact);
	assert_true(exact > 1e-4 && exact < 1e-2);
	stats_ranks_free(&ranks);
	assert_int_equal(stats_pairs_needed(0.0625), 5);
	assert_int_equal(stats_pairs_needed(0.0624), 6);
}

static void rank_test(void **state)
{
	/* The first is of R's manual (Hollander, Wolfe 1973, page 69). */
	static const double x[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
	static const double y[] = {1.15, 0.88, 0.90, 0.74, 1.21};
	static const double ties[] = {1, 1, 2, 3, 3}, others[] = {2, 3, 4, 4, 5, 5};
	static const double low[] = {1, 2, 3, 4, 5}, high[] = {6, 7, 8, 9, 10};
	struct stats_ranks ranks = {0};

	(void)state;
	for (int again = 0; again < 2; again++) { /* from what it remembers, too */
		near(stats_rank_test(&ranks, x, NR(x), y, NR(y)), 764.0 / 3003, 1e-12);
		near(stats_rank_test(&ranks, y, NR(y), x, NR(x)), 764.0 / 3003, 1e-12);
		near(stats_rank_test(&ranks, ties, NR(ties), others, NR(others)), 22.0 / 462,
		     1e-12);
		near(stats_rank_test(&ranks, low, 5, high, 5), 2.0 / 252, 1e-12);
	}
	near(stats_rank_test(&ranks, low, 5, low, 5), 1, 1e-12);
	near(stats_rank_test(&ranks, low, 5, high, 0), 1, 0);
	stats_ranks_free(&ranks);
	near(stats_least_p(5, 5), 2.0 / 252, 1e-12);
	near(stats_least_p(1, 1), 1, 1e-12);
	assert_int_equal(stats_runs_needed(0.005), 6); /* 2 / 924; five give 2 / 252 */
	assert_int_equal(stats_runs_needed(0.05), 4);  /* 2 / 70; three give 2 / 20 */
}

static void false_discoveries(void **state)
{
	double equal[] = {0.03, 0.01, 0.05, 0.02, 0.04};
	double p[] = {0.9, 0.001, 0.02, 0.5, 0.021};

	(void)state;
	stats_adjust(equal, NR(equal));
	for (size_t i = 0; i < NR(equal); i++)
		near(equal[i], 0.05, 1e-12);
	stats_adjust(p, NR(p));
	near(p[0], 0.9, 1e-12);
	near(p[1], 0.005, 1e-12);
	near(p[2], 0.035, 1e-12); /* not more than that of a larger p */
	near(p[3], 0.625, 1e-12);
	near(p[4], 0.035, 1e-12);
	stats_adjust(p, 0);
}

static void bootstrap(void **state)
{
	double base[40], new[40], low, high, same_low, same_high;
	struct stats_random random;

	(void)state;
	stats_seed(&random, 7);
	for (size_t i = 0; i < NR(base); i++) {
		base[i] = 100 + stats_uniform(&random);
		new[i] = 110 + stats_uniform(&random);
	}
	stats_bootstrap(base, NR(base), new, NR(new), 0.95, 1, &low, &high);
	stats_bootstrap(base, NR(base), new, NR(new), 0.95, 1, &same_low, &same_high);
	assert_true(low == same_low && high == same_high);
	assert_true(low < high);
	/* The standard error of the ratio: sqrt(2 / 12 / 40) / 100. */
	near((low + high) / 2, stats_mean(new, 40) / stats_mean(base, 40) - 1, 0.0005);
	near(high - low, 2 * 1.96 * 0.000645 * 1.05, 0.0006);
	stats_bootstrap(base, 0, new, NR(new), 0.95, 1, &low, &high);
	assert_true(isnan(low) && isnan(high));
}

static void clopper_pearson(void **state)
{
	(void)state;
	near(stats_upper_bound(0, 1000, 0.95), 1 - pow(0.05, 0.001), 1e-9);
	near(stats_upper_bound(5, 100, 0.95), 0.102253377643, 1e-9);
	near(stats_upper_bound(10, 1000, 0.95), 0.016903175121, 1e-9);
	near(stats_upper_bound(3, 3, 0.95), 1, 0);
	near(stats_lower_bound(5, 100, 0.95), 0.019905563662, 1e-9);
	near(stats_lower_bound(67, 67, 0.95), pow(0.05, 1.0 / 67), 1e-9);
	near(stats_lower_bound(0, 10, 0.95), 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_numbers), cmocka_unit_test(moments),
	    cmocka_unit_test(rank_test),      cmocka_unit_test(large_rank_test),
	    cmocka_unit_test(signed_test),    cmocka_unit_test(false_discoveries),
	    cmocka_unit_test(bootstrap),      cmocka_unit_test(clopper_pearson),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
