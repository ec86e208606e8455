/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver on the PMU model: what is counted, in which mode, on how many counters. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "machine.h"

#define HW(name) PERF_TYPE_HARDWARE, PERF_COUNT_HW_##name
#define CACHE(id, op, result)                                                                      \
	PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_##id | PERF_COUNT_HW_CACHE_OP_##op << 8 |          \
				PERF_COUNT_HW_CACHE_RESULT_##result << 16

static int start(void **state)
{
	machine_start(*state ? *(enum machine_kind *)*state : MACHINE_EMULATOR);
	return 0;
}

/* No test may have provoked a #GP: it would be the end of a kernel. */
static int stop(void **state)
{
	(void)state;
	return machine.faults == 0 ? 0 : -1;
}

/* Every generic event that the kind has counts what it says, and nothing
   else. */
static void generic_events(void **state)
{
	static const struct {
		uint32_t type;
		uint64_t config;
		enum vpmu_event event;
	} rows[] = {
	    {HW(CACHE_REFERENCES), VPMU_LLC_REFS},
	    {HW(CACHE_MISSES), VPMU_LLC_MISSES},
	    {HW(BRANCH_INSTRUCTIONS), VPMU_BRANCHES},
	    {HW(BRANCH_MISSES), VPMU_BRANCH_MISSES},
	    {CACHE(L1D, READ, ACCESS), VPMU_LOADS},
	    {CACHE(L1D, READ, MISS), VPMU_L1D_MISSES},
	    {CACHE(L1D, WRITE, ACCESS), VPMU_STORES},
	    {CACHE(LL, READ, ACCESS), VPMU_LLC_REFS},
	    {CACHE(LL, READ, MISS), VPMU_LLC_MISSES},
	    {CACHE(DTLB, READ, ACCESS), VPMU_LOADS},
	    {CACHE(DTLB, READ, MISS), VPMU_DTLB_MISSES},
	    {CACHE(DTLB, WRITE, ACCESS), VPMU_STORES},
	    {CACHE(BPU, READ, ACCESS), VPMU_BRANCHES},
	    {CACHE(BPU, READ, MISS), VPMU_BRANCH_MISSES},
	};

	size_t nr = sizeof(rows) / sizeof(rows[0]);
	size_t counted = 0;

	(void)state;
	/* Only the architectural ones; no telling loads from stores. */
	if (machine.kind == MACHINE_V4)
		nr = 8;
	if (machine.kind == MACHINE_AMD_LEGACY)
		nr = 10;
	/* It counts accesses to the last cache by no event of its own. */
	if (machine.kind == MACHINE_ZHAOXIN)
		nr = 12;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pmu_event e;
		kern_return_t kr = event_init(&e, rows[i].type, rows[i].config, 0);

		if (kr == KERN_NOT_SUPPORTED)
			continue;
		assert_int_equal(kr, KERN_SUCCESS);
		counted++;
		event_add(&e);
		for (enum vpmu_event other = VPMU_BRANCHES; other < VPMU_NR_EVENTS; other++)
			machine_happen(other, other == rows[i].event ? 41 : 1000, other % 2);
		event_remove(&e);
		assert_int_equal(e.count, 41);
	}
	assert_int_equal(counted, nr);
}

/* AMD's events have four bits more, and other bits are not a user's. */
static void raw_policy_amd(void **state)
{
	const uint64_t ours = 1ULL << 16 | 1ULL << 17 | 1ULL << 20 | 1ULL << 22;
	struct pmu_event e;

	(void)state;
	assert_int_equal(event_init(&e, PERF_TYPE_RAW, 0x712840fc4 | ours, 0), KERN_SUCCESS);
	assert_true(e.config == (0x712840fc4 | ours));
	for (int bit = 19; bit < 64; bit++)
		if (bit == 19 || bit == 21 || bit >= 36)
			assert_int_equal(event_init(&e, PERF_TYPE_RAW, 0xc0 | 1ULL << bit, 0),
					 KERN_INVALID_ARGUMENT);

	assert_int_equal(event_init(&e, HW(REF_CPU_CYCLES), 0), KERN_SUCCESS);
	event_add(&e);
	assert_true(machine.vpmu.evtsel[e.index] == (0x100000120 | ours));
	machine_run(1000, true);
	event_remove(&e);
	assert_int_equal(e.count, 1000);
}

static void instructions_and_cycles(void **state)
{
	struct pmu_event instructions, cycles, bus, reference;

	(void)state;
	event_init(&instructions, HW(INSTRUCTIONS), 0);
	event_init(&cycles, HW(CPU_CYCLES), 0);
	event_init(&bus, HW(BUS_CYCLES), 0);
	event_init(&reference, HW(REF_CPU_CYCLES), 0);
	event_add(&instructions);
	event_add(&cycles);
	event_add(&bus);
	event_add(&reference);
	machine_run(12345, true);
	machine_run(54321, false);
	assert_int_equal(event_count(&instructions), 66666);
	assert_int_equal(event_count(&cycles), 66666);
	assert_int_equal(event_count(&bus), 66666);
	assert_int_equal(event_count(&reference), 66666);
}

static uint64_t branches_code(void)
{
	return x86_pmu.hardware[PERF_COUNT_HW_BRANCH_INSTRUCTIONS];
}

static void filters(void **state)
{
	const uint32_t types[] = {PERF_TYPE_HARDWARE, PERF_TYPE_RAW};
	const uint64_t configs[] = {PERF_COUNT_HW_INSTRUCTIONS, branches_code()};

	(void)state;
	/* A fixed counter and a general one. */
	for (int i = 0; i < 2; i++) {
		struct pmu_request request = {.type = types[i], .config = configs[i]};
		struct pmu_event user, kernel;

		request.exclude_kernel = TRUE;
		assert_int_equal(pmu_event_init(&user, &request), KERN_SUCCESS);
		request.exclude_kernel = FALSE;
		request.exclude_user = TRUE;
		assert_int_equal(pmu_event_init(&kernel, &request), KERN_SUCCESS);
		event_add(&user);
		event_add(&kernel);
		machine_happen(i ? VPMU_BRANCHES : VPMU_INSTRUCTIONS, 100, true);
		machine_happen(i ? VPMU_BRANCHES : VPMU_INSTRUCTIONS, 7, false);
		event_remove(&user);
		event_remove(&kernel);
		assert_int_equal(user.count, 100);
		assert_int_equal(kernel.count, 7);

		request.exclude_kernel = TRUE;
		assert_int_equal(pmu_event_init(&user, &request), KERN_INVALID_ARGUMENT);
	}
}

static void unsupported(void **state)
{
	struct pmu_event e;

	(void)state;
	assert_int_equal(event_init(&e, HW(STALLED_CYCLES_FRONTEND), 0), KERN_NOT_SUPPORTED);
	assert_int_equal(event_init(&e, PERF_TYPE_HARDWARE, PERF_COUNT_HW_MAX, 0),
			 KERN_NOT_SUPPORTED);
	assert_int_equal(event_init(&e, PERF_TYPE_HARDWARE, 1ULL << 40, 0), KERN_NOT_SUPPORTED);
	assert_int_equal(event_init(&e, CACHE(ITLB, READ, ACCESS), 0), KERN_NOT_SUPPORTED);
	assert_int_equal(event_init(&e, PERF_TYPE_HW_CACHE, 0x7f0000, 0), KERN_NOT_SUPPORTED);
	assert_int_equal(event_init(&e, PERF_TYPE_TRACEPOINT, 0, 0), KERN_NOT_SUPPORTED);
	assert_int_equal(event_init(&e, 99, 0, 0), KERN_NOT_SUPPORTED);
	assert_int_equal(event_init(&e, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 0),
			 KERN_NOT_SUPPORTED);
}

/* Bits of a raw encoding that are not the user's never reach the register;
   such that mean nothing are refused. */
static void raw_policy(void **state)
{
	const uint64_t ours = 1ULL << 16 | 1ULL << 17 | 1ULL << 20 | 1ULL << 22;
	const uint64_t dropped = ours | 1ULL << 19 | 1ULL << 21 | 1ULL << 32 | 1ULL << 33;
	struct pmu_request request = {
	    .type = PERF_TYPE_RAW, .config = 0xc4 | dropped, .exclude_kernel = TRUE};
	struct pmu_event e;

	(void)state;
	assert_int_equal(pmu_event_init(&e, &request), KERN_SUCCESS);
	event_add(&e);
	assert_int_equal(machine.vpmu.evtsel[e.index], 0xc4 | (ours & ~(1ULL << 17)));
	event_remove(&e);

	/* Umask, edge, inv and cmask are the user's. */
	assert_int_equal(event_init(&e, PERF_TYPE_RAW, 0x12840fc4, 0), KERN_SUCCESS);
	assert_int_equal(e.config, 0x12840fc4 | ours);

	for (int bit = 34; bit < 64; bit++)
		assert_int_equal(event_init(&e, PERF_TYPE_RAW, 0xc4 | 1ULL << bit, 0),
				 KERN_INVALID_ARGUMENT);
}

/* All counters busy: a clean refusal, and a counter set free serves again. */
static void exhausted(void **state)
{
	struct pmu_event e[5], instructions[6];

	(void)state;
	for (int i = 0; i < 5; i++)
		event_init(&e[i], PERF_TYPE_RAW, 0xc4 + i % 2, 0);
	for (int i = 0; i < 4; i++)
		event_add(&e[i]);
	pmu_disable();
	assert_false(pmu_event_add(&e[4]));
	assert_int_equal(e[4].index, PMU_NO_COUNTER);
	pmu_enable();

	machine_happen(VPMU_BRANCHES, 10, true);
	machine_happen(VPMU_BRANCH_MISSES, 3, true);
	assert_int_equal(event_count(&e[4]), 0);
	event_remove(&e[1]);
	event_add(&e[4]);
	machine_happen(VPMU_BRANCHES, 10, true);
	assert_int_equal(event_count(&e[4]), 10);
	assert_int_equal(event_count(&e[0]), 20);
	assert_int_equal(e[1].count, 3);

	/* Instructions still have their fixed counter, once. */
	for (int i = 0; i < 6; i++)
		event_init(&instructions[i], HW(INSTRUCTIONS), 0);
	event_add(&instructions[0]);
	assert_int_equal(instructions[0].index, X86_PMU_FIXED);
	pmu_disable();
	assert_false(pmu_event_add(&instructions[1]));
	pmu_enable();
	for (int i = 0; i < 5; i++)
		event_remove(&e[i]); /* one is off already: nothing happens */
	for (int i = 1; i < 5; i++)
		event_add(&instructions[i]);
	machine_run(1000, false);
	for (int i = 0; i < 5; i++)
		assert_int_equal(event_count(&instructions[i]), 1000);
}

static void nesting(void **state)
{
	struct pmu_event e;

	(void)state;
	event_init(&e, HW(INSTRUCTIONS), 0);
	event_add(&e);
	machine_run(10, false);
	pmu_disable();
	machine_run(100, false);
	pmu_disable();
	machine_run(100, false);
	pmu_enable();
	machine_run(100, false);
	pmu_event_read(&e);
	assert_int_equal(e.count, 10);
	pmu_enable();
	machine_run(5, false);
	assert_int_equal(event_count(&e), 15);
}

/* Taken off and put on again, on another counter too, an event loses nothing. */
static void moves(void **state)
{
	struct pmu_event e, other;
	uint64_t total = 0;

	(void)state;
	event_init(&e, PERF_TYPE_RAW, 0xc0, 0);
	event_init(&other, PERF_TYPE_RAW, 0xc4, 0);
	for (int i = 1; i <= 200; i++) {
		if (i % 2)
			event_add(&other);
		event_add(&e);
		machine_run(i * 17, i % 3 == 0);
		total += i * 17;
		event_remove(&e);
		if (i % 2)
			event_remove(&other);
		machine_run(1000, false);
	}
	assert_int_equal(e.count, total);
}

/* A counter that wraps goes on counting: 2^48 and more. */
static void wide(void **state)
{
	const uint64_t step = 1ULL << 46;
	struct pmu_event fixed, general;

	(void)state;
	event_init(&fixed, HW(INSTRUCTIONS), 0);
	event_init(&general, PERF_TYPE_RAW, 0xc4, 0);
	event_add(&fixed);
	event_add(&general);
	for (int i = 0; i < 40; i++) {
		machine_happen(VPMU_INSTRUCTIONS, step + i, true);
		machine_happen(VPMU_BRANCHES, step + i, true);
	}
	assert_true(event_count(&fixed) == 40 * step + 780);
	assert_true(event_count(&general) == 40 * step + 780);
	assert_int_equal(machine.nr_overflows, 0);
}

static void quiesce(void **state)
{
	struct pmu_event e;

	(void)state;
	event_init(&e, HW(INSTRUCTIONS), 1000);
	event_add(&e);
	machine_run(500, true);
	pmu_cpu_quiesce(0);
	machine_run(100000, true);
	assert_int_equal(machine.nmis, 0);
	assert_true(machine.lvt_masked);
	assert_int_equal(machine.vpmu.global_ctrl, 0);

	/* Whatever comes now, it stays so. */
	machine_foreign_nmi();
	assert_int_equal(machine.passed_on, 1);
	assert_true(machine.lvt_masked);
	event_remove(&e);
	pmu_disable();
	assert_false(pmu_event_add(&e));
	pmu_enable();
	assert_int_equal(machine.vpmu.global_ctrl, 0);
}

static void model_reset(void **state)
{
	struct pmu_event e;

	(void)state;
	event_init(&e, HW(INSTRUCTIONS), 1000);
	event_add(&e);
	machine_run(2500, true);
	assert_int_equal(machine_wraps(e.index), 2);
	pmu_model_reset();
	assert_int_equal(machine_wraps(e.index), 0);
	assert_int_equal(event_count(&e), 2500);
}

int main(void)
{
	static enum machine_kind v1 = MACHINE_V1, v4 = MACHINE_V4, legacy = MACHINE_AMD_LEGACY,
				 core = MACHINE_AMD_CORE, v2 = MACHINE_AMD_2,
				 zhaoxin = MACHINE_ZHAOXIN;
#define TEST(name)	    cmocka_unit_test_setup_teardown(name, start, stop)
#define TEST_ON(name, kind) cmocka_unit_test_prestate_setup_teardown(name, start, stop, &(kind))
	const struct CMUnitTest tests[] = {
	    TEST(generic_events),
	    TEST(instructions_and_cycles),
	    TEST(filters),
	    TEST(unsupported),
	    TEST(raw_policy),
	    TEST(exhausted),
	    TEST(nesting),
	    TEST(moves),
	    TEST(wide),
	    TEST(quiesce),
	    TEST(model_reset),
	    TEST_ON(generic_events, v4),
	    TEST_ON(generic_events, legacy),
	    TEST_ON(generic_events, core),
	    TEST_ON(generic_events, v2),
	    TEST_ON(generic_events, zhaoxin),
	    TEST_ON(filters, zhaoxin),
	    TEST_ON(filters, legacy),
	    TEST_ON(filters, v1),
	    TEST_ON(filters, v2),
	    TEST_ON(raw_policy_amd, v2),
	    TEST_ON(nesting, core),
	    TEST_ON(nesting, v2),
	};

	return cmocka_run_group_tests_name("pmu-counting", tests, NULL, NULL);
}
