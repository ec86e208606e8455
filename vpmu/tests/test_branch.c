/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The branch predictor against answers worked out by hand. */
#include "unit.h"

#include "branch.h"

static const struct vpmu_branch_shape shape = {
    .counters = 4096, .history = 10, .targets = 512, .returns = 16};
static struct vpmu_branch predictor;

static int empty(void **state)
{
	(void)state;
	return vpmu_branch_init(&predictor, &shape) ? 0 : -1;
}

static int done(void **state)
{
	(void)state;
	vpmu_branch_done(&predictor);
	return 0;
}

static unsigned int misses(uint64_t pc, bool taken, unsigned int n)
{
	unsigned int missed = 0;

	while (n-- > 0)
		missed += !vpmu_branch_conditional(&predictor, pc, taken);
	return missed;
}

/*
 * Always taken from cold.  Each of the first ten executions finds a history
 * not seen before (0, 1, 11, ..., nine ones), so a counter at 0: ten misses.
 * From the eleventh on the history is ten ones, whose counter goes 0, 1, 2:
 * two more misses, then none.
 */
static void test_always_taken(void **state)
{
	(void)state;
	assert_int_equal(misses(0x1000, true, 12), 12);
	assert_int_equal(misses(0x1000, true, 1000), 0);
}

/* Never taken is what an empty predictor says. */
static void test_never_taken(void **state)
{
	(void)state;
	assert_int_equal(misses(0x1000, false, 1000), 0);
}

/* Hysteresis: after saturation one other outcome costs one miss, and (under
   the same history) the counter at 2 still says taken. */
static void test_two_bits(void **state)
{
	(void)state;
	misses(0x1000, true, 100);
	assert_int_equal(misses(0x1000, false, 1), 1);
	predictor.history = 0x3ff;
	assert_int_equal(misses(0x1000, true, 1), 0);
}

/*
 * Not taken and taken by turns, from cold.  Not taken is what all counters say,
 * so it always hits.  Taken finds these histories: 0, 10, 1010, ... five that
 * are seen once, a miss each; from the sixth on ten bits of 1010101010, whose
 * counter goes 0, 1, 2: two more misses, then none.
 */
static void test_alternating(void **state)
{
	unsigned int missed = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		missed += !vpmu_branch_conditional(&predictor, 0x40, i & 1);
	assert_int_equal(missed, 5 + 2);
	for (int i = 0; i < 1000; i++)
		assert_true(vpmu_branch_conditional(&predictor, 0x40, i & 1));
}

static void test_indirect(void **state)
{
	(void)state;
	assert_false(vpmu_branch_indirect(&predictor, 7, 0x100));
	assert_true(vpmu_branch_indirect(&predictor, 7, 0x100));
	assert_false(vpmu_branch_indirect(&predictor, 7, 0x200));
	assert_true(vpmu_branch_indirect(&predictor, 7, 0x200));
	/* 519 = 512 + 7 shares the entry. */
	assert_false(vpmu_branch_indirect(&predictor, 519, 0x300));
	assert_false(vpmu_branch_indirect(&predictor, 7, 0x200));
}

static void test_returns(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 16; i++)
		vpmu_branch_call(&predictor, i * 0x10);
	for (uint64_t i = 16; i >= 1; i--)
		assert_true(vpmu_branch_return(&predictor, i * 0x10));
}

/* Seventeen calls deep, the outermost return address is overwritten. */
static void test_return_stack_overflow(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 17; i++)
		vpmu_branch_call(&predictor, i * 0x10);
	for (uint64_t i = 17; i >= 2; i--)
		assert_true(vpmu_branch_return(&predictor, i * 0x10));
	assert_false(vpmu_branch_return(&predictor, 0x10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_always_taken, empty, done),
	    cmocka_unit_test_setup_teardown(test_never_taken, empty, done),
	    cmocka_unit_test_setup_teardown(test_two_bits, empty, done),
	    cmocka_unit_test_setup_teardown(test_alternating, empty, done),
	    cmocka_unit_test_setup_teardown(test_indirect, empty, done),
	    cmocka_unit_test_setup_teardown(test_returns, empty, done),
	    cmocka_unit_test_setup_teardown(test_return_stack_overflow, empty, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
