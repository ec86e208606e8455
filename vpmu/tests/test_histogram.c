/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts by address: which instruction each count goes to. */
#include "unit.h"

#include "histogram.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EN	      0x400000
#define USR	      0x10000
#define OS	      0x20000
#define MISSES	      0x412e
#define INSTRUCTIONS  0x00c0
#define CYCLES	      0x003c
#define KERNEL	      0xffffffff81000000
#define ROOT_OF_ONE   0x1000
#define ROOT_OF_OTHER 0x2000

static struct vpmu pmu;
static struct vpmu_histogram histogram;
static struct vpmu_attribution attribution;
static uint64_t repeats;

static void select_event(unsigned int counter, uint64_t event)
{
	vpmu_wrmsr(&pmu, VPMU_MSR_PERFEVTSEL0 + counter, event);
	vpmu_attribution_settle(&attribution, repeats);
}

static int setup(void **state)
{
	static const struct vpmu_config config;

	(void)state;
	vpmu_init(&pmu, &config);
	repeats = 0;
	vpmu_attribution_init(&attribution, &pmu, &histogram);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vpmu_histogram_clear(&histogram);
	return 0;
}

static void begin(uint64_t address, uint64_t root, unsigned int ring)
{
	vpmu_attribution_begin(&attribution, address, root, ring, repeats);
}

/* What the histogram writes; free() it. */
static char *written(void)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	vpmu_attribution_settle(&attribution, repeats);
	assert_true(vpmu_histogram_write(&histogram, f));
	assert_int_equal(fclose(f), 0);
	return text;
}

static void assert_written(const char *wanted)
{
	char *text = written();

	assert_string_equal(text, wanted);
	free(text);
}

/* Each instruction has what was counted between its begin and the next; in
   order of space and address. */
static void test_instructions(void **state)
{
	(void)state;
	select_event(0, INSTRUCTIONS | USR | OS | EN);
	select_event(1, MISSES | USR | OS | EN);
	begin(0x400010, ROOT_OF_ONE, 1);
	vpmu_count(&pmu, VPMU_LLC_MISSES, 2, 1);
	begin(0x400000, ROOT_OF_ONE, 1);
	begin(KERNEL, ROOT_OF_ONE, 0);
	vpmu_count(&pmu, VPMU_LLC_MISSES, 1, 0);
	begin(0x400010, ROOT_OF_ONE, 1);
	begin(0x400010, ROOT_OF_OTHER, 1);
	begin(KERNEL, ROOT_OF_OTHER, 0);
	assert_written("vpmu-histogram 1\nevents instructions llc-misses\n"
		       "0 ffffffff81000000 2 1\n"
		       "1 400000 1 0\n1 400010 2 2\n2 400010 1 0\nend 4\n");
}

/* A counter counts in one ring: nothing of the other stands there. */
static void test_rings(void **state)
{
	(void)state;
	select_event(0, INSTRUCTIONS | USR | EN);
	begin(0x400000, ROOT_OF_ONE, 1);
	begin(KERNEL, ROOT_OF_ONE, 0);
	assert_written("vpmu-histogram 1\nevents instructions\n1 400000 1\nend 1\n");
}

/* What is taken back has not been executed, but keeps what the models saw. */
static void test_taken_back(void **state)
{
	(void)state;
	select_event(0, INSTRUCTIONS | USR | OS | EN);
	select_event(1, MISSES | USR | OS | EN);
	begin(0x400000, ROOT_OF_ONE, 1);
	vpmu_count(&pmu, VPMU_LLC_MISSES, 1, 1);
	vpmu_attribution_take_back(&attribution);
	begin(KERNEL, ROOT_OF_ONE, 0);
	begin(0x400000, ROOT_OF_ONE, 1);
	assert_written("vpmu-histogram 1\nevents instructions llc-misses\n"
		       "0 ffffffff81000000 1 0\n1 400000 1 1\nend 2\n");
}

/* The frame of an interrupt is written for its handler: it is the first
   instruction's there, though counters were looked at in between, and what a
   user's instruction began with stays its own. */
static void test_frame(void **state)
{
	(void)state;
	select_event(0, MISSES | USR | OS | EN);
	begin(0x400000, ROOT_OF_ONE, 1);
	vpmu_count(&pmu, VPMU_LLC_MISSES, 1, 1);
	vpmu_attribution_end(&attribution, repeats);
	vpmu_count(&pmu, VPMU_LLC_MISSES, 3, 0);
	vpmu_attribution_settle(&attribution, repeats);
	begin(KERNEL, ROOT_OF_ONE, 0);
	begin(KERNEL + 1, ROOT_OF_ONE, 0);
	assert_written("vpmu-histogram 1\nevents llc-misses\n"
		       "0 ffffffff81000000 3\n1 400000 1\nend 2\n");
}

/* What a counter makes of events by a filter has no column. */
static void test_filter(void **state)
{
	(void)state;
	select_event(0, MISSES | USR | OS | EN | 2 << 24);
	begin(0x400000, ROOT_OF_ONE, 1);
	vpmu_count(&pmu, VPMU_LLC_MISSES, 2, 1);
	assert_written("vpmu-histogram 1\nevents\nend 0\n");
}

/* A REP instruction of two iterations: three steps, one instruction; a penalty
   belongs to whom it was charged to. */
static void test_repeats(void **state)
{
	(void)state;
	select_event(0, INSTRUCTIONS | USR | OS | EN);
	select_event(1, CYCLES | USR | OS | EN);
	begin(0x400000, ROOT_OF_ONE, 1);
	repeats++;
	begin(0x400000, ROOT_OF_ONE, 1);
	pmu.penalties[1] += 20;
	repeats++;
	begin(0x400000, ROOT_OF_ONE, 1);
	begin(0x400002, ROOT_OF_ONE, 1);
	assert_written("vpmu-histogram 1\nevents instructions cycles\n"
		       "1 400000 1 23\n1 400002 1 1\nend 2\n");
}

/* From the instruction after the one that starts the counter to the one that
   stops it; what ran in between with nothing counted is nobody's. */
static void test_window(void **state)
{
	(void)state;
	assert_false(vpmu_attribution_wanted(&attribution));
	vpmu_count(&pmu, VPMU_LLC_MISSES, 5, 1);
	select_event(0, MISSES | USR | EN);
	assert_true(vpmu_attribution_wanted(&attribution));
	begin(0x400000, ROOT_OF_ONE, 1);
	vpmu_count(&pmu, VPMU_LLC_MISSES, 1, 1);
	select_event(0, 0);
	assert_false(vpmu_attribution_wanted(&attribution));
	begin(0x400004, ROOT_OF_ONE, 1);
	vpmu_count(&pmu, VPMU_LLC_MISSES, 7, 1);
	select_event(0, MISSES | USR | EN);
	assert_written("vpmu-histogram 1\nevents llc-misses\n1 400000 1\nend 1\n");
}

/* Many addresses: the table grows and loses none. */
static void test_many(void **state)
{
	char *text;

	(void)state;
	select_event(0, INSTRUCTIONS | USR | EN);
	for (unsigned int round = 0; round < 2; round++)
		for (uint64_t i = 0; i < 20000; i++)
			begin(i << 12, ROOT_OF_ONE, 1);
	text = written();
	assert_non_null(strstr(text, "\n1 4e1f000 2\nend 20000\n"));
	assert_null(strstr(text, "000 1\n"));
	free(text);
}

/* Memory that ran out is told, not left out of the sums. */
static void test_incomplete(void **state)
{
	FILE *f = tmpfile();

	(void)state;
	assert_non_null(f);
	histogram.incomplete = true;
	assert_false(vpmu_histogram_write(&histogram, f));
	assert_int_equal(ftell(f), 0);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_instructions, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_rings, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_taken_back, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_frame, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_filter, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_repeats, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_window, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_incomplete, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
