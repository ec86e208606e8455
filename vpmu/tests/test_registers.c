/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PMU's registers against the SDM.  The addresses and bits are written
   out here again, on purpose: a slip in the model must not agree with itself. */
#include "unit.h"

#include "vpmu.h"

static struct vpmu vpmu;
static unsigned int forgotten;

static void forget(void *opaque)
{
	(void)opaque;
	forgotten++;
}

static int power_on(void **state)
{
	static const struct vpmu_config config = {
	    .icount_shift = 3, .tsc_khz = 1000000, .forget = forget};

	(void)state;
	forgotten = 0;
	vpmu_init(&vpmu, &config);
	return 0;
}

static uint64_t read_msr(uint32_t msr)
{
	uint64_t value = 0xdead;

	assert_int_equal(vpmu_rdmsr(&vpmu, msr, &value), VPMU_ACCESS_OK);
	return value;
}

#define assert_write(msr, value) assert_int_equal(vpmu_wrmsr(&vpmu, msr, value), VPMU_ACCESS_OK)
#define assert_gp(msr, value)	 assert_int_equal(vpmu_wrmsr(&vpmu, msr, value), VPMU_ACCESS_FAULT)

static void test_cpuid(void **state)
{
	uint32_t regs[4];

	(void)state;
	assert_true(vpmu_cpuid(&vpmu, 0xa, regs));
	assert_int_equal(regs[0] & 0xff, 2);	    /* version */
	assert_int_equal(regs[0] >> 8 & 0xff, 4);   /* general counters */
	assert_int_equal(regs[0] >> 16 & 0xff, 48); /* their width */
	assert_int_equal(regs[0] >> 24, 7);	    /* events in ebx */
	assert_int_equal(regs[1], 0);		    /* none missing */
	assert_int_equal(regs[3] & 0x1f, 3);	    /* fixed counters */
	assert_int_equal(regs[3] >> 5 & 0xff, 48);  /* their width */
	assert_true(vpmu_cpuid(&vpmu, 0x4d500000, regs));
	assert_int_equal(regs[0], 2);
	assert_memory_equal(&regs[1], "machperfvpmu", 12);
	assert_true(vpmu_cpuid(&vpmu, 0x4d500001, regs));
	assert_int_equal(regs[0], 3);
	assert_int_equal(regs[1], 1000000);
	assert_int_equal(regs[2], 0x4d500000);
	assert_int_equal(regs[3], 0xb80);
	assert_false(vpmu_cpuid(&vpmu, 1, regs));
}

static void test_power_on(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(read_msr(0xc1 + i), 0);
		assert_int_equal(read_msr(0x186 + i), 0);
	}
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(read_msr(0x309 + i), 0);
	assert_int_equal(read_msr(0x38d), 0);
	assert_int_equal(read_msr(0x38e), 0);
	assert_int_equal(read_msr(0x38f), 0xf);
	assert_int_equal(read_msr(0x390), 0);
}

static void test_unknown(void **state)
{
	static const uint32_t others[] = {0x10,	 0xc0,	0xc5,  0x185, 0x18a,
					  0x308, 0x30c, 0x391, 0x4c1};
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(vpmu_rdmsr(&vpmu, others[i], &value), VPMU_ACCESS_UNKNOWN);
		assert_int_equal(vpmu_wrmsr(&vpmu, others[i], 0), VPMU_ACCESS_UNKNOWN);
	}
}

/* Without full-width writes, 32 bits are written and bit 31 extended to 47. */
static void test_general_counter_writes(void **state)
{
	(void)state;
	assert_write(0xc1, 0x7fffffff);
	assert_int_equal(read_msr(0xc1), 0x7fffffff);
	assert_write(0xc2, 0x80000000);
	assert_int_equal(read_msr(0xc2), 0xffff80000000);
	assert_write(0xc3, UINT64_C(0x1234567800000001));
	assert_int_equal(read_msr(0xc3), 1);
	assert_write(0xc4, (uint64_t)-1000);
	assert_int_equal(read_msr(0xc4), 0x1000000000000 - 1000);
}

/* Fixed counters take all 48 bits, and nothing beyond. */
static void test_fixed_counter_writes(void **state)
{
	(void)state;
	assert_write(0x309, 0xffffffffffff);
	assert_int_equal(read_msr(0x309), 0xffffffffffff);
	assert_write(0x30b, 0x80000000);
	assert_int_equal(read_msr(0x30b), 0x80000000);
	assert_gp(0x30a, 0x1000000000000);
	assert_gp(0x30a, (uint64_t)-1000);
	assert_int_equal(read_msr(0x30a), 0);
}

static void test_reserved_bits(void **state)
{
	(void)state;
	assert_write(0x186, 0xffdfffff); /* all but bit 21, AnyThread */
	assert_gp(0x186, 1 << 21);
	assert_gp(0x189, UINT64_C(1) << 32);
	assert_int_equal(read_msr(0x186), 0xffdfffff);
	assert_write(0x38d, 0xbbb);
	for (unsigned int bit = 0; bit < 64; bit++) {
		bool known = bit < 12 && bit % 4 != 2; /* bits 2, 6, 10: AnyThread */

		assert_int_equal(vpmu_wrmsr(&vpmu, 0x38d, UINT64_C(1) << bit),
				 known ? VPMU_ACCESS_OK : VPMU_ACCESS_FAULT);
	}
	assert_int_equal(read_msr(0x38d), 0x800);
	assert_write(0x38f, 0x70000000f);
	assert_gp(0x38f, 0x10);
	assert_gp(0x38f, 0x800000000);
	assert_write(0x390, UINT64_C(0xc00000070000000f));
	assert_gp(0x390, 0x10);
	assert_gp(0x38e, 0); /* GLOBAL_STATUS is read-only */
	assert_gp(0x345, 0); /* so is PERF_CAPABILITIES */
	assert_gp(0x4d500001, 0);
	assert_gp(0x4d500002, 0);
	assert_gp(0x1d9, 1 << 2);
}

static void test_rdpmc(void **state)
{
	uint64_t value;

	(void)state;
	assert_write(0x38f, 0);
	assert_write(0xc1 + 3, (uint64_t)-2);
	assert_write(0x309 + 2, 77);
	assert_true(vpmu_rdpmc(&vpmu, 3, &value));
	assert_int_equal(value, 0xfffffffffffe);
	assert_true(vpmu_rdpmc(&vpmu, 1U << 31 | 3, &value)); /* fast: 32 bits */
	assert_int_equal(value, 0xfffffffe);
	assert_true(vpmu_rdpmc(&vpmu, 1U << 30 | 2, &value));
	assert_int_equal(value, 77);
	assert_false(vpmu_rdpmc(&vpmu, 4, &value));
	assert_false(vpmu_rdpmc(&vpmu, 1U << 30 | 3, &value));
	assert_false(vpmu_rdpmc(&vpmu, 1U << 29, &value));
}

static void test_model_reset(void **state)
{
	(void)state;
	assert_int_equal(read_msr(0x4d500000), 0);
	assert_int_equal(forgotten, 0);
	assert_write(0x4d500000, 1);
	assert_int_equal(forgotten, 1);
}

static void test_steps(void **state)
{
	(void)state;
	vpmu_advance(&vpmu, 1000, 0);
	vpmu_advance(&vpmu, 20, 3);
	vpmu_count_steps(&vpmu, 5, 4, 1);
	assert_int_equal(read_msr(0x4d500001), 1025);
	assert_int_equal(vpmu.total[VPMU_INSTRUCTIONS][1], 21);
	assert_int_equal(vpmu.stats.rep_iterations, 4);
}

/* RESET clears the registers; what the emulator counts for itself goes on. */
static void test_reset(void **state)
{
	(void)state;
	assert_write(0x186, 0x4300c0);
	assert_write(0x38f, 0x700000001);
	assert_write(0x38d, 0x333);
	vpmu_advance(&vpmu, 10, 0);
	vpmu_reset(&vpmu);
	test_power_on(state);
	assert_int_equal(read_msr(0x4d500001), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_cpuid, power_on),
	    cmocka_unit_test_setup(test_power_on, power_on),
	    cmocka_unit_test_setup(test_unknown, power_on),
	    cmocka_unit_test_setup(test_general_counter_writes, power_on),
	    cmocka_unit_test_setup(test_fixed_counter_writes, power_on),
	    cmocka_unit_test_setup(test_reserved_bits, power_on),
	    cmocka_unit_test_setup(test_rdpmc, power_on),
	    cmocka_unit_test_setup(test_model_reset, power_on),
	    cmocka_unit_test_setup(test_steps, power_on),
	    cmocka_unit_test_setup(test_reset, power_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
