/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can the other tests fail?  Each register's rule is broken in turn, and a
 * small session must notice; and the driver must survive hardware like that.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "machine.h"

#define PERIOD 1000
#define TOTAL  100500

/* Count and sample on general counters, and a fixed one where there is one.  TRUE: all as it must
 * be. */
static bool session_is_right(void)
{
	struct pmu_event e[3];
	bool right = true;
	int nr = 3;

	if (event_init(&e[0], PERF_TYPE_RAW, 0xc0, PERIOD) != KERN_SUCCESS ||
	    event_init(&e[1], PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, PERIOD) !=
		KERN_SUCCESS ||
	    event_init(&e[2], PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 0) !=
		KERN_SUCCESS)
		return false;
	if (x86_pmu.nr_general < 3 && x86_pmu.fixed == 0)
		nr = 2;
	/* On counters that were used before. */
	for (int i = 0; i < nr; i++)
		event_add(&e[i]);
	machine_run(77, true);
	for (int i = 0; i < nr; i++)
		event_remove(&e[i]);
	machine_run(5000, true);
	for (int i = 0; i < nr; i++)
		event_add(&e[i]);
	for (int i = 0; i < 1005; i++) {
		machine_run(TOTAL / 1005, i % 2);
		machine_happen(VPMU_BRANCHES, 2, true);
		if (machine.nr_overflows > MACHINE_MAX_OVERFLOWS / 2)
			return false;
	}
	for (int i = 0; i < nr; i++)
		event_remove(&e[i]);
	for (int i = 0; i < 2; i++)
		right = right && e[i].count == TOTAL + 77 && machine_calls(&e[i]) == 100 &&
			machine_periods(&e[i]) == 100;
	right = right && (nr == 2 || e[2].count == 2010) && x86_pmu_get_stats(0)->stuck == 0 &&
		x86_pmu_get_stats(0)->missed == 0;
	pmu_cpu_quiesce(0);
	return right && machine.faults == 0;
}

static void sound(void **state)
{
	(void)state;
	machine_start(MACHINE_EMULATOR);
	assert_true(session_is_right());
}

static void broken_writes(void **state)
{
	const uint32_t msrs[] = {
	    VPMU_MSR_PMC0,	     VPMU_MSR_PERFEVTSEL0,    VPMU_MSR_PERFEVTSEL0 + 1,
	    VPMU_MSR_FIXED_CTR0,     VPMU_MSR_FIXED_CTR_CTRL, VPMU_MSR_GLOBAL_CTRL,
	    VPMU_MSR_GLOBAL_OVF_CTRL};

	(void)state;
	for (size_t i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++) {
		machine_start_broken(&(struct machine){.dropped_write = msrs[i]});
		assert_false(session_is_right());
	}
}

static void broken_reads(void **state)
{
	const uint32_t msrs[] = {VPMU_MSR_PMC0, VPMU_MSR_PMC0 + 1, VPMU_MSR_FIXED_CTR0,
				 VPMU_MSR_GLOBAL_STATUS};

	(void)state;
	for (size_t i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++) {
		machine_start_broken(&(struct machine){.zero_read = msrs[i]});
		assert_false(session_is_right());
	}
}

/* The same of the registers that only some kinds have. */
static void broken_kinds(void **state)
{
	const struct machine broken[] = {
	    {.kind = MACHINE_V1, .dropped_write = VPMU_MSR_PERFEVTSEL0},
	    {.kind = MACHINE_V1, .zero_read = VPMU_MSR_PMC0},
	    {.kind = MACHINE_V3, .dropped_write = VPMU_MSR_FULL_PMC0 + 1},
	    {.kind = MACHINE_V4, .dropped_write = VPMU_MSR_GLOBAL_OVF_CTRL},
	    {.kind = MACHINE_V5, .dropped_write = VPMU_MSR_FIXED_CTR0},
	    {.kind = MACHINE_AMD_LEGACY, .dropped_write = 0xc0010000},
	    {.kind = MACHINE_AMD_LEGACY, .dropped_write = 0xc0010005},
	    {.kind = MACHINE_AMD_LEGACY, .zero_read = 0xc0010004},
	    {.kind = MACHINE_AMD_CORE, .dropped_write = 0xc0010202},
	    {.kind = MACHINE_AMD_CORE, .dropped_write = 0xc0010201},
	    {.kind = MACHINE_AMD_CORE, .zero_read = 0xc0010203},
	    {.kind = MACHINE_AMD_2, .dropped_write = 0xc0010200},
	    {.kind = MACHINE_AMD_2, .dropped_write = 0xc0000301},
	    {.kind = MACHINE_AMD_2, .dropped_write = 0xc0000302},
	    {.kind = MACHINE_AMD_2, .zero_read = 0xc0000300},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		machine_start(broken[i].kind);
		assert_true(session_is_right());
		machine_start_broken(&broken[i]);
		assert_false(session_is_right());
	}
}

static void lost_interrupts(void **state)
{
	(void)state;
	machine_start(MACHINE_EMULATOR);
	machine.lose_nmi = true;
	assert_false(session_is_right());
}

/* Where the fault is there from the start, the self-test finds it, and the
   clock takes over. */
static void self_test(void **state)
{
	const struct machine broken[] = {
	    {.lose_nmi = true},
	    {.dropped_write = VPMU_MSR_FIXED_CTR0},
	    {.dropped_write = VPMU_MSR_FIXED_CTR_CTRL},
	    {.dropped_write = VPMU_MSR_GLOBAL_CTRL},
	    {.zero_read = VPMU_MSR_FIXED_CTR0},
	    {.zero_read = VPMU_MSR_GLOBAL_STATUS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct pmu_description d;

		machine_start_broken(&broken[i]);
		pmu_describe(&d);
		assert_int_equal(d.kind, PERF_PMU_CLOCK);
		assert_true(machine.lvt_masked);
	}
}

/* A status bit that does not clear must not hold the processor for ever, and
   the counts stay right. */
static void stuck_status(void **state)
{
	struct pmu_event e;

	(void)state;
	machine_start(MACHINE_EMULATOR);
	machine.dropped_write = VPMU_MSR_GLOBAL_OVF_CTRL;
	event_init(&e, PERF_TYPE_RAW, 0xc0, PERIOD);
	event_add(&e);
	machine_run(10 * PERIOD + 10, true);
	pmu_cpu_quiesce(0);
	assert_in_range(x86_pmu_get_stats(0)->stuck, 1, 20);
	assert_int_equal(machine.nr_overflows, 10);
}

/* A register that faults would be the end of a kernel: the tests see it. */
static void fault_is_seen(void **state)
{
	(void)state;
	machine_start(MACHINE_EMULATOR);
	cpu_wrmsr(VPMU_MSR_GLOBAL_STATUS, 1);
	assert_int_equal(machine.faults, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sound),	     cmocka_unit_test(broken_writes),
	    cmocka_unit_test(broken_reads),  cmocka_unit_test(lost_interrupts),
	    cmocka_unit_test(stuck_status),  cmocka_unit_test(self_test),
	    cmocka_unit_test(fault_is_seen), cmocka_unit_test(broken_kinds),
	};

	return cmocka_run_group_tests_name("pmu-faults", tests, NULL, NULL);
}
