/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TLB model against answers worked out by hand: 16 sets, so pages 0, 16,
   32, ... share set 0, of 4 entries. */
#include "unit.h"

#include "tlb.h"

static struct vpmu_tlb tlb;

static int empty(void **state)
{
	(void)state;
	return vpmu_tlb_init(&tlb, 16, 4) ? 0 : -1;
}

static int done(void **state)
{
	(void)state;
	vpmu_tlb_done(&tlb);
	return 0;
}

static void test_reach(void **state)
{
	(void)state;
	for (uint64_t page = 0; page < 64; page++)
		assert_false(vpmu_tlb_access(&tlb, page, page + 100, true));
	for (uint64_t page = 0; page < 64; page++)
		assert_true(vpmu_tlb_access(&tlb, page, page + 100, true));
	/* One more in set 0 drops page 0, the oldest there. */
	assert_false(vpmu_tlb_access(&tlb, 64, 1, true));
	assert_true(vpmu_tlb_access(&tlb, 16, 116, true));
	assert_false(vpmu_tlb_access(&tlb, 0, 100, true));
}

static void test_lru(void **state)
{
	(void)state;
	/* {48 32 16 0} -> use 0 -> {0 48 32 16} -> use 64 -> {64 0 48 32}. */
	for (uint64_t page = 0; page < 64; page += 16)
		assert_false(vpmu_tlb_access(&tlb, page, page, false));
	assert_true(vpmu_tlb_access(&tlb, 0, 0, false));
	assert_false(vpmu_tlb_access(&tlb, 64, 64, false));
	assert_true(vpmu_tlb_access(&tlb, 32, 32, false));
	assert_true(vpmu_tlb_access(&tlb, 48, 48, false));
	assert_true(vpmu_tlb_access(&tlb, 0, 0, false));
	assert_true(vpmu_tlb_access(&tlb, 64, 64, false));
	assert_false(vpmu_tlb_access(&tlb, 16, 16, false));
}

/*
 * Five pages of one set in turns never hit: each finds the four others.  Back
 * and forth, of 0 16 32 48 64 48 32 16 0 ... the four latest are there after
 * each turn, so of the eight of a round only the two ends miss:
 *
 *   first way up: five misses, {64 48 32 16}
 *   48 32 16 hit, {16 32 48 64}; 0 misses, {0 16 32 48}
 *   16 32 48 hit, {48 32 16 0}; 64 misses, {64 48 32 16}; and so on
 */
static void test_in_turns_and_back(void **state)
{
	static const uint64_t round[] = {48, 32, 16, 0, 16, 32, 48, 64};
	unsigned int misses = 0;

	(void)state;
	for (unsigned int i = 0; i < 20; i++)
		misses += !vpmu_tlb_access(&tlb, i % 5 * 16, 1, true);
	assert_int_equal(misses, 20);
	/* The last of those turns was the first way up. */
	for (unsigned int i = misses = 0; i < 8 * 10; i++)
		misses += !vpmu_tlb_access(&tlb, round[i % 8], 1, true);
	assert_int_equal(misses, 2 * 10);
}

/* Another frame behind the page is another translation, and replaces it. */
static void test_remapped(void **state)
{
	(void)state;
	assert_false(vpmu_tlb_access(&tlb, 5, 100, true));
	assert_false(vpmu_tlb_access(&tlb, 5, 200, true));
	assert_true(vpmu_tlb_access(&tlb, 5, 200, true));
	assert_false(vpmu_tlb_access(&tlb, 5, 100, true));
	/* The same, when the page is not the latest of its set. */
	assert_false(vpmu_tlb_access(&tlb, 21, 1, true));
	assert_false(vpmu_tlb_access(&tlb, 5, 200, true));
	assert_true(vpmu_tlb_access(&tlb, 21, 1, true));
}

static void test_switch_keeps_the_kernel(void **state)
{
	(void)state;
	vpmu_tlb_access(&tlb, 0, 10, false);
	vpmu_tlb_access(&tlb, 16, 11, true);
	vpmu_tlb_access(&tlb, 32, 12, false);
	vpmu_tlb_switch(&tlb);
	assert_true(vpmu_tlb_access(&tlb, 0, 10, true));
	assert_true(vpmu_tlb_access(&tlb, 32, 12, true));
	assert_false(vpmu_tlb_access(&tlb, 16, 11, true));
	/* What was dropped is free: 48 fits without pushing anything out. */
	assert_false(vpmu_tlb_access(&tlb, 48, 13, true));
	assert_true(vpmu_tlb_access(&tlb, 0, 10, true));
	assert_true(vpmu_tlb_access(&tlb, 32, 12, true));
	assert_true(vpmu_tlb_access(&tlb, 16, 11, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_reach, empty, done),
	    cmocka_unit_test_setup_teardown(test_lru, empty, done),
	    cmocka_unit_test_setup_teardown(test_in_turns_and_back, empty, done),
	    cmocka_unit_test_setup_teardown(test_remapped, empty, done),
	    cmocka_unit_test_setup_teardown(test_switch_keeps_the_kernel, empty, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
