/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the driver makes of CPUID, true or not, and what it says of the machine. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "machine.h"
#include <i386/cpuid.h>
#include <i386/tsc.h>

#define BIT(n) (1ULL << (n))

static int stop(void **state)
{
	(void)state;
	return machine.faults == 0 ? 0 : -1;
}

static void describe(enum machine_kind kind, struct pmu_description *d)
{
	machine_start(kind);
	pmu_describe(d);
}

static void emulator(void **state)
{
	struct pmu_description d;

	(void)state;
	describe(MACHINE_EMULATOR, &d);
	assert_string_equal(d.name, "intel");
	assert_int_equal(d.kind, PERF_PMU_INTEL);
	assert_int_equal(d.version, 2);
	assert_int_equal(d.nr_counters, 4);
	assert_int_equal(d.nr_fixed, 3);
	assert_int_equal(d.width, 48);
	assert_int_equal(d.tsc_khz, 1000000);
	assert_true(d.flags & PERF_INFO_NMI);
	assert_int_equal(d.hw_events,
			 BIT(PERF_COUNT_HW_CPU_CYCLES) | BIT(PERF_COUNT_HW_INSTRUCTIONS) |
			     BIT(PERF_COUNT_HW_CACHE_REFERENCES) | BIT(PERF_COUNT_HW_CACHE_MISSES) |
			     BIT(PERF_COUNT_HW_BRANCH_INSTRUCTIONS) |
			     BIT(PERF_COUNT_HW_BRANCH_MISSES) | BIT(PERF_COUNT_HW_BUS_CYCLES) |
			     BIT(PERF_COUNT_HW_REF_CPU_CYCLES));
}

static void version_1(void **state)
{
	struct pmu_description d;
	struct pmu_event e;

	(void)state;
	describe(MACHINE_V1, &d);
	assert_int_equal(d.version, 1);
	assert_int_equal(d.nr_fixed, 0);
	/* Only a fixed counter has it. */
	assert_int_equal(event_init(&e, PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES, 0),
			 KERN_NOT_SUPPORTED);
	assert_false(d.hw_events & BIT(PERF_COUNT_HW_REF_CPU_CYCLES));
}

static void denied_events(void **state)
{
	struct pmu_description d;
	struct pmu_event e;

	(void)state;
	describe(MACHINE_NO_BRANCH, &d);
	assert_false(d.hw_events & BIT(PERF_COUNT_HW_BRANCH_MISSES));
	assert_true(d.hw_events & BIT(PERF_COUNT_HW_BRANCH_INSTRUCTIONS));
	assert_int_equal(event_init(&e, PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES, 0),
			 KERN_NOT_SUPPORTED);

	describe(MACHINE_SHORT, &d);
	assert_int_equal(d.hw_events & ~BIT(PERF_COUNT_HW_REF_CPU_CYCLES),
			 BIT(PERF_COUNT_HW_CPU_CYCLES) | BIT(PERF_COUNT_HW_INSTRUCTIONS));
}

/* Without a table for the model: the architectural cache events only. */
static void other_model(void **state)
{
	const uint64_t l1d_miss = PERF_COUNT_HW_CACHE_L1D | PERF_COUNT_HW_CACHE_RESULT_MISS << 16;
	const uint64_t ll_miss = PERF_COUNT_HW_CACHE_LL | PERF_COUNT_HW_CACHE_RESULT_MISS << 16;
	struct pmu_event e;

	(void)state;
	machine_start(MACHINE_OTHER);
	assert_int_equal(event_init(&e, PERF_TYPE_HW_CACHE, l1d_miss, 0), KERN_NOT_SUPPORTED);
	assert_int_equal(event_init(&e, PERF_TYPE_HW_CACHE, ll_miss, 0), KERN_SUCCESS);
	machine_start(MACHINE_NEHALEM);
	assert_int_equal(event_init(&e, PERF_TYPE_HW_CACHE, l1d_miss, 0), KERN_SUCCESS);
}

/* No PMU, or one that only seems to be there: the clock takes over. */
static void none(void **state)
{
	const enum machine_kind kinds[] = {MACHINE_NO_LEAF, MACHINE_ZEROS, MACHINE_DEAF,
					   MACHINE_FOREIGN};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct pmu_description d;
		struct pmu_event e;

		describe(kinds[i], &d);
		assert_string_equal(d.name, "clock");
		assert_int_equal(d.kind, PERF_PMU_CLOCK);
		assert_false(d.flags & PERF_INFO_NMI);
		assert_int_equal(d.hw_events, 0);
		assert_int_equal(event_init(&e, PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 0),
				 KERN_NOT_SUPPORTED);
		assert_int_equal(event_init(&e, PERF_TYPE_RAW, 0xc0, 0), KERN_NOT_SUPPORTED);
		assert_int_equal(
		    event_init(&e, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, 1000000),
		    KERN_SUCCESS);
		pmu_model_reset(); /* nothing to reset: must do nothing */
	}
}

static void names(void **state)
{
	struct cpuid_regs r;
	char brand[48];

	(void)state;
	machine_start(MACHINE_EMULATOR);
	cpuid_brand(brand);
	assert_string_equal(brand, "A processor that counts");
	assert_true(cpuid_vendor_is("GenuineIntel"));
	assert_false(cpuid_vendor_is("AuthenticAMD"));
	assert_false(cpuid_leaf(0xe, &r));
	assert_int_equal(r.eax | r.ebx | r.ecx | r.edx, 0);
	assert_false(cpuid_leaf(0x80000009, &r));
	assert_true(cpuid_leaf(0xa, &r));
}

/* Nanoseconds from a counter at any rate, against 128-bit arithmetic. */
static void clock_rates(void **state)
{
	const uint32_t rates[] = {1000000, 1,	    999,     1000,	 25000,
				  1193,	   2400000, 2893202, 4294967295U};
	const uint64_t stamps[] = {0,	      1, 999999, 1ULL << 31, 1ULL << 32, 1234567890123ULL,
				   1ULL << 52};

	(void)state;
	for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
		uint64_t before = 0;

		tsc_set_rate(rates[r]);
		for (size_t s = 0; s < sizeof(stamps) / sizeof(stamps[0]); s++) {
			unsigned __int128 exact = (unsigned __int128)stamps[s] * 1000000 / rates[r];
			uint64_t off, ns;

			if (exact >> 63)
				continue;
			machine.ns = stamps[s];
			ns = pmu_clock_ns();
			off = ns > exact ? ns - (uint64_t)exact : (uint64_t)exact - ns;
			/* The multiplier is good to 31 bits. */
			assert_true(off <= 1 + (uint64_t)(exact >> 30));
			assert_true(ns >= before);
			before = ns;
			if (rates[r] == 1000000)
				assert_int_equal(ns, stamps[s]);
		}
	}
	tsc_set_rate(0);
	machine.ns = 1ULL << 40 | 12345;
	assert_int_equal(pmu_clock_ns(), machine.ns);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, stop)
	const struct CMUnitTest tests[] = {
	    TEST(emulator), TEST(version_1), TEST(denied_events), TEST(other_model),
	    TEST(none),	    TEST(names),     TEST(clock_rates),
	};

	return cmocka_run_group_tests_name("pmu-detection", tests, NULL, NULL);
}
