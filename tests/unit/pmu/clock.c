/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock PMU, deferred work, and the bounds of pmu_tick(). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "machine.h"
#include <kern/pmu/clock.h>
#include <kern/pmu/machine.h>

#define CPU_CLOCK PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK
#define TICK_NS	  10000000

static int start(void **state)
{
	machine_start(*state ? *(enum machine_kind *)*state : MACHINE_ZEROS);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	return machine.faults == 0 ? 0 : -1;
}

static void tick(unsigned long ip, bool user)
{
	const struct pmu_regs regs = {.ip = ip, .user = user};

	machine.ns += TICK_NS;
	pmu_tick(0, &regs);
}

static void samples(void **state)
{
	struct pmu_event e;

	(void)state;
	assert_int_equal(event_init(&e, CPU_CLOCK, 2 * TICK_NS), KERN_SUCCESS);
	event_add(&e);
	for (int i = 0; i < 100; i++)
		tick(0x1000 + i, i % 2);
	event_remove(&e);
	assert_true(e.count == 100ULL * TICK_NS);
	assert_int_equal(machine.nr_overflows, 50);
	assert_int_equal(machine.overflows[0].ip, 0x1001);
	tick(0, true);
	assert_int_equal(machine.nr_overflows, 50);
}

/* A period below the tick: one call a tick that stands for several. */
static void short_period(void **state)
{
	struct pmu_event e;

	(void)state;
	assert_int_equal(event_init(&e, CPU_CLOCK, PMU_CLOCK_MIN_PERIOD - 1), KERN_INVALID_VALUE);
	assert_int_equal(event_init(&e, CPU_CLOCK, 3000000), KERN_SUCCESS);
	event_add(&e);
	for (int i = 0; i < 30; i++)
		tick(1, true);
	event_remove(&e);
	assert_int_equal(machine_calls(&e), 30);
	assert_int_equal(machine_periods(&e), 30ULL * TICK_NS / 3000000);
}

static void modes(void **state)
{
	struct pmu_request request = {
	    .type = PERF_TYPE_SOFTWARE, .exclude_user = TRUE, .period = TICK_NS};
	struct pmu_event e;

	(void)state;
	assert_int_equal(pmu_event_init(&e, &request), KERN_SUCCESS);
	event_add(&e);
	for (int i = 0; i < 10; i++)
		tick(i, i < 7);
	assert_int_equal(machine_calls(&e), 3);
}

/* Off and on between the ticks: the time it was on, and periods that end at
   a moment without registers are told at the next tick. */
static void partly_on(void **state)
{
	struct pmu_event e;

	(void)state;
	event_init(&e, CPU_CLOCK, TICK_NS);
	for (int i = 0; i < 100; i++) {
		event_add(&e);
		machine.ns += TICK_NS / 4;
		event_remove(&e);
		machine.ns += TICK_NS;
	}
	assert_true(e.count == 25ULL * TICK_NS);
	assert_int_equal(machine.nr_overflows, 0);
	event_add(&e);
	tick(7, true);
	assert_int_equal(machine_calls(&e), 1);
}

static void slots(void **state)
{
	struct pmu_event e[PMU_CLOCK_SLOTS + 1];

	(void)state;
	for (int i = 0; i <= PMU_CLOCK_SLOTS; i++)
		event_init(&e[i], CPU_CLOCK, TICK_NS);
	for (int i = 0; i < PMU_CLOCK_SLOTS; i++)
		event_add(&e[i]);
	pmu_disable();
	assert_false(pmu_event_add(&e[PMU_CLOCK_SLOTS]));
	pmu_enable();
	tick(0, true);
	assert_int_equal(machine.nr_overflows, PMU_CLOCK_SLOTS);
}

/* Beside a real PMU the software event still is the clock's. */
static void beside(void **state)
{
	struct pmu_event clock, cycles;

	(void)state;
	assert_int_equal(event_init(&clock, CPU_CLOCK, TICK_NS), KERN_SUCCESS);
	assert_int_equal(event_init(&cycles, PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 1000),
			 KERN_SUCCESS);
	event_add(&clock);
	event_add(&cycles);
	machine_run(2500, true);
	tick(0, true);
	assert_int_equal(machine_calls(&clock), 1);
	assert_int_equal(machine_calls(&cycles), 2);
}

static unsigned int work_done;

static void work(void)
{
	work_done++;
	if (work_done == 1)
		pmu_defer(); /* asked for while it runs: once more */
}

static void deferred(void **state)
{
	(void)state;
	work_done = 0;
	pmu_defer_init(work);
	pmu_deferred(0);
	assert_int_equal(work_done, 0);
	pmu_defer();
	pmu_defer();
	assert_int_equal(machine.deferred, 1);
	pmu_deferred(0);
	assert_int_equal(work_done, 1);
	assert_int_equal(machine.deferred, 2);
	/* Should the interrupt never come, the clock serves it. */
	tick(0, true);
	assert_int_equal(work_done, 2);
	tick(0, true);
	assert_int_equal(work_done, 2);
}

static void no_such_cpu(void **state)
{
	const struct pmu_regs regs = {.ip = 0};

	(void)state;
	pmu_tick(-1, &regs);
	pmu_tick(PMU_MAX_CPUS, &regs);
	pmu_cpu_init(PMU_MAX_CPUS);
	pmu_cpu_quiesce(PMU_MAX_CPUS);
	pmu_cpu_quiesce(1); /* never initialised */
	assert_int_equal(machine.nr_overflows, 0);
}

int main(void)
{
	static enum machine_kind emulator = MACHINE_EMULATOR;
#define TEST(name)	    cmocka_unit_test_setup_teardown(name, start, stop)
#define TEST_ON(name, kind) cmocka_unit_test_prestate_setup_teardown(name, start, stop, &kind)
	const struct CMUnitTest tests[] = {
	    TEST(samples),
	    TEST_ON(samples, emulator),
	    TEST(short_period),
	    TEST(modes),
	    TEST(partly_on),
	    TEST(slots),
	    TEST_ON(beside, emulator),
	    TEST(deferred),
	    TEST(no_such_cpu),
	};

	return cmocka_run_group_tests_name("pmu-clock", tests, NULL, NULL);
}
