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

/* What each kind has, and the name it goes by. */
static void kinds(void **state)
{
	const uint64_t ref = BIT(PERF_COUNT_HW_REF_CPU_CYCLES), bus = BIT(PERF_COUNT_HW_BUS_CYCLES);
	const uint64_t stalls =
	    BIT(PERF_COUNT_HW_STALLED_CYCLES_FRONTEND) | BIT(PERF_COUNT_HW_STALLED_CYCLES_BACKEND);
	const struct {
		enum machine_kind kind;
		const char *name;
		uint32_t pmu, version, counters, fixed, width;
		bool full_width;
		uint64_t lacks; /* of the hardware events, stalls aside */
	} rows[] = {
	    {MACHINE_V1, "intel", PERF_PMU_INTEL, 1, 2, 0, 40, false, ref},
	    {MACHINE_NEHALEM, "intel", PERF_PMU_INTEL, 2, 4, 3, 48, false, 0},
	    {MACHINE_V3, "intel", PERF_PMU_INTEL, 3, 4, 3, 48, true, 0},
	    {MACHINE_V4, "intel", PERF_PMU_INTEL, 4, 4, 3, 48, true, 0},
	    /* Fixed counter 2 is the one that is missing. */
	    {MACHINE_V5, "intel", PERF_PMU_INTEL, 5, 8, 3, 48, true, ref},
	    {MACHINE_AMD_LEGACY, "amd", PERF_PMU_AMD, 1, 4, 0, 48, false, ref | bus},
	    {MACHINE_BULLDOZER, "amd", PERF_PMU_AMD, 1, 3, 0, 48, false, ref | bus},
	    {MACHINE_AMD_CORE, "amd", PERF_PMU_AMD, 1, 6, 0, 48, false, ref | bus},
	    {MACHINE_HYGON, "amd", PERF_PMU_AMD, 1, 6, 0, 48, false, ref | bus},
	    {MACHINE_AMD_2, "amd", PERF_PMU_AMD, 2, 6, 0, 48, false, bus},
	    {MACHINE_ZHAOXIN, "zhaoxin", PERF_PMU_ZHAOXIN, 2, 4, 3, 48, false, ref},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pmu_description d;

		describe(rows[i].kind, &d);
		assert_string_equal(d.name, rows[i].name);
		assert_int_equal(d.kind, rows[i].pmu);
		assert_int_equal(d.version, rows[i].version);
		assert_int_equal(d.nr_counters, rows[i].counters);
		assert_int_equal(d.nr_fixed, rows[i].fixed);
		assert_int_equal(d.width, rows[i].width);
		assert_int_equal(x86_pmu.full_width, rows[i].full_width);
		assert_int_equal((d.hw_events | stalls) ^ rows[i].lacks,
				 BIT(PERF_COUNT_HW_MAX) - 1);
	}
}

/* PERF_CAPABILITIES promises full-width writes and they do nothing: the old
   address serves. */
static void no_full_width(void **state)
{
	struct pmu_event e;

	(void)state;
	machine_start_broken(
	    &(struct machine){.kind = MACHINE_V3, .dropped_write = VPMU_MSR_FULL_PMC0});
	assert_false(x86_pmu.full_width);
	assert_int_equal(event_init(&e, PERF_TYPE_RAW, 0xc4, 1000), KERN_SUCCESS);
	event_add(&e);
	machine_happen(VPMU_BRANCHES, 5000, true);
	assert_int_equal(machine.nr_overflows, 5);
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
					   MACHINE_FOREIGN, MACHINE_K6};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct pmu_description d;
		struct pmu_event e;

		describe(kinds[i], &d);
		assert_string_equal(d.name, "clock");
		assert_non_null(strstr(machine.console, "the clock is used"));
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

#define VERDICT(kind, what, verdict) "pmu: self-test: " kind " " what ": " verdict "\n"

/* A line for each check, and one for all. */
static void self_test(void **state)
{
	(void)state;
	machine_start(MACHINE_AMD_2);
	assert_string_equal(
	    machine.console,
	    VERDICT("amd", "counts instructions", "passed")
		VERDICT("amd", "counts twice the work twice", "passed")
		    VERDICT("amd", "stands still while stopped", "passed")
			VERDICT("amd", "tells user mode from the kernel", "passed")
			    VERDICT("amd", "has every counter count the same", "passed")
				VERDICT("amd", "interrupts at overflow", "passed")
				    VERDICT("amd", "loses no overflow",
					    "passed") "pmu: self-test: passed, amd is used\n");
	machine_start_broken(&(struct machine){.lose_nmi = true});
	assert_non_null(strstr(machine.console, VERDICT("intel", "counts instructions", "passed")));
	assert_non_null(
	    strstr(machine.console, VERDICT("intel", "interrupts at overflow", "FAILED")));
	assert_non_null(
	    strstr(machine.console, "pmu: self-test: intel FAILED, the clock is used instead\n"));
	/* The last counter is dead. */
	machine_start_broken(
	    &(struct machine){.kind = MACHINE_AMD_LEGACY, .dropped_write = 0xc0010003});
	assert_non_null(
	    strstr(machine.console, VERDICT("amd", "has every counter count the same", "FAILED")));
}

/* Firmware left a counter running: that is said, and the counter is ours. */
static void firmware(void **state)
{
	const struct machine held[] = {
	    {.firmware_msr = VPMU_MSR_PERFEVTSEL0 + 1, .firmware_value = 0x5300c0},
	    {.kind = MACHINE_V1, .firmware_msr = VPMU_MSR_PERFEVTSEL0, .firmware_value = 0x5300c0},
	    {.kind = MACHINE_V4, .firmware_msr = VPMU_MSR_FIXED_CTR_CTRL, .firmware_value = 0xb},
	    {.kind = MACHINE_AMD_2, .firmware_msr = 0xc0010206, .firmware_value = 0x5300c0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
		struct pmu_event e;

		machine_start_broken(&held[i]);
		assert_non_null(strstr(machine.console, "pmu: cpu0: firmware was using the "
							"counters; taken over\n"));
		assert_int_equal(event_init(&e, PERF_TYPE_RAW, 0xc0, 1000), KERN_SUCCESS);
		event_add(&e);
		machine_run(5500, true);
		event_remove(&e);
		assert_int_equal(e.count, 5500);
		assert_int_equal(machine.nr_overflows, 5);
	}
	machine_start(MACHINE_EMULATOR);
	assert_null(strstr(machine.console, "firmware"));
}

/* A hypervisor that announces counters and has none, or whose counters read
   zero whatever is written: that is said, and the clock is used. */
static void hypervisor(void **state)
{
	const struct machine broken[] = {
	    {.kind = MACHINE_DEAF},
	    {.zero_read = VPMU_MSR_PMC0},
	    {.kind = MACHINE_AMD_2, .zero_read = 0xc0010201},
	    {.kind = MACHINE_ZHAOXIN, .zero_read = VPMU_MSR_PERFEVTSEL0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct pmu_description d;

		machine_start_broken(&broken[i]);
		assert_non_null(strstr(machine.console,
				       "counters are announced, but do not keep what is written"));
		assert_non_null(
		    strstr(machine.console, "pmu: no hardware counters; the clock is used\n"));
		pmu_describe(&d);
		assert_int_equal(d.kind, PERF_PMU_CLOCK);
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
	    TEST(emulator),	 TEST(version_1), TEST(denied_events), TEST(other_model),
	    TEST(none),		 TEST(names),	  TEST(clock_rates),   TEST(kinds),
	    TEST(no_full_width), TEST(self_test), TEST(firmware),      TEST(hypervisor),
	};

	return cmocka_run_group_tests_name("pmu-detection", tests, NULL, NULL);
}
