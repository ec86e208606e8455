/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What accesses and branches charge: events and penalties, by hand. */
#include "unit.h"

#include "core_run.h"

static struct vpmu_core core;
static struct vpmu_cache llc;
static uint64_t latest[VPMU_LATEST], latest_code[VPMU_LATEST];
static struct vpmu_model model;

static int power_on(void **state)
{
	static const struct vpmu_config config;
	char error[VPMU_MODEL_TEXT];

	(void)state;
	assert_true(vpmu_model_parse("", &model, error));
	assert_true(vpmu_llc_init(&llc, &model));
	assert_true(vpmu_core_init(&core, &model, &llc, latest, latest_code, &config));
	return 0;
}

static int done(void **state)
{
	(void)state;
	vpmu_core_done(&core);
	vpmu_cache_done(&llc);
	return 0;
}

static uint64_t kernel(enum vpmu_event event)
{
	return core.pmu.total[event][0];
}

static uint64_t user(enum vpmu_event event)
{
	return core.pmu.total[event][1];
}

/* Cold: TLB 20 + L1D 10 + LLC 150.  Warm: nothing. */
static void test_cold_and_warm_access(void **state)
{
	(void)state;
	assert_int_equal(vpmu_core_access(&core, 0x1000, 0x8000, 8, 1), 180);
	assert_int_equal(vpmu_core_access(&core, 0x1008, 0x8008, 8, 1), 0);
	assert_int_equal(user(VPMU_L1D_MISSES), 1);
	assert_int_equal(user(VPMU_LLC_REFS), 1);
	assert_int_equal(user(VPMU_LLC_MISSES), 1);
	assert_int_equal(user(VPMU_DTLB_MISSES), 1);
	assert_int_equal(user(VPMU_CYCLES), 180);
	assert_int_equal(kernel(VPMU_CYCLES), 0);
}

/* An access that ends in the next line uses both: 20 + 2 x 160. */
static void test_two_lines(void **state)
{
	(void)state;
	assert_int_equal(vpmu_core_access(&core, 0x103c, 0x803c, 8, 0), 340);
	assert_int_equal(kernel(VPMU_L1D_MISSES), 2);
	assert_int_equal(kernel(VPMU_DTLB_MISSES), 1);
	/* It just fits: one line only. */
	assert_int_equal(vpmu_core_access(&core, 0x10b8, 0x80b8, 8, 0), 160);
}

/* Nine lines of one L1D set (4 KiB apart): the first leaves L1D but stays in
   the LLC, so it comes back for 10.  Each page has a TLB set of its own. */
static void test_llc_hit(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 9; i++)
		vpmu_core_access(&core, i << 12, i << 12, 1, 0);
	assert_int_equal(vpmu_core_access(&core, 0, 0, 1, 0), 10);
	assert_int_equal(kernel(VPMU_LLC_MISSES), 9);
	assert_int_equal(kernel(VPMU_LLC_REFS), 10);
}

/* The caches go by the physical address: another view of it hits. */
static void test_alias(void **state)
{
	(void)state;
	vpmu_core_access(&core, 0x1000, 0x8000, 8, 0);
	assert_int_equal(vpmu_core_access(&core, 0x5000, 0x8000, 8, 0), 20);
	/* The same virtual address, elsewhere: all misses. */
	assert_int_equal(vpmu_core_access(&core, 0x1000, 0x20000, 8, 0), 180);
}

/* A fetch: the same costs, of the caches and the TLB of its own; the
   last-level cache is the same one. */
static void test_fetch(void **state)
{
	(void)state;
	assert_int_equal(vpmu_core_fetch(&core, 0x1010, 0x8010, 0), 180);
	assert_int_equal(vpmu_core_fetch(&core, 0x1000, 0x8000, 0), 0);
	assert_int_equal(latest_code[0], 0x1000);
	assert_int_equal(vpmu_core_fetch(&core, 0x1040, 0x8040, 0), 160);
	assert_int_equal(latest_code[1], 0x1040);
	assert_int_equal(kernel(VPMU_L1I_MISSES), 2);
	assert_int_equal(kernel(VPMU_ITLB_MISSES), 1);
	assert_int_equal(kernel(VPMU_LLC_MISSES), 2);
	assert_int_equal(kernel(VPMU_L1D_MISSES) + kernel(VPMU_DTLB_MISSES), 0);
	/* As data it is in neither the TLB nor the L1 cache. */
	assert_int_equal(vpmu_core_access(&core, 0x1000, 0x8000, 8, 0), 30);
	vpmu_core_flush(&core);
	assert_int_equal(latest_code[1], VPMU_NO_LINE);
	assert_int_equal(vpmu_core_fetch(&core, 0x1040, 0x8040, 0), 20);
}

/* One set of two ways, lines of 32 bytes: the table has one place, and two lines
   of a page take turns in it. */
static void test_small_geometry(void **state)
{
	static const struct vpmu_config config;
	char error[VPMU_MODEL_TEXT];

	done(state);
	assert_true(vpmu_model_parse("line=32,l1d.size=64,l1d.ways=2,l1d.latency=3,llc.latency=0,"
				     "dtlb.entries=1,dtlb.ways=1,dtlb.latency=7",
				     &model, error));
	assert_true(vpmu_llc_init(&llc, &model));
	assert_true(vpmu_core_init(&core, &model, &llc, latest, latest_code, &config));
	assert_int_equal(core.data.mask, 0);
	assert_int_equal(vpmu_core_access(&core, 0x1000, 0x1000, 4, 0), 10);
	assert_int_equal(vpmu_core_access(&core, 0x1020, 0x1020, 4, 0), 3);
	assert_false(vpmu_core_is_latest(&core, 0x1000, 4));
	assert_int_equal(vpmu_core_access(&core, 0x1000, 0x1000, 4, 0), 0);
	/* The oldest, 0x1020, goes; the one page that fits goes too. */
	assert_int_equal(vpmu_core_access(&core, 0x2000, 0x2000, 4, 0), 10);
	assert_int_equal(vpmu_core_access(&core, 0x1000, 0x1000, 4, 0), 7);
	assert_int_equal(vpmu_core_access(&core, 0x1020, 0x1020, 4, 0), 3);
}

static void test_shared_llc(void **state)
{
	static struct vpmu_core other;
	static uint64_t other_latest[VPMU_LATEST], other_code[VPMU_LATEST];
	static const struct vpmu_config config;

	(void)state;
	assert_true(vpmu_core_init(&other, &model, &llc, other_latest, other_code, &config));
	vpmu_core_access(&core, 0x1000, 0x8000, 8, 0);
	assert_int_equal(vpmu_core_access(&other, 0x1000, 0x8000, 8, 0), 30);
	assert_int_equal(other.pmu.total[VPMU_LLC_MISSES][0], 0);
	vpmu_core_done(&other);
}

/* What needs no call is what would have changed nothing. */
static void test_latest(void **state)
{
	(void)state;
	assert_false(vpmu_core_is_latest(&core, 0x1000, 4));
	vpmu_core_access(&core, 0x1000, 0x8000, 4, 0);
	assert_true(vpmu_core_is_latest(&core, 0x1000, 4));
	assert_true(vpmu_core_is_latest(&core, 0x103c, 4));
	assert_false(vpmu_core_is_latest(&core, 0x103d, 4)); /* ends in the next */
	assert_false(vpmu_core_is_latest(&core, 0xfff, 1));
	assert_false(vpmu_core_is_latest(&core, 0x2000, 4)); /* the same set */
	/* A line of another set, same page: both are the latest of theirs. */
	vpmu_core_access(&core, 0x1040, 0x8040, 4, 0);
	assert_true(vpmu_core_is_latest(&core, 0x1000, 4));
	assert_true(vpmu_core_is_latest(&core, 0x1040, 4));
	/* A TLB miss may have pushed out any page. */
	vpmu_core_access(&core, 0x2080, 0x9080, 4, 0);
	assert_false(vpmu_core_is_latest(&core, 0x1000, 4));
	assert_true(vpmu_core_is_latest(&core, 0x2080, 4));
	vpmu_core_switch(&core);
	assert_false(vpmu_core_is_latest(&core, 0x2080, 4));
}

static void test_forget(void **state)
{
	(void)state;
	vpmu_core_access(&core, 0x1000, 0x8000, 8, 0);
	vpmu_core_conditional(&core, 0x40, true, 0);
	vpmu_core_forget(&core);
	assert_int_equal(vpmu_core_access(&core, 0x1000, 0x8000, 8, 0), 180);
	assert_int_equal(vpmu_core_conditional(&core, 0x40, true, 0), 15);
}

static void test_branches(void **state)
{
	(void)state;
	assert_int_equal(vpmu_core_conditional(&core, 0x40, false, 1), 0);
	assert_int_equal(vpmu_core_conditional(&core, 0x40, true, 1), 15);
	vpmu_core_direct(&core, 0, 1);
	vpmu_core_direct(&core, 0x45, 1); /* a call */
	assert_int_equal(vpmu_core_indirect(&core, VPMU_JUMP_RETURN, 0x99, 0x45, 0, 1), 0);
	assert_int_equal(vpmu_core_indirect(&core, VPMU_JUMP_CALL, 0x50, 0x200, 0x52, 1), 15);
	assert_int_equal(vpmu_core_indirect(&core, VPMU_JUMP_RETURN, 0x210, 0x52, 0, 1), 0);
	assert_int_equal(vpmu_core_indirect(&core, VPMU_JUMP_CALL, 0x50, 0x200, 0x52, 1), 0);
	assert_int_equal(vpmu_core_indirect(&core, VPMU_JUMP_RETURN, 0x210, 0x53, 0, 1), 15);
	assert_int_equal(vpmu_core_indirect(&core, VPMU_JUMP_INDIRECT, 0x60, 0x70, 0, 1), 15);
	assert_int_equal(user(VPMU_BRANCHES), 10);
	assert_int_equal(user(VPMU_BRANCH_MISSES), 4);
	assert_int_equal(user(VPMU_CYCLES), 60);
}

/* due says that a threshold of the armed ring was passed; one of the other is
   found when that is armed. */
static void test_due(void **state)
{
	(void)state;
	vpmu_wrmsr(&core.pmu, 0x186, 0x51412e); /* LLC misses, user, INT, EN */
	vpmu_wrmsr(&core.pmu, 0xc1, (uint64_t)-2);
	vpmu_arm(&core.pmu, 1);
	vpmu_core_access(&core, 0, 0, 1, 1);
	assert_false(core.due);
	vpmu_core_access(&core, 64, 64, 1, 1);
	assert_true(core.due);
	vpmu_sync(&core.pmu);
	assert_int_equal(core.pmu.global_status, 1);
	vpmu_wrmsr(&core.pmu, 0xc1, (uint64_t)-1);
	core.due = false;
	vpmu_arm(&core.pmu, 0);
	vpmu_core_access(&core, 128, 128, 1, 1);
	assert_false(core.due);
	assert_int_equal(vpmu_arm(&core.pmu, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_cold_and_warm_access, power_on, done),
	    cmocka_unit_test_setup_teardown(test_two_lines, power_on, done),
	    cmocka_unit_test_setup_teardown(test_llc_hit, power_on, done),
	    cmocka_unit_test_setup_teardown(test_alias, power_on, done),
	    cmocka_unit_test_setup_teardown(test_fetch, power_on, done),
	    cmocka_unit_test_setup_teardown(test_small_geometry, power_on, done),
	    cmocka_unit_test_setup_teardown(test_shared_llc, power_on, done),
	    cmocka_unit_test_setup_teardown(test_latest, power_on, done),
	    cmocka_unit_test_setup_teardown(test_forget, power_on, done),
	    cmocka_unit_test_setup_teardown(test_branches, power_on, done),
	    cmocka_unit_test_setup_teardown(test_due, power_on, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
