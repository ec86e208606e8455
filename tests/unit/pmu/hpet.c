/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock PMU driven by NMIs of an HPET: when it is chosen, and what it samples. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "machine.h"
#include <kern/pmu/call.h>
#include <kern/pmu/clock.h>
#include <kern/pmu/machine.h>

#define CPU_CLOCK    PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK
#define FEMTOSECONDS 10000000 /* as on the emulator */
#define NMI_TICKS    (PMU_CLOCK_NMI_NS / 10)
#define INTERRUPTS   (1U << 2)
#define CAPABLE	     (1U << 15 | 1U << 4)
#define BY_NMI	     "pmu: cpu-clock by NMIs of the HPET, one every 1000000 ns\n"

/* A machine without counters, with an HPET of three timers. */
static struct machine sound(void)
{
	struct machine m = {.kind = MACHINE_ZEROS};

	m.hpet[MACHINE_HPET_ID] = 0x8086a201;
	m.hpet[MACHINE_HPET_PERIOD] = FEMTOSECONDS;
	m.hpet[MACHINE_HPET_TIMER] = CAPABLE;
	return m;
}

static void start(const struct machine *m)
{
	machine_start_broken(m);
}

static const char *name(void)
{
	static struct pmu_description description;

	pmu_describe(&description);
	return description.name;
}

static void refused(const struct machine *m)
{
	start(m);
	assert_null(strstr(machine.console, BY_NMI));
	assert_string_equal(name(), "clock");
	assert_true(pmu_clock_is_interrupt());
	assert_false(machine.hpet[MACHINE_HPET_TIMER] & INTERRUPTS & ~m->hpet[MACHINE_HPET_TIMER]);
}

static void chosen(void **state)
{
	const struct machine m = sound();

	(void)state;
	start(&m);
	assert_non_null(strstr(machine.console, BY_NMI));
	assert_string_equal(name(), "hpet");
	assert_false(pmu_clock_is_interrupt());
	assert_int_equal(machine.hpet[MACHINE_HPET_MESSAGE], 0x400);
	assert_int_equal(machine.hpet[MACHINE_HPET_ADDRESS], 0xfee03000);
	/* It was tried, and stands still until there is an event. */
	assert_int_equal(machine.hpet[MACHINE_HPET_COMPARATOR], NMI_TICKS);
	assert_int_equal(machine.hpet[MACHINE_HPET_CONFIG], 1);
	assert_false(machine.hpet[MACHINE_HPET_TIMER] & INTERRUPTS);
}

static void not_chosen(void **state)
{
	struct machine m = sound();

	(void)state;
	m.kind = MACHINE_NEHALEM; /* it has counters */
	start(&m);
	assert_null(strstr(machine.console, BY_NMI));
	assert_int_equal(machine.hpet[MACHINE_HPET_ADDRESS], 0);
}

static void doubts(void **state)
{
	static const uint32_t ids[] = {0,	   0xffffffff, 0x8086a200,
				       0x8086a2ff, 0x0000a201, 0xffffa201};
	static const uint32_t periods[] = {0, 1, 99999, 100000001, 0xffffffff};
	static const uint32_t timers[] = {0, 1U << 15, 1U << 4, CAPABLE | INTERRUPTS};
	struct machine m;

	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		m = sound();
		m.hpet[MACHINE_HPET_ID] = ids[i];
		refused(&m);
	}
	for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
		m = sound();
		m.hpet[MACHINE_HPET_PERIOD] = periods[i];
		refused(&m);
	}
	for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
		m = sound();
		m.hpet[MACHINE_HPET_TIMER] = timers[i];
		refused(&m);
	}
	m = sound();
	m.hpet[MACHINE_HPET_ID] = 0x8086a001; /* one timer: the old ones' */
	refused(&m);
}

static void nmis_that_do_not_come(void **state)
{
	struct machine m = sound();

	(void)state;
	m.lose_nmi = true;
	refused(&m);
	assert_non_null(strstr(machine.console, "NMIs do not come"));
}

static void several_processors(void **state)
{
	const struct machine m = sound();

	(void)state;
	start(&m);
	pmu_cpu_init(1);
	assert_string_equal(name(), "clock");
	assert_true(pmu_clock_is_interrupt());
	pmu_cpus = 1;
}

/* Runs a millisecond at a time; each NMI finds where. */
static void run_ms(unsigned int ms, unsigned long ip, bool user)
{
	while (ms-- > 0) {
		machine.ip = ip++;
		machine_run(PMU_CLOCK_NMI_NS, user);
	}
}

static void samples(void **state)
{
	const struct machine m = sound();
	struct pmu_event e;

	(void)state;
	start(&m);
	assert_int_equal(event_init(&e, CPU_CLOCK, 2 * PMU_CLOCK_NMI_NS), KERN_SUCCESS);
	event_add(&e);
	assert_true(machine.hpet[MACHINE_HPET_TIMER] & INTERRUPTS);
	run_ms(101, 0x1000, false); /* the first starts the timer of this machine */
	assert_in_range(machine.nr_overflows, 49, 51);
	assert_in_range(machine.overflows[5].ip, 0x1000, 0x1010);
	/* A tick adds nothing to that. */
	pmu_tick(0, &(struct pmu_regs){.ip = 0x2000});
	assert_in_range(machine.nr_overflows, 49, 51);
	event_remove(&e);
	assert_true(e.count == 101ULL * PMU_CLOCK_NMI_NS);
}

/* While somebody has the events for himself, NMIs leave them alone. */
static void quiet(void **state)
{
	const struct machine m = sound();
	struct pmu_event e;
	unsigned int before;

	(void)state;
	start(&m);
	assert_int_equal(event_init(&e, CPU_CLOCK, PMU_CLOCK_NMI_NS), KERN_SUCCESS);
	event_add(&e);
	run_ms(10, 0x1000, false);
	before = machine.nr_overflows;
	pmu_disable();
	run_ms(5, 0x1000, false);
	assert_int_equal(machine.nr_overflows, before);
	pmu_enable();
	run_ms(1, 0x1000, false);
	assert_int_equal(machine.nr_overflows, before + 1);
	assert_int_equal(machine.overflows[before].overflows, 6);
	event_remove(&e);
}

/* The timer stops some time after the last event, and starts with the next. */
static void idle(void **state)
{
	const struct machine m = sound();
	struct pmu_event e;

	(void)state;
	start(&m);
	assert_int_equal(event_init(&e, CPU_CLOCK, PMU_CLOCK_NMI_NS), KERN_SUCCESS);
	for (int round = 0; round < 2; round++) {
		event_add(&e);
		run_ms(3, 0x1000, true);
		event_remove(&e);
		run_ms(50, 0x1000, true);
		assert_true(machine.hpet[MACHINE_HPET_TIMER] & INTERRUPTS);
		run_ms(60, 0x1000, true);
		assert_false(machine.hpet[MACHINE_HPET_TIMER] & INTERRUPTS);
	}
}

/* An NMI that cannot be the timer's goes to whoever had the gate before. */
static void not_ours(void **state)
{
	const struct machine m = sound();
	struct pmu_event e;

	(void)state;
	start(&m);
	machine_foreign_nmi();
	assert_int_equal(machine.passed_on, 1);
	assert_int_equal(event_init(&e, CPU_CLOCK, PMU_CLOCK_NMI_NS), KERN_SUCCESS);
	event_add(&e);
	run_ms(5, 0x1000, true);
	machine_run(1000, true);
	machine_foreign_nmi();
	assert_int_equal(machine.passed_on, 2);
	run_ms(5, 0x1000, true);
	assert_int_equal(machine.passed_on, 2);
	event_remove(&e);
}

static int sound_end(void **state)
{
	(void)state;
	return machine.faults == 0 ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_teardown(name, sound_end)

int main(void)
{
	/* The machine with counters is the last: the driver has them for good. */
	const struct CMUnitTest tests[] = {
	    TEST(chosen),
	    TEST(doubts),
	    TEST(nmis_that_do_not_come),
	    TEST(samples),
	    TEST(quiet),
	    TEST(idle),
	    TEST(not_ours),
	    TEST(several_processors),
	    TEST(not_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
