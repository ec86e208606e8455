/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver on the PMU model: overflows, exactly as many and exactly where they belong. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "machine.h"

#define INSTRUCTIONS	 PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS
#define RAW_INSTRUCTIONS PERF_TYPE_RAW, 0xc0
#define BRANCHES	 PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS

static int start(void **state)
{
	machine_start(*state ? *(enum machine_kind *)*state : MACHINE_EMULATOR);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	return machine.faults == 0 && x86_pmu_get_stats(0)->stuck == 0 ? 0 : -1;
}

/* Overflows come at the multiples of the period, whatever the steps. */
static void expect_exact(uint32_t type, uint64_t config, uint64_t period, uint64_t total)
{
	struct pmu_event e;
	uint64_t left = total;

	machine.nr_overflows = 0;
	assert_int_equal(event_init(&e, type, config, period), KERN_SUCCESS);
	event_add(&e);
	for (uint64_t step = 1; left > 0; step = step * 7 % 9973 + 1) {
		uint64_t now = step < left ? step : left;

		machine_run(now, step % 2);
		left -= now;
	}
	assert_int_equal(event_count(&e), total);
	event_remove(&e);
	assert_int_equal(machine.nr_overflows, total / period);
	for (unsigned int i = 0; i < machine.nr_overflows; i++) {
		assert_int_equal(machine.overflows[i].overflows, 1);
		assert_int_equal(machine.overflows[i].count, (i + 1) * period);
	}
	assert_int_equal(e.left, period - total % period);
}

static void exact(void **state)
{
	(void)state;
	expect_exact(INSTRUCTIONS, 128, 300000);
	expect_exact(INSTRUCTIONS, 10007, 3000000);
	expect_exact(RAW_INSTRUCTIONS, 128, 300000);
	expect_exact(RAW_INSTRUCTIONS, 10007, 3000000);
	expect_exact(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 4099, 1000000);
}

/* The sample knows where it hit. */
static void registers(void **state)
{
	struct pmu_event e;

	(void)state;
	event_init(&e, INSTRUCTIONS, 1000);
	event_add(&e);
	machine.ip = 0x1111;
	machine_run(1500, true);
	machine.ip = 0x2222;
	machine_run(1000, false);
	assert_int_equal(machine.nr_overflows, 2);
	assert_int_equal(machine.overflows[0].ip, 0x1111);
	assert_true(machine.overflows[0].user);
	assert_int_equal(machine.overflows[1].ip, 0x2222);
	assert_false(machine.overflows[1].user);
}

/* Longer than a counter can be set to: 31 bits for general counters, 47 for
   fixed ones. */
static void long_periods(void **state)
{
	const uint64_t periods[] = {(1ULL << 31) - 1, 1ULL << 31,	(1ULL << 31) + 1,
				    (1ULL << 47) - 1, 1ULL << 47,	(1ULL << 47) + 1,
				    (1ULL << 48) + 5, 3 * (1ULL << 33), 5 * (1ULL << 47) + 3};

	(void)state;
	for (size_t i = 0; i < sizeof(periods) / sizeof(periods[0]); i++) {
		/* On a general counter a period of 2^47 takes 2^16 interrupts. */
		for (int general = 0; general < 2 && !(general && i > 5 && i != 7); general++) {
			uint64_t period = periods[i];
			struct pmu_event e;

			machine.nr_overflows = 0;
			if (general)
				event_init(&e, BRANCHES, period);
			else
				event_init(&e, INSTRUCTIONS, period);
			event_add(&e);
			machine_happen(general ? VPMU_BRANCHES : VPMU_INSTRUCTIONS, period - 1,
				       true);
			assert_int_equal(machine.nr_overflows, 0);
			machine_happen(general ? VPMU_BRANCHES : VPMU_INSTRUCTIONS, 1, true);
			assert_int_equal(machine.nr_overflows, 1);
			assert_true(machine.overflows[0].count == period);
			machine_happen(general ? VPMU_BRANCHES : VPMU_INSTRUCTIONS, period, true);
			assert_int_equal(machine.nr_overflows, 2);
			event_remove(&e);
			assert_true(e.count == 2 * period);
		}
	}
}

/* Every wrap of the counter is told of: those that end a period, and the turns
   before. */
static void turns(void **state)
{
	const uint64_t period = 5ULL << 31;
	struct pmu_event e;
	int index;

	(void)state;
	assert_int_equal(event_init(&e, RAW_INSTRUCTIONS, period), KERN_SUCCESS);
	event_add(&e);
	index = e.index;
	for (int i = 0; i < 20; i++)
		machine_run(period / 8, i % 2);
	event_remove(&e);
	assert_true(e.count == 20 * (period / 8));
	assert_int_equal(machine.nr_overflows, 2);
	assert_int_equal(machine_wraps(index), machine.nr_overflows + machine.turns);
	/* Intel's general counters without full width take 31 bits at a time. */
	if (x86_pmu.layout->start_bits < 32 && !x86_pmu.full_width && index < X86_PMU_FIXED)
		assert_in_range(machine.turns, 10, 13);
	else
		assert_int_equal(machine.turns, 0);
}

static void period_limits(void **state)
{
	struct pmu_description description;
	struct pmu_event e;

	(void)state;
	pmu_describe(&description);
	assert_in_range(description.min_period, 32, 1000);
	for (uint64_t period = 1; period < description.min_period; period++)
		assert_int_equal(event_init(&e, INSTRUCTIONS, period), KERN_INVALID_VALUE);
	assert_int_equal(event_init(&e, INSTRUCTIONS, description.min_period), KERN_SUCCESS);
	assert_int_equal(event_init(&e, INSTRUCTIONS, INT64_MAX), KERN_SUCCESS);
	assert_int_equal(event_init(&e, INSTRUCTIONS, 1ULL << 63), KERN_INVALID_VALUE);
	assert_int_equal(event_init(&e, INSTRUCTIONS, UINT64_MAX), KERN_INVALID_VALUE);
}

/* Switched off and on, the period goes on where it stood. */
static void interrupted_periods(void **state)
{
	struct pmu_event e;
	int index = 0;

	(void)state;
	event_init(&e, RAW_INSTRUCTIONS, 1000);
	for (int i = 0; i < 700; i++) {
		event_add(&e);
		index = e.index;
		machine_run(31, true);
		event_remove(&e);
		machine_run(77, true);
	}
	assert_int_equal(e.count, 700 * 31);
	assert_int_equal(machine.nr_overflows, 700 * 31 / 1000);
	for (unsigned int i = 0; i < machine.nr_overflows; i++)
		assert_int_equal(machine.overflows[i].count, (i + 1) * 1000);
	assert_int_equal(machine_wraps(index), machine.nr_overflows);
}

/* More than a period goes by before the interrupt gets in: every period is
   told of, once. */
static void coalesced(void **state)
{
	struct pmu_event e;

	(void)state;
	event_init(&e, BRANCHES, 200);
	event_add(&e);
	machine.hold_nmi = true;
	machine_happen(VPMU_BRANCHES, 200 * 5 + 50, true);
	assert_int_equal(machine.nr_overflows, 0);
	machine_release();
	assert_int_equal(machine.nr_overflows, 1);
	assert_int_equal(machine.overflows[0].overflows, 5);
	assert_int_equal(e.left, 150);
	machine_happen(VPMU_BRANCHES, 149, true);
	assert_int_equal(machine.nr_overflows, 1);
	machine_happen(VPMU_BRANCHES, 1, true);
	assert_int_equal(machine_periods(&e), 6);
	assert_int_equal(event_count(&e), 1200);
}

/* Whoever stops the counters waits for the overflow that is on its way. */
static void stop_waits(void **state)
{
	struct pmu_event e;

	(void)state;
	event_init(&e, BRANCHES, 200);
	event_add(&e);
	machine.lose_nmi = true;
	machine_happen(VPMU_BRANCHES, 450, true);
	assert_int_equal(machine.nr_overflows, 0);
	/* This one never comes: it is served all the same, and counted. */
	pmu_disable();
	assert_int_equal(machine.nr_overflows, 1);
	assert_int_equal(machine.overflows[0].overflows, 2);
	assert_false(machine.overflows[0].user);
	assert_int_equal(x86_pmu_get_stats(0)->missed, 1);
	machine.lose_nmi = false;
	pmu_event_read(&e);
	assert_int_equal(e.count, 450);
	pmu_enable();
	machine_happen(VPMU_BRANCHES, 150, true);
	assert_int_equal(machine_periods(&e), 3);
}

/* Seven counters, periods that coincide now and then: each has its own. */
static void together(void **state)
{
	static const uint64_t configs[] = {0xc0, 0x3c, 0xc0, 0x3c};
	const uint64_t total = 1 << 20;
	struct pmu_event e[7];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(event_init(&e[i], PERF_TYPE_RAW, configs[i], 1000 << i % 3),
				 KERN_SUCCESS);
	event_init(&e[4], INSTRUCTIONS, 2000);
	event_init(&e[5], PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 8191);
	event_init(&e[6], PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES, 8192);
	for (int i = 6; i >= 0; i--)
		event_add(&e[i]);
	machine_run(total, true);
	for (int i = 0; i < 7; i++) {
		assert_int_equal(event_count(&e[i]), total);
		assert_int_equal(machine_periods(&e[i]), total / e[i].period);
		assert_int_equal(machine_calls(&e[i]), machine_wraps(e[i].index));
	}
}

/* An overflow of the interrupt's own entry code is served by it. */
static void entry_is_counted(void **state)
{
	struct pmu_event e[2];

	(void)state;
	machine.entry_events = 20;
	for (int i = 0; i < 2; i++) {
		event_init(&e[i], RAW_INSTRUCTIONS, 1000 + i);
		event_add(&e[i]);
	}
	machine_run(1 << 20, true);
	for (int i = 0; i < 2; i++) {
		event_remove(&e[i]);
		assert_int_equal(e[i].count, (1 << 20) + 20 * machine.nmis);
		assert_int_equal(machine_periods(&e[i]), e[i].count / e[i].period);
	}
	assert_int_equal(x86_pmu_get_stats(0)->missed, 0);
	assert_int_equal(machine.passed_on, 0);
}

static void longer(struct pmu_event *event)
{
	event->period *= 2;
}

static void shorter(struct pmu_event *event)
{
	if (event->period > 128)
		event->period /= 2;
}

/* The callback may change the period; what went into the running one stays. */
static void changed_period(void **state)
{
	struct pmu_event e;

	(void)state;
	machine.on_overflow = longer;
	event_init(&e, INSTRUCTIONS, 1000);
	event_add(&e);
	machine_run(1000 + 2000 + 4000 + 7999, true);
	assert_int_equal(machine.nr_overflows, 3);
	machine_run(1, true);
	assert_int_equal(machine.nr_overflows, 4);
	event_remove(&e);

	machine.on_overflow = shorter;
	machine.nr_overflows = 0;
	event_init(&e, BRANCHES, 1024);
	event_add(&e);
	machine.hold_nmi = true;
	machine_happen(VPMU_BRANCHES, 1024 + 600, true);
	machine_release();
	/* 600 of a period that is now 512: it ends with the next event. */
	assert_int_equal(machine.nr_overflows, 1);
	assert_int_equal(e.left, 1);
	machine_happen(VPMU_BRANCHES, 1, true);
	assert_int_equal(machine.nr_overflows, 2);
	assert_int_equal(event_count(&e), 1625);
}

static struct pmu_event *other_event;

static void nests(struct pmu_event *event)
{
	(void)event;
	pmu_disable();
	pmu_event_read(other_event);
	pmu_enable();
	/* Still inside the interrupt: nothing may run. */
	assert_int_equal(machine.vpmu.global_ctrl, 0);
}

static void callback_nests(void **state)
{
	struct pmu_event e, counted;

	(void)state;
	event_init(&e, INSTRUCTIONS, 1000);
	event_init(&counted, RAW_INSTRUCTIONS, 0);
	other_event = &counted;
	event_add(&e);
	event_add(&counted);
	machine.on_overflow = nests;
	machine_run(1000, true);
	assert_int_equal(counted.count, 1000);
	machine_run(4000, true);
	assert_int_equal(machine.nr_overflows, 5);
	assert_int_equal(event_count(&counted), 5000);
}

/* Where the APIC's entry does not mask itself, an interrupt that finds nothing
   is a counter's if one was served within the last tenth of a second. */
static void late_nmis(void **state)
{
	struct pmu_event e;

	(void)state;
	machine.ns += 1000000000; /* the self-test is long over */
	event_init(&e, INSTRUCTIONS, 1000);
	event_add(&e);
	machine_foreign_nmi();
	assert_int_equal(machine.passed_on, 1);
	machine_run(1000, true);
	assert_int_equal(machine.nr_overflows, 1);
	event_remove(&e);
	machine.ns += 99000000;
	machine_foreign_nmi();
	assert_int_equal(machine.passed_on, 1);
	assert_int_equal(x86_pmu_get_stats(0)->spurious, 1);
	machine.ns += 2000000;
	machine_foreign_nmi();
	assert_int_equal(machine.passed_on, 2);
	assert_int_equal(x86_pmu_get_stats(0)->unknown, 2);
}

/* The write that stops a counter races with its overflow: whoever stops waits,
   serves it, and takes the interrupt that comes after all for a counter's. */
static void stop_race(void **state)
{
	struct pmu_event e;

	(void)state;
	event_init(&e, INSTRUCTIONS, 1000);
	event_add(&e);
	machine.hold_nmi = true;
	machine_run(1200, true);
	event_remove(&e);
	assert_int_equal(machine.nr_overflows, 1);
	assert_int_equal(x86_pmu_get_stats(0)->missed, 1);
	assert_int_equal(e.count, 1200);
	machine_release();
	assert_int_equal(machine.nmis, 1);
	assert_int_equal(machine.passed_on, 0);
	assert_int_equal(x86_pmu_get_stats(0)->spurious, 1);
	assert_int_equal(machine.nr_overflows, 1);
}

/* Firmware left freeze-on-PMI on: every counter would stand still until an
   interrupt is served. */
static void freeze_is_off(void **state)
{
	struct pmu_event sampled, counted;

	(void)state;
	machine_start_broken(&(struct machine){
	    .kind = machine.kind, .firmware_msr = VPMU_MSR_DEBUGCTL, .firmware_value = 1 << 12});
	assert_int_equal(machine.vpmu.debugctl, 0);
	event_init(&sampled, INSTRUCTIONS, 1000);
	event_init(&counted, BRANCHES, 0);
	event_add(&sampled);
	event_add(&counted);
	machine.hold_nmi = true;
	machine_run(1000, true);
	machine_happen(VPMU_BRANCHES, 77, true);
	machine_release();
	assert_int_equal(machine.nr_overflows, 1);
	assert_int_equal(event_count(&counted), 77);
}

/* Some parts have a bit of the status set at boot (CondChgd), and it need not
   go away: it is no counter's, so it is no reason to take an NMI for ours. */
static void cond_changed(void **state)
{
	struct pmu_event e;

	(void)state;
	for (int stays = 0; stays < 2; stays++) {
		machine_start_broken(&(struct machine){.kind = machine.kind,
						       .status_bits = stays ? 1ULL << 63 : 0,
						       .cond_changed = true});
		assert_int_equal(machine.vpmu.global_status, 0);
		event_init(&e, INSTRUCTIONS, 1000);
		event_add(&e);
		machine_run(5500, true);
		assert_int_equal(machine.nr_overflows, 5);
		machine.nmis = 0;
		machine_foreign_nmi();
		assert_int_equal(machine.nmis, 1);
		assert_int_equal(machine.passed_on, 1);
		event_remove(&e);
		assert_int_equal(e.count, 5500);
		assert_int_equal(x86_pmu_get_stats(0)->missed, 0);
		assert_int_equal(x86_pmu_get_stats(0)->stuck, 0);
	}
}

/* NMIs that are not of a counter are passed on; such as come from one that
   was served already are not. */
static void foreign_nmis(void **state)
{
	struct pmu_event e;

	(void)state;
	event_init(&e, INSTRUCTIONS, 1000);
	event_add(&e);
	machine_run(500, true);
	machine_foreign_nmi();
	assert_int_equal(machine.passed_on, 1);
	assert_int_equal(x86_pmu_get_stats(0)->unknown, 1);
	machine_run(500, true);
	assert_int_equal(machine.nr_overflows, 1);
	machine.lvt_masked = true;
	machine_foreign_nmi();
	assert_int_equal(machine.passed_on, 1);
	assert_int_equal(x86_pmu_get_stats(0)->spurious, 1);
	assert_false(machine.lvt_masked);
	machine_run(1000, true);
	assert_int_equal(machine.nr_overflows, 2);
}

int main(void)
{
	static enum machine_kind v1 = MACHINE_V1, v3 = MACHINE_V3, v4 = MACHINE_V4, v5 = MACHINE_V5,
				 nehalem = MACHINE_NEHALEM, legacy = MACHINE_AMD_LEGACY,
				 bulldozer = MACHINE_BULLDOZER, core = MACHINE_AMD_CORE,
				 v2 = MACHINE_AMD_2, zhaoxin = MACHINE_ZHAOXIN;
#define TEST(name)	    cmocka_unit_test_setup_teardown(name, start, stop)
#define TEST_ON(name, kind) cmocka_unit_test_prestate_setup_teardown(name, start, stop, &(kind))
/* On every kind. */
#define TEST_ALL(name)                                                                             \
	TEST(name), TEST_ON(name, v1), TEST_ON(name, nehalem), TEST_ON(name, v3),                  \
	    TEST_ON(name, v4), TEST_ON(name, v5), TEST_ON(name, legacy), TEST_ON(name, bulldozer), \
	    TEST_ON(name, core), TEST_ON(name, v2), TEST_ON(name, zhaoxin)
	const struct CMUnitTest tests[] = {
	    TEST_ALL(exact),
	    TEST_ALL(registers),
	    TEST_ALL(long_periods),
	    TEST_ALL(turns),
	    TEST_ALL(period_limits),
	    TEST_ALL(interrupted_periods),
	    TEST_ALL(coalesced),
	    TEST_ALL(stop_waits),
	    TEST(together),
	    TEST_ON(together, v3),
	    TEST_ON(together, v4),
	    TEST(entry_is_counted),
	    TEST_ON(entry_is_counted, v4),
	    TEST_ON(entry_is_counted, v2),
	    TEST_ALL(changed_period),
	    TEST(callback_nests),
	    TEST_ON(callback_nests, v2),
	    TEST_ON(late_nmis, legacy),
	    TEST_ON(late_nmis, core),
	    TEST_ON(late_nmis, v2),
	    TEST_ON(stop_race, legacy),
	    TEST_ON(stop_race, core),
	    TEST_ON(stop_race, v2),
	    TEST(freeze_is_off),
	    TEST_ON(freeze_is_off, v4),
	    TEST_ON(freeze_is_off, v2),
	    TEST(cond_changed),
	    TEST_ON(cond_changed, v3),
	    TEST_ON(cond_changed, v4),
	    TEST_ON(cond_changed, zhaoxin),
	    TEST(foreign_nmis),
	    TEST_ON(foreign_nmis, v1),
	    TEST_ON(foreign_nmis, v5),
	};

	return cmocka_run_group_tests_name("pmu-overflow", tests, NULL, NULL);
}
