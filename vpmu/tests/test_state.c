/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A core that took over another's state goes on as that one does. */
#include "unit.h"

#include "core_run.h"
#include "state.h"

#include <stdio.h>

#define ROUNDS 20000

struct machine {
	struct vpmu_core core;
	struct vpmu_cache llc;
	uint64_t latest[VPMU_LATEST], latest_code[VPMU_LATEST];
	unsigned int pmis;
	uint32_t seed;
};

static struct machine one, two;

static void count_pmi(void *opaque)
{
	((struct machine *)opaque)->pmis++;
}

static void power_on(struct machine *m, const char *geometry)
{
	struct vpmu_config config = {.pmi = count_pmi, .opaque = m};
	struct vpmu_model model;
	char error[VPMU_MODEL_TEXT];

	memset(m, 0, sizeof(*m));
	m->seed = 1;
	assert_true(vpmu_model_parse(geometry, &model, error));
	assert_true(vpmu_llc_init(&m->llc, &model));
	assert_true(vpmu_core_init(&m->core, &model, &m->llc, m->latest, m->latest_code, &config));
}

static void done(struct machine *m)
{
	vpmu_core_done(&m->core);
	vpmu_cache_done(&m->llc);
}

static uint32_t next_random(struct machine *m)
{
	m->seed = m->seed * 1664525 + 1013904223;
	return m->seed >> 8;
}

/* Four counters: misses with an interrupt every 100, cycles, rows of loads, branch misses. */
static void count(struct machine *m)
{
	static const uint64_t selects[] = {0x53412e, 0x43003c, 0x47010b, 0x4300c5};

	for (unsigned int i = 0; i < 4; i++)
		vpmu_wrmsr(&m->core.pmu, VPMU_MSR_PERFEVTSEL0 + i, selects[i]);
	vpmu_wrmsr(&m->core.pmu, VPMU_MSR_PMC0, (uint64_t)-100);
	vpmu_wrmsr(&m->core.pmu, VPMU_MSR_GLOBAL_CTRL, 0xf);
}

/* What no program does: everything at once, in a random order. */
static void run(struct machine *m, unsigned int rounds)
{
	while (rounds-- > 0) {
		unsigned int ring = next_random(m) & 1;
		uint64_t address = next_random(m) & 0xfffff;

		vpmu_arm(&m->core.pmu, ring);
		vpmu_step_begin(&m->core.pmu, ring, 0);
		if (!vpmu_core_is_latest(&m->core, address, 1))
			vpmu_core_access(&m->core, address, address ^ 0x5000, 1, ring);
		vpmu_core_count(&m->core, VPMU_LOADS, ring);
		vpmu_core_fetch(&m->core, address & 0xffff, address & 0xffff, ring);
		vpmu_core_conditional(&m->core, address & 0xfff, address & 0x800, ring);
		vpmu_core_indirect(&m->core, next_random(m) % 3, address, address & 0xff, 7, ring);
		vpmu_count_steps(&m->core.pmu, 1, 0, ring);
		vpmu_step_end(&m->core.pmu, 0);
		vpmu_sync(&m->core.pmu);
		if (next_random(m) % 64 == 0)
			vpmu_core_switch(&m->core);
	}
}

static void write_piece(void *f, void *piece, size_t size)
{
	assert_int_equal(fwrite(piece, 1, size, f), size);
}

static void read_piece(void *f, void *piece, size_t size)
{
	assert_int_equal(fread(piece, 1, size, f), size);
}

static void compare_piece(void *f, void *piece, size_t size)
{
	char *other = malloc(size);

	assert_non_null(other);
	assert_int_equal(fread(other, 1, size, f), size);
	assert_memory_equal(piece, other, size);
	free(other);
}

static void pieces(struct machine *m, vpmu_piece_t piece, FILE *f)
{
	rewind(f);
	vpmu_core_pieces(&m->core, piece, f);
	vpmu_cache_pieces(&m->llc, piece, f);
	rewind(f);
}

static void test_taken_over(void **state)
{
	FILE *f = tmpfile();
	uint64_t before;

	(void)state;
	assert_non_null(f);
	power_on(&one, "");
	power_on(&two, "");
	count(&one);
	run(&one, ROUNDS);
	pieces(&one, write_piece, f);
	pieces(&two, read_piece, f);
	two.seed = one.seed;
	before = one.pmis;
	one.pmis = 0;
	run(&one, ROUNDS);
	run(&two, ROUNDS);
	assert_int_equal(one.pmis, two.pmis);
	assert_true(before > 0 && one.core.pmu.filtered != 0);
	pieces(&one, write_piece, f);
	pieces(&two, compare_piece, f);
	fclose(f);
	done(&one);
	done(&two);
}

static void add_size(void *sum, void *piece, size_t size)
{
	(void)piece;
	*(size_t *)sum += size;
}

/* By hand, of the geometry alone: tags and entries of 8 and 24 bytes. */
static void test_size(void **state)
{
	size_t small = 0, large = 0, llc = 0;

	(void)state;
	power_on(&one, "branch.targets=512,branch.returns=16,l1d.size=32K,dtlb.entries=64");
	power_on(&two, "branch.targets=1024,branch.returns=32,l1d.size=64K,dtlb.entries=128");
	vpmu_core_pieces(&one.core, add_size, &small);
	vpmu_core_pieces(&two.core, add_size, &large);
	vpmu_cache_pieces(&one.llc, add_size, &llc);
	/* 512 targets, 16 returns, 512 lines (of 64 more sets none has a table of its
	   own), 64 entries. */
	assert_int_equal(large - small, (512 + 16 + 512) * 8 + 64 * 24);
	assert_int_equal(llc, 16384 * 8);
	done(&one);
	done(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_taken_over),
	    cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
