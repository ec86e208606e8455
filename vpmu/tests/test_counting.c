/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting and overflow. */
#include "unit.h"

#include "vpmu.h"

#define USR    0x010000
#define OS     0x020000
#define INT    0x100000
#define EN     0x400000
#define ALL    (USR | OS | EN)
#define FREEZE (1 << 12)
#define TOP    0x1000000000000 /* 2^48 */

static struct vpmu vpmu;
static unsigned int pmis;
static uint64_t steps_at_pmi;
static uint32_t reload; /* written to PMC0 at each interrupt; 0: nothing */

static uint64_t read_msr(uint32_t msr)
{
	uint64_t value = 0xdead;

	assert_int_equal(vpmu_rdmsr(&vpmu, msr, &value), VPMU_ACCESS_OK);
	return value;
}

static void write_msr(uint32_t msr, uint64_t value)
{
	assert_int_equal(vpmu_wrmsr(&vpmu, msr, value), VPMU_ACCESS_OK);
}

static void on_pmi(void *opaque)
{
	assert_ptr_equal(opaque, &pmis);
	pmis++;
	steps_at_pmi = vpmu.steps;
	if (reload != 0) {
		write_msr(0x390, 1);
		write_msr(0xc1, reload);
	}
}

static int power_on(void **state)
{
	static const struct vpmu_config config = {.pmi = on_pmi, .opaque = &pmis};

	(void)state;
	pmis = 0;
	reload = 0;
	vpmu_init(&vpmu, &config);
	return 0;
}

static void test_rings(void **state)
{
	(void)state;
	write_msr(0x186, 0xc0 | USR | EN);
	write_msr(0x187, 0xc0 | OS | EN);
	write_msr(0x188, 0xc0 | ALL);
	write_msr(0x189, 0xc0 | EN); /* no ring: counts nothing */
	vpmu_advance(&vpmu, 100, 0);
	vpmu_advance(&vpmu, 20, 3);
	vpmu_advance(&vpmu, 3, 1); /* rings 1 and 2 count as user */
	assert_int_equal(read_msr(0xc1), 23);
	assert_int_equal(read_msr(0xc2), 100);
	assert_int_equal(read_msr(0xc3), 123);
	assert_int_equal(read_msr(0xc4), 0);
}

static void test_enables(void **state)
{
	(void)state;
	write_msr(0x186, 0xc0 | USR | OS); /* EN is clear */
	vpmu_advance(&vpmu, 10, 0);
	write_msr(0x186, 0xc0 | ALL);
	vpmu_advance(&vpmu, 10, 0);
	write_msr(0x38f, 0); /* off as a whole */
	vpmu_advance(&vpmu, 10, 0);
	write_msr(0x38f, 1);
	vpmu_advance(&vpmu, 10, 0);
	assert_int_equal(read_msr(0xc1), 20);
}

static void test_fixed_counters(void **state)
{
	(void)state;
	write_msr(0x38d, 0x231); /* instructions OS, cycles OS+USR, reference USR */
	write_msr(0x38f, UINT64_C(7) << 32);
	vpmu_advance(&vpmu, 100, 0);
	vpmu_advance(&vpmu, 20, 3);
	vpmu_event(&vpmu, VPMU_CYCLES, 7, 3); /* a penalty */
	assert_int_equal(read_msr(0x309), 100);
	assert_int_equal(read_msr(0x30a), 127);
	assert_int_equal(read_msr(0x30b), 27);
}

static void test_every_event(void **state)
{
	static const struct {
		uint32_t code;
		enum vpmu_event event;
	} events[] = {
	    {0x003c, VPMU_CYCLES},	  {0x013c, VPMU_CYCLES},       {0x00c0, VPMU_INSTRUCTIONS},
	    {0x4f2e, VPMU_LLC_REFS},	  {0x412e, VPMU_LLC_MISSES},   {0x00c4, VPMU_BRANCHES},
	    {0x00c5, VPMU_BRANCH_MISSES}, {0x0151, VPMU_L1D_MISSES},   {0x0149, VPMU_DTLB_MISSES},
	    {0x010b, VPMU_LOADS},	  {0x020b, VPMU_STORES},       {0x0280, VPMU_L1I_MISSES},
	    {0x0185, VPMU_ITLB_MISSES},	  {0x0380, VPMU_INSTRUCTIONS}, {0x01c0, VPMU_INSTRUCTIONS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		write_msr(0x38f, 0);
		write_msr(0xc1, 0);
		write_msr(0x186, events[i].code | ALL);
		write_msr(0x38f, 1);
		for (unsigned int e = 0; e < VPMU_NR_EVENTS; e++)
			vpmu_event(&vpmu, e, e == events[i].event ? 5 : 1000, 3);
		assert_int_equal(read_msr(0xc1), 5);
	}
}

/* What is not modelled counts nothing.  Ten instructions, one a cycle: a mask of
   one counts as none, one of two is never reached and, inverted, always missed;
   without a mask inversion does nothing; they are one row of cycles.  More in
   test_filter.c. */
static void test_modifiers(void **state)
{
	static const struct {
		uint64_t select;
		uint64_t count;
	} rows[] = {
	    {0xc0 | ALL | UINT64_C(1) << 24, 10}, /* cmask 1 */
	    {0xc0 | ALL | UINT64_C(2) << 24, 0},  /* cmask 2 */
	    {0xc0 | ALL | 2 << 24 | 1 << 23, 10}, /* cmask 2, inv */
	    {0xc0 | ALL | 1 << 23, 10},		  /* inv */
	    {0xc0 | ALL | 1 << 18, 1},		  /* edge */
	    {0x02c0 | ALL, 0},			  /* no such unit mask */
	    {0xff | ALL, 0},			  /* no such event */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_msr(0xc1, 0);
		write_msr(0x186, rows[i].select);
		vpmu_advance(&vpmu, 10, 0);
		assert_int_equal(read_msr(0xc1), rows[i].count);
	}
}

/* A counter runs on while another event's selection changes. */
static void test_unrelated_writes(void **state)
{
	(void)state;
	write_msr(0x186, 0xc0 | ALL);
	vpmu_advance(&vpmu, 10, 0);
	write_msr(0x187, 0xc4 | ALL);
	vpmu_advance(&vpmu, 10, 0);
	write_msr(0xc2, 5);
	vpmu_advance(&vpmu, 10, 0);
	assert_int_equal(read_msr(0xc1), 30);
}

static void test_overflow_status(void **state)
{
	(void)state;
	write_msr(0x186, 0xc0 | ALL);
	write_msr(0xc1, (uint64_t)-10);
	vpmu_advance(&vpmu, 9, 0);
	assert_int_equal(read_msr(0xc1), TOP - 1);
	assert_int_equal(read_msr(0x38e), 0);
	vpmu_advance(&vpmu, 1, 0);
	assert_int_equal(read_msr(0xc1), 0);
	assert_int_equal(read_msr(0x38e), 1);
	assert_int_equal(pmis, 0); /* INT is clear */
	assert_int_equal(vpmu.counters[0].overflows, 1);
	write_msr(0x390, 1);
	assert_int_equal(read_msr(0x38e), 0);
}

static void test_interrupt_at_the_exact_instruction(void **state)
{
	(void)state;
	write_msr(0x186, 0xc0 | ALL | INT);
	write_msr(0xc1, (uint64_t)-1000);
	vpmu_advance(&vpmu, 999, 3);
	assert_int_equal(pmis, 0);
	vpmu_advance(&vpmu, 5000, 3);
	assert_int_equal(pmis, 1);
	assert_int_equal(steps_at_pmi, 1000);
	assert_int_equal(read_msr(0xc1), 4999);
}

static void test_reload(void **state)
{
	(void)state;
	reload = (uint32_t)-100;
	write_msr(0x186, 0xc0 | ALL | INT);
	write_msr(0xc1, reload);
	vpmu_advance(&vpmu, 1050, 3);
	assert_int_equal(pmis, 10);
	assert_int_equal(steps_at_pmi, 1000);
	assert_int_equal(read_msr(0xc1), TOP - 50);
	assert_int_equal(vpmu.counters[0].overflows, 10);
	assert_int_equal(vpmu.counters[0].pmis, 10);
	assert_int_equal(vpmu.stats.overflows[VPMU_INSTRUCTIONS], 10);
}

static void test_event_overflow(void **state)
{
	(void)state;
	reload = (uint32_t)-3;
	write_msr(0x186, 0x412e | USR | EN | INT);
	write_msr(0xc1, reload);
	vpmu_event(&vpmu, VPMU_LLC_MISSES, 100, 0); /* the wrong ring */
	assert_int_equal(pmis, 0);
	vpmu_event(&vpmu, VPMU_LLC_MISSES, 7, 3);
	assert_int_equal(pmis, 2);
	assert_int_equal(read_msr(0xc1), TOP - 2);
}

/* Two counters at once: one interrupt, two overflows. */
static void test_overflow_together(void **state)
{
	(void)state;
	write_msr(0x186, 0xc0 | ALL | INT);
	write_msr(0x38d, 0xb);
	write_msr(0x38f, 0x100000001);
	write_msr(0xc1, (uint64_t)-50);
	write_msr(0x309, TOP - 50);
	vpmu_advance(&vpmu, 50, 0);
	assert_int_equal(pmis, 1);
	assert_int_equal(read_msr(0x38e), 0x100000001);
	assert_int_equal(vpmu.counters[0].overflows, 1);
	assert_int_equal(vpmu.counters[VPMU_FIRST_FIXED].overflows, 1);
	assert_int_equal(vpmu.stats.pmis, 1);
	write_msr(0x390, UINT64_C(1) << 32);
	assert_int_equal(read_msr(0x38e), 1);
}

/* A period that ends in the other ring waits for its own. */
static void test_overflow_across_rings(void **state)
{
	(void)state;
	write_msr(0x186, 0xc0 | USR | EN | INT);
	write_msr(0xc1, (uint64_t)-10);
	vpmu_advance(&vpmu, 9, 3);
	vpmu_advance(&vpmu, 1000, 0);
	assert_int_equal(pmis, 0);
	vpmu_advance(&vpmu, 1, 3);
	assert_int_equal(pmis, 1);
}

static void test_freeze_on_pmi(void **state)
{
	(void)state;
	write_msr(0x1d9, FREEZE);
	write_msr(0x186, 0xc0 | ALL | INT);
	write_msr(0xc1, (uint64_t)-10);
	vpmu_advance(&vpmu, 100, 0);
	assert_int_equal(pmis, 1);
	assert_int_equal(read_msr(0x38f), 0);
	assert_int_equal(read_msr(0xc1), 0);
}

/* What the emulator asks: how far may this ring run? */
static void test_room(void **state)
{
	(void)state;
	assert_int_equal(vpmu_arm(&vpmu, 0), VPMU_FAR);
	write_msr(0x186, 0xc0 | USR | EN | INT);
	write_msr(0xc1, (uint64_t)-100);
	write_msr(0x187, 0x3c | ALL);
	write_msr(0xc2, (uint64_t)-70);
	assert_int_equal(vpmu_arm(&vpmu, 1), 70);
	assert_int_equal(vpmu_arm(&vpmu, 0), 70);
	vpmu_count_steps(&vpmu, 30, 20, 1); /* 10 instructions, 30 cycles */
	assert_int_equal(vpmu_arm(&vpmu, 1), 40);
	write_msr(0x187, 0);
	assert_int_equal(vpmu_arm(&vpmu, 1), 90);
	assert_int_equal(vpmu_arm(&vpmu, 0), VPMU_FAR);
}

static void test_model_reset_zeroes_overflows(void **state)
{
	(void)state;
	write_msr(0x186, 0xc0 | ALL | INT);
	write_msr(0xc1, (uint64_t)-1);
	vpmu_advance(&vpmu, 1, 0);
	assert_int_equal(vpmu.counters[0].overflows, 1);
	write_msr(0x4d500000, 0);
	assert_int_equal(vpmu.counters[0].overflows, 0);
	assert_int_equal(vpmu.counters[0].pmis, 0);
	assert_int_equal(vpmu.stats.overflows[VPMU_INSTRUCTIONS], 0);
}

/* From the delivery to the return; what runs outside is not counted. */
static void test_nmi(void **state)
{
	const struct vpmu_span *sum = &vpmu.stats.in_nmi;

	(void)state;
	vpmu_nmi_end(&vpmu); /* of nothing */
	assert_int_equal(vpmu.stats.nmis, 0);
	for (unsigned int i = 0; i < 2; i++) {
		vpmu_advance(&vpmu, 1000, 3);
		vpmu.stats.lapic_accesses += 7;
		vpmu_nmi_begin(&vpmu);
		vpmu_count_steps(&vpmu, 30, 20, 0);
		vpmu_count_steps(&vpmu, 5, 0, 1);
		vpmu.stats.msr_reads += 1;
		vpmu.stats.msr_writes += 2;
		vpmu.stats.lapic_accesses += 4;
		vpmu_nmi_end(&vpmu);
		vpmu_advance(&vpmu, 100, 0);
		vpmu_nmi_end(&vpmu);
	}
	assert_int_equal(vpmu.stats.nmis, 2);
	assert_int_equal(sum->steps, 70);
	assert_int_equal(sum->instructions, 30);
	assert_int_equal(sum->msr_accesses, 6);
	assert_int_equal(sum->lapic_accesses, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_rings, power_on),
	    cmocka_unit_test_setup(test_enables, power_on),
	    cmocka_unit_test_setup(test_fixed_counters, power_on),
	    cmocka_unit_test_setup(test_every_event, power_on),
	    cmocka_unit_test_setup(test_modifiers, power_on),
	    cmocka_unit_test_setup(test_unrelated_writes, power_on),
	    cmocka_unit_test_setup(test_overflow_status, power_on),
	    cmocka_unit_test_setup(test_interrupt_at_the_exact_instruction, power_on),
	    cmocka_unit_test_setup(test_reload, power_on),
	    cmocka_unit_test_setup(test_event_overflow, power_on),
	    cmocka_unit_test_setup(test_overflow_together, power_on),
	    cmocka_unit_test_setup(test_overflow_across_rings, power_on),
	    cmocka_unit_test_setup(test_freeze_on_pmi, power_on),
	    cmocka_unit_test_setup(test_room, power_on),
	    cmocka_unit_test_setup(test_nmi, power_on),
	    cmocka_unit_test_setup(test_model_reset_zeroes_overflows, power_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
