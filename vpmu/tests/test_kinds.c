/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sets the kinds of PMU apart.  Addresses and bits are written out again
   on purpose: a slip in the model must not agree with itself. */
#include "unit.h"

#include "vpmu.h"

#define BIT(n) (UINT64_C(1) << (n))

static struct vpmu vpmu;
static unsigned int pmis;

static void on_pmi(void *opaque)
{
	(void)opaque;
	pmis++;
}

static void power_on(enum vpmu_kind kind)
{
	const struct vpmu_config config = {.kind = kind, .pmi = on_pmi};

	pmis = 0;
	vpmu_init(&vpmu, &config);
}

static uint64_t read_msr(uint32_t msr)
{
	uint64_t value = 0xdead;

	assert_int_equal(vpmu_rdmsr(&vpmu, msr, &value), VPMU_ACCESS_OK);
	return value;
}

#define assert_write(msr, value) assert_int_equal(vpmu_wrmsr(&vpmu, msr, value), VPMU_ACCESS_OK)
#define assert_gp(msr, value)	 assert_int_equal(vpmu_wrmsr(&vpmu, msr, value), VPMU_ACCESS_FAULT)

static void assert_none(uint32_t msr)
{
	uint64_t value;

	assert_int_equal(vpmu_rdmsr(&vpmu, msr, &value), VPMU_ACCESS_UNKNOWN);
	assert_int_equal(vpmu_wrmsr(&vpmu, msr, 0), VPMU_ACCESS_UNKNOWN);
}

static void test_intel_cpuid(void **state)
{
	static const struct {
		enum vpmu_kind kind;
		uint32_t eax, ecx, edx;
		bool capabilities;
	} rows[] = {
	    {VPMU_INTEL_1, 0x07280201, 0, 0, false},
	    {VPMU_INTEL_2, 0x07300402, 0, 3 | 48 << 5, false},
	    {VPMU_INTEL_3, 0x07300403, 0, 3 | 48 << 5, true},
	    {VPMU_INTEL_4, 0x07300404, 0, 3 | 48 << 5, true},
	    {VPMU_INTEL_5, 0x07300805, 0xb, 2 | 48 << 5 | 1 << 15, true},
	    {VPMU_ZHAOXIN, 0x07300402, 0, 3 | 48 << 5, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t regs[4], features[4] = {0, 0, 0x8001, 0};

		power_on(rows[i].kind);
		assert_true(vpmu_cpuid(&vpmu, 0xa, regs));
		assert_int_equal(regs[0], rows[i].eax);
		assert_int_equal(regs[1], 0);
		assert_int_equal(regs[2], rows[i].ecx);
		assert_int_equal(regs[3], rows[i].edx);
		vpmu_cpuid_features(&vpmu, 1, features);
		assert_int_equal(features[2], rows[i].capabilities ? 0x8001 : 1);
		assert_int_equal(read_msr(0x345), rows[i].capabilities ? BIT(13) : 0);
		assert_false(vpmu_cpuid(&vpmu, 0x80000022, regs));
	}
}

static void test_amd_cpuid(void **state)
{
	uint32_t regs[4];

	(void)state;
	for (enum vpmu_kind kind = VPMU_AMD_LEGACY; kind <= VPMU_AMD_2; kind++) {
		uint32_t features[4] = {0, 0, BIT(28) | BIT(24) | BIT(23) | 1, 0};
		uint32_t maximum[4] = {0x80000008, 0, 0, 0};

		power_on(kind);
		assert_false(vpmu_cpuid(&vpmu, 0xa, regs));
		vpmu_cpuid_features(&vpmu, 0x80000001, features);
		assert_int_equal(features[2], kind == VPMU_AMD_LEGACY ? 1 : BIT(23) | 1);
		vpmu_cpuid_features(&vpmu, 0x80000000, maximum);
		assert_int_equal(maximum[0], kind == VPMU_AMD_2 ? 0x80000022 : 0x80000008);
		assert_int_equal(vpmu_cpuid(&vpmu, 0x80000022, regs), kind == VPMU_AMD_2);
	}
	assert_int_equal(regs[0], 1);
	assert_int_equal(regs[1], 6);
}

static void test_version_1(void **state)
{
	(void)state;
	power_on(VPMU_INTEL_1);
	assert_none(0xc3);
	assert_none(0x188);
	for (uint32_t msr = 0x309; msr <= 0x30c; msr++)
		assert_none(msr);
	for (uint32_t msr = 0x38d; msr <= 0x392; msr++)
		assert_none(msr);
	/* The enable bit is all that is needed; it wraps at 2^40. */
	assert_write(0x186, 0xc0 | BIT(16) | BIT(17) | BIT(20) | BIT(22));
	assert_write(0xc1, (uint64_t)-100);
	assert_int_equal(read_msr(0xc1), BIT(40) - 100);
	vpmu_advance(&vpmu, 150, 3);
	assert_int_equal(read_msr(0xc1), 50);
	assert_int_equal(pmis, 1);
}

static void test_full_width(void **state)
{
	(void)state;
	power_on(VPMU_INTEL_2);
	assert_none(0x4c1);
	power_on(VPMU_INTEL_3);
	assert_write(0x4c1 + 3, BIT(47) + 5);
	assert_int_equal(read_msr(0xc1 + 3), BIT(47) + 5);
	assert_int_equal(read_msr(0x4c1 + 3), BIT(47) + 5);
	assert_gp(0x4c1, BIT(48));
	assert_gp(0x4c1, (uint64_t)-5);
	assert_none(0x4c5);
	/* The old address is as it always was. */
	assert_write(0xc1, 0x80000000);
	assert_int_equal(read_msr(0x4c1), 0xffff80000000);
	/* Zhaoxin's takes it all. */
	power_on(VPMU_ZHAOXIN);
	assert_none(0x4c1);
	assert_write(0xc1, BIT(47) + 5);
	assert_int_equal(read_msr(0xc1), BIT(47) + 5);
	assert_write(0xc1, 0x80000000);
	assert_int_equal(read_msr(0xc1), 0x80000000);
}

static void test_any_thread(void **state)
{
	(void)state;
	for (enum vpmu_kind kind = VPMU_INTEL_2; kind <= VPMU_INTEL_5; kind++) {
		bool may = kind == VPMU_INTEL_3 || kind == VPMU_INTEL_4;
		enum vpmu_access wanted = may ? VPMU_ACCESS_OK : VPMU_ACCESS_FAULT;

		power_on(kind);
		assert_int_equal(vpmu_wrmsr(&vpmu, 0x186, BIT(21)), wanted);
		if (kind != VPMU_INTEL_1)
			assert_int_equal(vpmu_wrmsr(&vpmu, 0x38d, 4), wanted);
	}
}

/* Fixed counter 2 is not there; 3, beyond the gap, is. */
static void test_fixed_bitmap(void **state)
{
	uint64_t value;

	(void)state;
	power_on(VPMU_INTEL_5);
	assert_none(0x30b);
	assert_gp(0x38d, 0x100);
	assert_gp(0x38f, BIT(34));
	assert_gp(0x390, BIT(34));
	assert_false(vpmu_rdpmc(&vpmu, BIT(30) | 2, &value));
	assert_write(0x30c, BIT(48) - 10);
	assert_write(0x38d, 0xb003);
	assert_write(0x38f, 0xff | BIT(32) | BIT(33) | BIT(35));
	vpmu_advance(&vpmu, 30, 3);
	assert_int_equal(read_msr(0x30c), 20);
	assert_int_equal(read_msr(0x309), 30);
	assert_int_equal(read_msr(0x38e), BIT(35));
	assert_int_equal(pmis, 1);
	assert_true(vpmu_rdpmc(&vpmu, BIT(30) | 3, &value));
	assert_int_equal(value, 20);
	assert_write(0xc8, 7);
	assert_none(0xc9);
}

static void test_set_status(void **state)
{
	(void)state;
	power_on(VPMU_INTEL_3);
	assert_none(0x391);
	assert_none(0x392);
	assert_gp(0x390, BIT(59));
	power_on(VPMU_INTEL_4);
	assert_write(0x391, BIT(2) | BIT(33) | BIT(58));
	assert_int_equal(read_msr(0x38e), BIT(2) | BIT(33) | BIT(58));
	assert_int_equal(read_msr(0x391), 0);
	assert_write(0x390, BIT(33) | BIT(58));
	assert_int_equal(read_msr(0x38e), BIT(2));
	assert_gp(0x391, BIT(4));
	assert_gp(0x391, BIT(63));
}

static void test_in_use(void **state)
{
	(void)state;
	power_on(VPMU_INTEL_4);
	assert_int_equal(read_msr(0x392), 0);
	assert_write(0x188, 0xc0);
	assert_int_equal(read_msr(0x392), BIT(2));
	assert_write(0x38d, 0x20);
	assert_int_equal(read_msr(0x392), BIT(2) | BIT(33));
	assert_write(0x38d, 0xa0);
	assert_int_equal(read_msr(0x392), BIT(2) | BIT(33) | BIT(63));
	assert_gp(0x392, 0);
}

/* A streamlined freeze leaves GLOBAL_CTRL alone and ends when its status bit
   is reset; every counter stands still meanwhile. */
static void test_streamlined_freeze(void **state)
{
	static const struct {
		enum vpmu_kind kind;
		uint32_t select, counter, control, status, clear, code;
	} rows[] = {
	    {VPMU_INTEL_4, 0x186, 0xc1, 0x38f, 0x38e, 0x390, 0xc0},
	    {VPMU_AMD_2, 0xc0010200, 0xc0010201, 0xc0000301, 0xc0000300, 0xc0000302, 0xc0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		power_on(rows[i].kind);
		assert_write(0x1d9, BIT(12));
		assert_write(rows[i].control, 1);
		assert_write(rows[i].select, rows[i].code | BIT(16) | BIT(20) | BIT(22));
		assert_write(rows[i].counter, 0xffffffffffff - 9);
		vpmu_advance(&vpmu, 100, 3);
		assert_int_equal(pmis, 1);
		assert_int_equal(read_msr(rows[i].counter), 0);
		assert_int_equal(read_msr(rows[i].control), 1);
		assert_int_equal(read_msr(rows[i].status), BIT(59) | 1);
		assert_write(rows[i].clear, 1);
		vpmu_advance(&vpmu, 100, 3);
		assert_int_equal(read_msr(rows[i].counter), 0);
		assert_write(rows[i].clear, BIT(59));
		vpmu_advance(&vpmu, 100, 3);
		assert_int_equal(read_msr(rows[i].counter), 100);
	}
}

static void test_amd_registers(void **state)
{
	uint64_t value;

	(void)state;
	power_on(VPMU_AMD_LEGACY);
	for (uint32_t i = 0; i < 4; i++) {
		assert_write(0xc0010000 + i, 0x300 + i);
		assert_write(0xc0010004 + i, BIT(60) | BIT(47) | i);
	}
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(read_msr(0xc0010000 + i), 0x300 + i);
		assert_int_equal(read_msr(0xc0010004 + i), BIT(47) | i);
	}
	assert_none(0xc0010008);
	assert_none(0xc0010200);
	assert_none(0xc1);
	assert_none(0x186);
	assert_none(0x345);
	assert_gp(0x1d9, BIT(12));
	for (unsigned int bit = 0; bit < 64; bit++) {
		bool known = bit <= 35 && bit != 19 && bit != 21;

		assert_int_equal(vpmu_wrmsr(&vpmu, 0xc0010000, BIT(bit)),
				 known ? VPMU_ACCESS_OK : VPMU_ACCESS_FAULT);
	}

	power_on(VPMU_AMD_CORE);
	for (uint32_t i = 0; i < 6; i++) {
		assert_write(0xc0010200 + 2 * i, 0x100 + i);
		assert_write(0xc0010201 + 2 * i, 77 + i);
	}
	assert_int_equal(read_msr(0xc0010003), 0x103); /* the old ones are the same */
	assert_int_equal(read_msr(0xc0010007), 80);
	assert_int_equal(read_msr(0xc001020a), 0x105);
	assert_none(0xc001020c);
	assert_none(0xc0000300);
	assert_true(vpmu_rdpmc(&vpmu, 5, &value));
	assert_int_equal(value, 82);
	assert_false(vpmu_rdpmc(&vpmu, 6, &value));
	assert_false(vpmu_rdpmc(&vpmu, BIT(30), &value));

	power_on(VPMU_AMD_2);
	assert_int_equal(read_msr(0xc0000301), 0x3f);
	assert_gp(0xc0000301, 0x40);
	assert_gp(0xc0000300, 0);
	assert_gp(0xc0000302, 0x40);
	assert_int_equal(read_msr(0xc0000302), 0);
}

/* Without global registers overflow shows in the interrupt alone; with them
   the counters need their bit. */
static void test_amd_overflow(void **state)
{
	const uint64_t select = 0xc0 | BIT(17) | BIT(20) | BIT(22);

	(void)state;
	power_on(VPMU_AMD_CORE);
	assert_write(0xc001020a, select);
	assert_write(0xc001020b, BIT(48) - 10);
	vpmu_advance(&vpmu, 9, 0);
	assert_int_equal(pmis, 0);
	vpmu_advance(&vpmu, 2, 0);
	assert_int_equal(pmis, 1);
	assert_int_equal(read_msr(0xc001020b), 1);

	power_on(VPMU_AMD_2);
	assert_write(0xc0000301, 0x1f);
	assert_write(0xc001020a, select);
	assert_write(0xc001020b, BIT(48) - 10);
	vpmu_advance(&vpmu, 20, 0);
	assert_int_equal(read_msr(0xc001020b), BIT(48) - 10);
	assert_write(0xc0000301, 0x20);
	vpmu_advance(&vpmu, 20, 0);
	assert_int_equal(read_msr(0xc001020b), 10);
	assert_int_equal(read_msr(0xc0000300), 0x20);
	assert_write(0xc0000302, 0x20);
	assert_int_equal(read_msr(0xc0000300), 0);
}

static void test_events_of_others(void **state)
{
	static const struct {
		enum vpmu_kind kind;
		uint64_t code;
		enum vpmu_event event;
	} rows[] = {
	    {VPMU_AMD_LEGACY, 0x76, VPMU_CYCLES},
	    {VPMU_AMD_LEGACY, 0xc2, VPMU_BRANCHES},
	    {VPMU_AMD_LEGACY, 0xc3, VPMU_BRANCH_MISSES},
	    {VPMU_AMD_LEGACY, 0x141, VPMU_L1D_MISSES},
	    {VPMU_AMD_LEGACY, 0x77d, VPMU_LLC_REFS},
	    {VPMU_AMD_LEGACY, 0x77e, VPMU_LLC_MISSES},
	    {VPMU_AMD_LEGACY, 0x746, VPMU_DTLB_MISSES},
	    {VPMU_AMD_2, 0x76, VPMU_CYCLES},
	    {VPMU_AMD_2, UINT64_C(0x100000120), VPMU_CYCLES},
	    {VPMU_AMD_2, 0x129, VPMU_LOADS},
	    {VPMU_AMD_2, 0x229, VPMU_STORES},
	    {VPMU_AMD_CORE, 0xc860, VPMU_L1D_MISSES},
	    {VPMU_AMD_CORE, 0xff60, VPMU_LLC_REFS},
	    {VPMU_AMD_CORE, 0x964, VPMU_LLC_MISSES},
	    {VPMU_AMD_CORE, 0xf045, VPMU_DTLB_MISSES},
	    {VPMU_ZHAOXIN, 0x82, VPMU_CYCLES},
	    {VPMU_ZHAOXIN, 0x700, VPMU_BRANCHES},
	    {VPMU_ZHAOXIN, 0x42, VPMU_LOADS},
	    {VPMU_ZHAOXIN, 0x3c, VPMU_NO_EVENT},
	    /* Intel's codes mean nothing here. */
	    {VPMU_AMD_2, 0x3c, VPMU_NO_EVENT},
	    {VPMU_AMD_2, 0x120, VPMU_NO_EVENT},
	    {VPMU_AMD_LEGACY, 0xc5, VPMU_NO_EVENT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool amd = rows[i].kind != VPMU_ZHAOXIN;

		power_on(rows[i].kind);
		assert_write(amd ? 0xc0010001 : 0x187, rows[i].code | BIT(16) | BIT(22));
		for (enum vpmu_event e = 0; e < VPMU_NR_EVENTS; e++)
			vpmu_event(&vpmu, e, e == rows[i].event ? 5 : 100, 3);
		assert_int_equal(read_msr(amd ? 0xc0010005 : 0xc2),
				 rows[i].event == VPMU_NO_EVENT ? 0 : 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_intel_cpuid),	       cmocka_unit_test(test_amd_cpuid),
	    cmocka_unit_test(test_version_1),	       cmocka_unit_test(test_full_width),
	    cmocka_unit_test(test_any_thread),	       cmocka_unit_test(test_fixed_bitmap),
	    cmocka_unit_test(test_set_status),	       cmocka_unit_test(test_in_use),
	    cmocka_unit_test(test_streamlined_freeze), cmocka_unit_test(test_amd_registers),
	    cmocka_unit_test(test_amd_overflow),       cmocka_unit_test(test_events_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
