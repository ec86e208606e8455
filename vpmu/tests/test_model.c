/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Geometries as text. */
#include "unit.h"

#include "model.h"

static void accept(const char *text, struct vpmu_model *model)
{
	char error[VPMU_MODEL_TEXT];

	memset(model, 0xff, sizeof(*model));
	if (!vpmu_model_parse(text, model, error))
		fail_msg("%s: %s", text, error);
}

static void test_default(void **state)
{
	struct vpmu_model model, named;

	(void)state;
	accept("", &model);
	accept("default", &named);
	assert_memory_equal(&model, &named, sizeof(model));
	assert_int_equal(model.line, 64);
	assert_int_equal(model.l1d.size, 32768);
	assert_int_equal(model.llc.latency, 150);
	assert_int_equal(model.branch.counters, 4096);
}

static void test_changes(void **state)
{
	struct vpmu_model model;

	(void)state;
	accept("intel-nehalem,llc.size=2M,llc.ways=8,l1d.size=16k,branch.latency=0", &model);
	assert_int_equal(model.llc.size, 2 << 20);
	assert_int_equal(model.llc.ways, 8);
	assert_int_equal(model.l1d.size, 16384);
	assert_int_equal(model.l1i.ways, 4);
	assert_int_equal(model.branch.latency, 0);
	accept("line=128", &model);
	assert_int_equal(model.line, 128);
}

/* Each preset holds together, and is read again as it is written; no two are
   the same. */
static void test_presets(void **state)
{
	char text[VPMU_MODEL_TEXT], seen[16][VPMU_MODEL_TEXT];
	struct vpmu_model model, again;
	const char *name, *like;
	unsigned int n;

	(void)state;
	for (n = 0; (name = vpmu_model_preset(n, &like)) != NULL; n++) {
		accept(name, &model);
		vpmu_model_print(&model, text);
		assert_true(strlen(text) < VPMU_MODEL_TEXT - 64);
		accept(text, &again);
		assert_memory_equal(&model, &again, sizeof(model));
		assert_true(strlen(like) > 0);
		for (unsigned int i = 0; i < n; i++)
			assert_string_not_equal(seen[i], text);
		strcpy(seen[n], text);
	}
	assert_true(n > 5);
}

static void test_text(void **state)
{
	char text[VPMU_MODEL_TEXT];
	struct vpmu_model model;

	(void)state;
	accept("llc.size=1M", &model);
	vpmu_model_print(&model, text);
	assert_string_equal(text, "line=64,l1i.size=32768,l1i.ways=8,l1i.latency=10,"
				  "l1d.size=32768,l1d.ways=8,l1d.latency=10,"
				  "llc.size=1048576,llc.ways=16,llc.latency=150,"
				  "itlb.entries=64,itlb.ways=4,itlb.latency=20,"
				  "dtlb.entries=64,dtlb.ways=4,dtlb.latency=20,"
				  "branch.counters=4096,branch.history=10,branch.targets=512,"
				  "branch.returns=16,branch.latency=15");
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *word;
	} rows[] = {
	    {"intel-80486", "there are default, intel-nehalem"},
	    {"llc.size=1M,intel-skylake", "'intel-skylake' has no value"},
	    {"intel-skylake,,", "'' has no value"},
	    {"l2.size=1M", "'l2.size' is no part"},
	    {"l1d.size", "no geometry is called"},
	    {"l1d.size=", "l1d.size=: not a number from 32"},
	    {"l1d.size=-1", "not a number"},
	    {"l1d.size=32 K", "not a number"},
	    {"l1d.size=32KB", "not a number"},
	    {"l1d.ways=8K", "not a number"},
	    {"l1d.size=18446744073709551615", "not a number"},
	    {"llc.size=128M", "to 67108864"},
	    {"l1d.size=48K", "l1d: 49152 bytes in lines of 64, 8 ways: the number of sets"},
	    {"l1i.ways=3", "l1i: "},
	    {"llc.ways=64,llc.size=2K", "llc: "},
	    {"dtlb.entries=48", "dtlb: 48 entries, 4 ways"},
	    {"itlb.ways=64,itlb.entries=32", "itlb: "},
	    {"line=48", "not a power of two from 32"},
	    {"line=16", "not a power of two"},
	    {"branch.counters=1000", "not a power of two"},
	    {"branch.history=21", "to 20"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char error[VPMU_MODEL_TEXT] = "";
		struct vpmu_model model;

		if (vpmu_model_parse(rows[i].text, &model, error))
			fail_msg("%s is taken", rows[i].text);
		if (!strstr(error, rows[i].word) || strchr(error, '\n'))
			fail_msg("%s: %s", rows[i].text, error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_default), cmocka_unit_test(test_changes),
	    cmocka_unit_test(test_presets), cmocka_unit_test(test_text),
	    cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
