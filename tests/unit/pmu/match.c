/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events to counters: room is found whenever there is room. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <kern/pmu/match.h>

#include "machine.h"

#define FIXED(n) (1ULL << (X86_PMU_FIXED + (n)))

static void by_hand(void **state)
{
	/* Two that want counter 0, and one that can give way. */
	const uint64_t both[] = {0x3, 0x1}, three[] = {0x3, 0x1, 0x1};
	/* Each must move one further for the last. */
	const uint64_t chain[] = {0x3, 0x6, 0xc, 0x18, 0x1}, broken[] = {0x3, 0x6, 0xc, 0x8, 0x1};
	const uint64_t fixed[] = {0xf | FIXED(0), 0xf, 0xf, 0xf, 0xf};

	(void)state;
	assert_true(pmu_match_all(NULL, 0));
	assert_true(pmu_match_all(both, 2));
	assert_false(pmu_match_all(three, 3));
	assert_true(pmu_match_all(chain, 5));
	assert_false(pmu_match_all(broken, 5));
	assert_true(pmu_match_all(fixed, 5));
	assert_false(pmu_match_all((const uint64_t[]){0}, 1));
	assert_true(pmu_match_all((const uint64_t[]){1ULL << 63, 3ULL << 62}, 2));
}

/* By trying everything. */
static bool fits(const uint64_t *masks, unsigned int nr, uint64_t used)
{
	if (nr == 0)
		return true;
	for (unsigned int c = 0; c < PMU_MAX_COUNTERS; c++)
		if ((masks[0] & ~used) >> c & 1 && fits(masks + 1, nr - 1, used | 1ULL << c))
			return true;
	return false;
}

static void against_exhaustion(void **state)
{
	unsigned int fitting = 0;

	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		unsigned int nr = 1 + rand() % 6;
		uint64_t masks[6];

		for (unsigned int i = 0; i < nr; i++)
			masks[i] = (rand() & rand() & 0x1f) | (rand() % 4 ? 0 : FIXED(rand() % 2));
		fitting += fits(masks, nr, 0);
		assert_int_equal(pmu_match_all(masks, nr), fits(masks, nr, 0));
	}
	assert_in_range(fitting, 2000, 18000); /* both answers were tried */
}

/* Which event is where, as the test of a path sees it. */
struct places {
	uint64_t mask[PMU_MAX_COUNTERS];
};

static uint64_t occupant(const void *where, unsigned int counter)
{
	return ((const struct places *)where)->mask[counter];
}

static void shortest_path(void **state)
{
	/* Counter 0 is wanted; what is there can go to 1, whose event can go to 2 or, at once, to
	 * 5. */
	const struct places places = {.mask = {[0] = 0x3, [1] = 0x26, [2] = 0x0c, [3] = 0x18}};
	uint8_t path[PMU_MAX_COUNTERS];

	(void)state;
	assert_int_equal(pmu_match(0x1, 0xf, occupant, &places, path), 3);
	assert_int_equal(path[0], 5);
	assert_int_equal(path[1], 1);
	assert_int_equal(path[2], 0);
	assert_int_equal(pmu_match(0x40, 0xf, occupant, &places, path), 1);
	assert_int_equal(path[0], 6);
}

/* In the driver: events move, and lose nothing. */
static void moving(void **state)
{
	struct pmu_event free[3], bound[2];
	boolean_t added;

	(void)state;
	machine_start(MACHINE_EMULATOR);
	for (int i = 0; i < 3; i++) {
		event_init(&free[i], PERF_TYPE_RAW, 0xc4, i == 0 ? 1000 : 0);
		free[i].counter_mask = 0xf;
		event_add(&free[i]);
	}
	machine_happen(VPMU_BRANCHES, 1500, true);
	for (int i = 0; i < 2; i++) {
		event_init(&bound[i], PERF_TYPE_RAW, 0xc4, 0);
		bound[i].counter_mask = 1;
	}
	event_add(&bound[0]); /* where free[0] was */
	assert_int_equal(bound[0].index, 0);
	assert_int_equal(free[0].index, 3);
	machine_happen(VPMU_BRANCHES, 1600, true);
	pmu_disable();
	added = pmu_event_add(&bound[1]);
	pmu_enable();
	assert_false(added);
	machine_happen(VPMU_BRANCHES, 1, true);
	for (int i = 0; i < 3; i++)
		assert_int_equal(event_count(&free[i]), 3101);
	assert_int_equal(event_count(&bound[0]), 1601);
	assert_int_equal(machine_periods(&free[0]), 3);
	for (int i = 0; i < 3; i++)
		event_remove(&free[i]);
	event_remove(&bound[0]);
	assert_int_equal(machine.faults, 0);
	pmu_cpu_quiesce(0);
}

static void groups(void **state)
{
	struct pmu_event e[PMU_GROUP_MAX + 1], *list[PMU_GROUP_MAX + 1];

	(void)state;
	machine_start(MACHINE_EMULATOR); /* 4 general counters and 3 fixed */
	for (int i = 0; i <= PMU_GROUP_MAX; i++) {
		event_init(&e[i], PERF_TYPE_RAW, 0xc4, 0);
		list[i] = &e[i];
	}
	assert_true(pmu_events_fit(list, 4));
	assert_false(pmu_events_fit(list, 5));
	event_init(&e[0], PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0);
	assert_true(pmu_events_fit(list, 5));
	event_init(&e[1], PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, 0);
	assert_true(pmu_events_fit(list, 6));
	assert_false(pmu_events_fit(list, 7));
	assert_false(pmu_events_fit(list, PMU_GROUP_MAX + 1));
	pmu_cpu_quiesce(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(by_hand),	     cmocka_unit_test(against_exhaustion),
	    cmocka_unit_test(shortest_path), cmocka_unit_test(moving),
	    cmocka_unit_test(groups),
	};

	return cmocka_run_group_tests_name("pmu-match", tests, NULL, NULL);
}
