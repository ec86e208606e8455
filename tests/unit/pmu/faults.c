/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can the other tests fail?  Each register's rule is broken in turn, and a
 * small session must notice; and the driver must survive hardware like that.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "machine.h"

#define PERIOD	      1000
#define STEPS	      67
#define STEP	      301
#define TOTAL	      (STEPS * STEP)
#define BRANCH_PERIOD 131
#define MAX	      (VPMU_MAX_COUNTERS + 1)

/* An event for every counter: those that a fixed one is made for, then
   cycles on general ones, and branches on the last, all sampled. */
static unsigned int fill(struct pmu_event *e)
{
	static const uint64_t generic[] = {PERF_COUNT_HW_INSTRUCTIONS, PERF_COUNT_HW_CPU_CYCLES,
					   PERF_COUNT_HW_REF_CPU_CYCLES, PERF_COUNT_HW_BUS_CYCLES};
	const uint64_t cycles = x86_pmu.hardware[PERF_COUNT_HW_CPU_CYCLES];
	uint64_t fixed = 0;
	unsigned int nr = 0;

	for (unsigned int i = 0; i < 4; i++)
		if (event_init(&e[nr], PERF_TYPE_HARDWARE, generic[i], PERIOD + 7 * nr) ==
			KERN_SUCCESS &&
		    (e[nr].counter_mask >> X86_PMU_FIXED & ~fixed) != 0)
			fixed |= e[nr++].counter_mask >> X86_PMU_FIXED;
	for (unsigned int i = 0; i + 1 < x86_pmu.nr_general; i++)
		if (event_init(&e[nr], PERF_TYPE_RAW, cycles, PERIOD + 7 * nr) == KERN_SUCCESS)
			nr++;
	if (event_init(&e[nr], PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS,
		       BRANCH_PERIOD) != KERN_SUCCESS)
		return 0;
	return nr + 1;
}

/* A session on all counters.  TRUE: all is as it must be. */
static bool session_is_right(void)
{
	struct pmu_event e[MAX];
	unsigned int nr = fill(e);
	bool right = nr != 0;

	/* On counters that were used before. */
	for (unsigned int i = 0; i < nr; i++)
		event_add(&e[i]);
	machine_run(77, true);
	for (unsigned int i = 0; i < nr; i++)
		event_remove(&e[i]);
	machine_run(5000, true);
	for (unsigned int i = 0; i < nr; i++)
		event_add(&e[i]);
	for (int i = 0; i < STEPS && right && machine.nr_overflows < MACHINE_MAX_OVERFLOWS / 2;
	     i++) {
		machine_run(STEP, i % 2);
		machine_happen(VPMU_BRANCHES, 2, true);
		machine_happen(VPMU_BRANCHES, 3, false);
		pmu_disable();
		for (unsigned int j = 0; j < nr; j++) {
			pmu_event_read(&e[j]);
			right = right &&
				e[j].count == (j + 1 < nr ? 77U + STEP * (i + 1) : 5U * (i + 1));
		}
		pmu_enable();
	}
	for (unsigned int i = 0; i < nr; i++)
		event_remove(&e[i]);
	for (unsigned int i = 0; i < nr; i++) {
		uint64_t count = i + 1 < nr ? TOTAL + 77 : 5 * STEPS;

		right = right && e[i].count == count &&
			machine_calls(&e[i]) == count / e[i].period &&
			machine_periods(&e[i]) == count / e[i].period;
	}
	/* Each at its moment, not when another's interrupt found it. */
	for (unsigned int i = 0; i < machine.nr_overflows; i++)
		right =
		    right && machine.overflows[i].count % machine.overflows[i].event->period == 0;
	right = right && x86_pmu_get_stats(0)->stuck == 0 && x86_pmu_get_stats(0)->missed == 0;
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

/* Bits that a register does not take: Intel's old addresses have 32. */
static uint64_t ignored_writes(uint32_t msr)
{
	bool old = msr >= VPMU_MSR_PMC0 && msr < VPMU_MSR_PMC0 + VPMU_MAX_GENERAL;

	return old && x86_pmu.layout->start_bits < 32 ? ~0xffffffffULL : 0;
}

/* Whether it shows that something is broken in a machine of the kind that was
   started last. */
static bool fault_shows(const struct machine *broken)
{
	machine_restart_broken(broken);
	return !session_is_right();
}

/* Break used in all ways that a session of this kind can see; how many. */
static unsigned int check_register(enum machine_kind kind, const struct machine_register *used)
{
	const uint64_t written = used->written & ~ignored_writes(used->msr);
	struct machine broken = {.kind = kind, .lost_bits = {.msr = used->msr}};
	unsigned int nr = 0;

	for (unsigned int bit = 0; bit < 64; bit++) {
		broken.lost_bits.read = used->read & 1ULL << bit;
		broken.lost_bits.written = 0;
		if (broken.lost_bits.read) {
			nr++;
			if (!fault_shows(&broken))
				fail_msg("kind %d: bit %u read from 0x%x", kind, bit, used->msr);
		}
		broken.lost_bits.read = 0;
		broken.lost_bits.written = written & 1ULL << bit;
		if (broken.lost_bits.written) {
			nr++;
			if (!fault_shows(&broken))
				fail_msg("kind %d: bit %u written to 0x%x", kind, bit, used->msr);
		}
	}
	if (written) {
		nr++;
		assert_true(
		    fault_shows(&(struct machine){.kind = kind, .dropped_write = used->msr}));
	}
	return nr;
}

/* Each register that a session reads or writes, on each kind, broken in one bit
   at a time, of those that ever were 1, and as a whole. */
static void every_register(void **state)
{
	static struct machine_register used[MACHINE_MAX_REGISTERS];
	unsigned int faults = 0;

	(void)state;
	for (unsigned int k = 0; k < machine_nr_kinds; k++) {
		enum machine_kind kind = machine_kinds[k];
		unsigned int nr, bits = 0;

		machine_start(kind);
		machine.nr_registers = 0;
		memset(machine.registers, 0, sizeof(machine.registers));
		assert_true(session_is_right());
		nr = machine.nr_registers;
		memcpy(used, machine.registers, sizeof(used));
		/* Two of a general counter, and of a fixed one its own. */
		assert_in_range(nr, 2 * x86_pmu.nr_general + __builtin_popcount(x86_pmu.fixed),
				MACHINE_MAX_REGISTERS);
		for (unsigned int r = 0; r < nr; r++)
			bits += check_register(kind, &used[r]);
		assert_in_range(bits, 50, 2000);
		faults += bits;
	}
	print_message("%u faults on %u kinds, each noticed\n", faults, machine_nr_kinds);
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
	    cmocka_unit_test(sound),	      cmocka_unit_test(broken_writes),
	    cmocka_unit_test(broken_reads),   cmocka_unit_test(lost_interrupts),
	    cmocka_unit_test(stuck_status),   cmocka_unit_test(self_test),
	    cmocka_unit_test(fault_is_seen),  cmocka_unit_test(broken_kinds),
	    cmocka_unit_test(every_register),
	};

	return cmocka_run_group_tests_name("pmu-faults", tests, NULL, NULL);
}
