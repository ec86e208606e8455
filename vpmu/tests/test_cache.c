/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cache model against answers worked out by hand. */
#include "unit.h"

#include "cache.h"

static struct vpmu_cache cache;

/* 4 sets of 2 ways.  Lines 0, 4, 8, ... share set 0. */
static int small_cache(void **state)
{
	(void)state;
	return vpmu_cache_init(&cache, 4, 2) ? 0 : -1;
}

static int done(void **state)
{
	(void)state;
	vpmu_cache_done(&cache);
	return 0;
}

static void test_shape(void **state)
{
	(void)state;
	assert_int_equal(cache.sets, 4);
	assert_int_equal(cache.ways, 2);
}

static void test_cold_then_warm(void **state)
{
	(void)state;
	for (uint64_t line = 0; line < 8; line++)
		assert_false(vpmu_cache_access(&cache, line));
	/* 8 lines fill 4 sets x 2 ways exactly. */
	for (uint64_t line = 0; line < 8; line++)
		assert_true(vpmu_cache_access(&cache, line));
}

static void test_lru(void **state)
{
	/*
	 * Set 0, latest first:
	 *   use 0: miss, {0}       use 4: miss, {4 0}
	 *   use 0: hit,  {0 4}     use 8: miss, {8 0}, 4 leaves
	 *   use 0: hit,  {0 8}     use 4: miss, {4 0}, 8 leaves
	 */
	static const struct {
		uint64_t line;
		bool hit;
	} steps[] = {{0, false}, {4, false}, {0, true}, {8, false},
		     {0, true},	 {4, false}, {8, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		assert_int_equal(vpmu_cache_access(&cache, steps[i].line), steps[i].hit);
}

static void test_sets_are_apart(void **state)
{
	(void)state;
	assert_false(vpmu_cache_access(&cache, 1));
	for (uint64_t line = 0; line < 64; line += 4)
		assert_false(vpmu_cache_access(&cache, line));
	assert_true(vpmu_cache_access(&cache, 1));
}

/* A loop over one line more than a set has ways never hits under LRU. */
static void test_thrash(void **state)
{
	(void)state;
	for (int round = 0; round < 4; round++)
		for (uint64_t line = 0; line <= 8; line += 4)
			assert_false(vpmu_cache_access(&cache, line));
}

static void test_reset(void **state)
{
	(void)state;
	vpmu_cache_access(&cache, 3);
	vpmu_cache_reset(&cache);
	assert_false(vpmu_cache_access(&cache, 3));
	assert_true(vpmu_cache_access(&cache, 3));
}

/* 64 sets of 8 ways, 32 KiB of 64-byte lines: a working set of 32 KiB misses once a line, one of 33
   KiB thrashes the 8 sets that have a ninth line, every time. */
static unsigned int misses_of_second_pass(unsigned int lines)
{
	unsigned int misses = 0;

	assert_true(vpmu_cache_init(&cache, 64, 8));
	for (uint64_t line = 0; line < lines; line++)
		vpmu_cache_access(&cache, line);
	for (uint64_t line = 0; line < lines; line++)
		misses += !vpmu_cache_access(&cache, line);
	vpmu_cache_done(&cache);
	return misses;
}

static void test_capacity(void **state)
{
	(void)state;
	assert_int_equal(misses_of_second_pass(512), 0);
	/* 520 lines: sets 0 to 7 have nine, 8 x 9 misses. */
	assert_int_equal(misses_of_second_pass(520), 72);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_shape, small_cache, done),
	    cmocka_unit_test_setup_teardown(test_cold_then_warm, small_cache, done),
	    cmocka_unit_test_setup_teardown(test_lru, small_cache, done),
	    cmocka_unit_test_setup_teardown(test_sets_are_apart, small_cache, done),
	    cmocka_unit_test_setup_teardown(test_thrash, small_cache, done),
	    cmocka_unit_test_setup_teardown(test_reset, small_cache, done),
	    cmocka_unit_test(test_capacity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
