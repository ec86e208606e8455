/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counter mask, inversion and edge detection, against cycles drawn by hand. */
#include "unit.h"

#include "vpmu.h"

#define LOADS	 0x010b
#define RETIRED	 0x00c0
#define CYCLES	 0x003c
#define ALL	 0x430000
#define EDGE	 (1 << 18)
#define INV	 (1 << 23)
#define CMASK(n) ((uint64_t)(n) << 24)

static struct vpmu vpmu;

static int power_on(void **state)
{
	static const struct vpmu_config config;

	(void)state;
	vpmu_init(&vpmu, &config);
	return 0;
}

/* A step of the kernel with so many loads, and cycles after it. */
static void step(unsigned int loads, unsigned int penalty)
{
	vpmu_step_begin(&vpmu, 0, 0);
	vpmu_count(&vpmu, VPMU_LOADS, loads, 0);
	vpmu_count(&vpmu, VPMU_CYCLES, penalty, 0);
	vpmu.penalties[0] += penalty;
	vpmu_count_steps(&vpmu, 1, 0, 0);
	vpmu_step_end(&vpmu, 0);
}

/*
 * loads of the steps:   0  1  2  3  -  -  -  0  2  -  1  1
 *                                3 cycles of     1 of
 *                                penalty         penalty
 * so twelve cycles.
 */
static uint64_t count(uint64_t select)
{
	uint64_t value;

	power_on(NULL);
	vpmu_wrmsr(&vpmu, 0x186, select | ALL);
	vpmu_arm(&vpmu, 0);
	step(0, 0);
	step(1, 0);
	step(2, 0);
	step(3, 3);
	step(0, 0);
	step(2, 1);
	step(1, 0);
	step(1, 0);
	assert_int_equal(vpmu_rdmsr(&vpmu, 0xc1, &value), VPMU_ACCESS_OK);
	return value;
}

static void test_masks(void **state)
{
	static const struct {
		uint64_t select;
		uint64_t count;
	} rows[] = {
	    {LOADS, 10},
	    {LOADS | CMASK(1), 6}, /* cycles with any */
	    {LOADS | CMASK(2), 3},
	    {LOADS | CMASK(3), 1},
	    {LOADS | CMASK(4), 0},
	    {LOADS | CMASK(1) | INV, 6}, /* without any: 0 --- 0 - */
	    {LOADS | CMASK(2) | INV, 9},
	    {LOADS | CMASK(4) | INV, 12},
	    {LOADS | INV, 10},		  /* no mask, nothing to invert */
	    {LOADS | EDGE, 3},		  /* rows with any: 123, 2, 11 */
	    {LOADS | EDGE | CMASK(1), 3}, /* the same */
	    {LOADS | EDGE | CMASK(2), 2}, /* 23, 2 */
	    {LOADS | EDGE | CMASK(1) | INV, 3},
	    {RETIRED | CMASK(1), 8},
	    {RETIRED | CMASK(1) | INV, 4},	  /* stalled cycles */
	    {RETIRED | CMASK(1) | INV | EDGE, 2}, /* stalls */
	    {RETIRED | CMASK(16) | INV, 12},	  /* cycles, as Linux asks for them */
	    {CYCLES | CMASK(1), 12},
	    {CYCLES | CMASK(1) | INV, 0},
	    {CYCLES | EDGE, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(count(rows[i].select), rows[i].count);
}

/* Only what is more than one a cycle, or looks at cycles without, needs steps. */
static void test_who_needs_steps(void **state)
{
	(void)state;
	vpmu_wrmsr(&vpmu, 0x186, RETIRED | ALL | CMASK(1));
	vpmu_wrmsr(&vpmu, 0x187, RETIRED | ALL | CMASK(2) | INV);
	assert_false(vpmu_has_filters(&vpmu));
	assert_true(vpmu_counts(&vpmu, 1 << VPMU_CYCLES));
	vpmu_wrmsr(&vpmu, 0x186, LOADS | ALL | CMASK(1));
	assert_true(vpmu_has_filters(&vpmu));
	assert_true(vpmu_counts(&vpmu, 1 << VPMU_LOADS));
	vpmu_wrmsr(&vpmu, 0x38f, 0);
	assert_false(vpmu_has_filters(&vpmu));
}

/* A step taken back leaves its events to the one that is run in its stead; one
   that repeats an instruction retires none. */
static void test_taken_back_and_repeats(void **state)
{
	uint64_t value;

	(void)state;
	vpmu_wrmsr(&vpmu, 0x186, LOADS | ALL | CMASK(2));
	vpmu_wrmsr(&vpmu, 0x187, RETIRED | ALL | CMASK(1) | INV);
	vpmu_arm(&vpmu, 0);
	vpmu_step_begin(&vpmu, 0, 0);
	vpmu_count(&vpmu, VPMU_LOADS, 1, 0);
	vpmu_step_take_back(&vpmu);
	vpmu_step_begin(&vpmu, 0, 0);
	vpmu_count(&vpmu, VPMU_LOADS, 1, 0);
	vpmu_step_begin(&vpmu, 0, 0);
	vpmu_step_end(&vpmu, 1);
	vpmu_rdmsr(&vpmu, 0xc1, &value);
	assert_int_equal(value, 1);
	vpmu_rdmsr(&vpmu, 0xc2, &value);
	assert_int_equal(value, 1);
}

/* The step that fills the counter says so; the status shows it. */
static void test_overflow(void **state)
{
	(void)state;
	vpmu_wrmsr(&vpmu, 0x186, LOADS | ALL | CMASK(2));
	vpmu_wrmsr(&vpmu, 0xc1, (uint64_t)-2);
	vpmu_arm(&vpmu, 0);
	step(2, 0);
	step(1, 0);
	vpmu_step_begin(&vpmu, 0, 0);
	vpmu_count(&vpmu, VPMU_LOADS, 2, 0);
	assert_true(vpmu_step_begin(&vpmu, 0, 0));
	vpmu_sync(&vpmu);
	assert_int_equal(vpmu.global_status, 1);
	assert_int_equal(vpmu.stats.overflows[VPMU_FILTERED], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_masks),
	    cmocka_unit_test_setup(test_who_needs_steps, power_on),
	    cmocka_unit_test_setup(test_taken_back_and_repeats, power_on),
	    cmocka_unit_test_setup(test_overflow, power_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
