/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache events of Intel's models against libpfm4, which has the vendor's
 * name for each encoding.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <perfmon/pfmlib.h>
#include <cmocka.h>

#include <i386/intel.h>

/* Event select, umask, edge, inversion and counter mask. */
#define ENCODING 0xff84ffffULL

#define LOADS	     X86_CACHE(L1D, READ, ACCESS)
#define LINES	     X86_CACHE(L1D, READ, MISS)
#define STORES	     X86_CACHE(L1D, WRITE, ACCESS)
#define FETCHES	     X86_CACHE(L1I, READ, MISS)
#define TLB_LOADS    X86_CACHE(DTLB, READ, ACCESS)
#define LOAD_WALKS   X86_CACHE(DTLB, READ, MISS)
#define TLB_STORES   X86_CACHE(DTLB, WRITE, ACCESS)
#define STORE_WALKS  X86_CACHE(DTLB, WRITE, MISS)
#define FETCH_WALKS  X86_CACHE(ITLB, READ, MISS)
#define MAX_NAMES    10
#define ARCHITECTURE "skl" /* any that is not too old */

struct name {
	uint64_t config;
	const char *name;
};

/* What every model has. */
static const struct name architectural[] = {
    {X86_CACHE(LL, READ, ACCESS), "LONGEST_LAT_CACHE:REFERENCE"},
    {X86_CACHE(LL, READ, MISS), "LONGEST_LAT_CACHE:MISS"},
    {X86_CACHE(BPU, READ, ACCESS), "BR_INST_RETIRED:ALL_BRANCHES"},
    {X86_CACHE(BPU, READ, MISS), "BR_MISP_RETIRED:ALL_BRANCHES"},
};
#define NR_ARCHITECTURAL (sizeof architectural / sizeof architectural[0])

static const struct name nehalem[MAX_NAMES] = {
    {LOADS, "MEM_INST_RETIRED:LOADS"},	     {LINES, "L1D:REPL"},
    {STORES, "MEM_INST_RETIRED:STORES"},     {FETCHES, "L1I:MISSES"},
    {TLB_LOADS, "MEM_INST_RETIRED:LOADS"},   {LOAD_WALKS, "DTLB_MISSES:ANY"},
    {TLB_STORES, "MEM_INST_RETIRED:STORES"}, {FETCH_WALKS, "ITLB_MISSES:ANY"},
};

static const struct name sandy_bridge[MAX_NAMES] = {
    {LOADS, "MEM_UOPS_RETIRED:ALL_LOADS"},
    {LINES, "L1D:REPLACEMENT"},
    {STORES, "MEM_UOPS_RETIRED:ALL_STORES"},
    {FETCHES, "ICACHE:MISSES"},
    {TLB_LOADS, "MEM_UOPS_RETIRED:ALL_LOADS"},
    {LOAD_WALKS, "DTLB_LOAD_MISSES:MISS_CAUSES_A_WALK"},
    {TLB_STORES, "MEM_UOPS_RETIRED:ALL_STORES"},
    {STORE_WALKS, "DTLB_STORE_MISSES:MISS_CAUSES_A_WALK"},
    {FETCH_WALKS, "ITLB_MISSES:MISS_CAUSES_A_WALK"},
};

static const struct name skylake[MAX_NAMES] = {
    {LOADS, "MEM_INST_RETIRED:ALL_LOADS"},	 {LINES, "L1D:REPLACEMENT"},
    {STORES, "MEM_INST_RETIRED:ALL_STORES"},	 {FETCHES, "ICACHE_64B:IFTAG_MISS"},
    {TLB_LOADS, "MEM_INST_RETIRED:ALL_LOADS"},	 {LOAD_WALKS, "DTLB_LOAD_MISSES:WALK_COMPLETED"},
    {TLB_STORES, "MEM_INST_RETIRED:ALL_STORES"}, {STORE_WALKS, "DTLB_STORE_MISSES:WALK_COMPLETED"},
    {FETCH_WALKS, "ITLB_MISSES:WALK_COMPLETED"},
};

static const struct name sapphire_rapids[MAX_NAMES] = {
    {LOADS, "MEM_INST_RETIRED:ALL_LOADS"},	 {LINES, "L1D:REPLACEMENT"},
    {STORES, "MEM_INST_RETIRED:ALL_STORES"},	 {FETCHES, "L2_RQSTS:ALL_CODE_RD"},
    {TLB_LOADS, "MEM_INST_RETIRED:ALL_LOADS"},	 {LOAD_WALKS, "DTLB_LOAD_MISSES:WALK_COMPLETED"},
    {TLB_STORES, "MEM_INST_RETIRED:ALL_STORES"}, {STORE_WALKS, "DTLB_STORE_MISSES:WALK_COMPLETED"},
    {FETCH_WALKS, "ITLB_MISSES:WALK_COMPLETED"},
};

/* libpfm4's processors, by one of its models each. */
static const struct {
	const char *pmu;
	unsigned int model;
	const struct name *names;
	bool recent; /* older versions of libpfm4 do not know it */
} processors[] = {
    {"nhm", 0x1a, nehalem, false},	  {"nhm_ex", 0x2e, nehalem, false},
    {"wsm", 0x25, nehalem, false},	  {"wsm_dp", 0x2c, nehalem, false},
    {"snb", 0x2a, sandy_bridge, false},	  {"snb_ep", 0x2d, sandy_bridge, false},
    {"ivb", 0x3a, sandy_bridge, false},	  {"ivb_ep", 0x3e, sandy_bridge, false},
    {"hsw", 0x3c, sandy_bridge, false},	  {"hsw_ep", 0x3f, sandy_bridge, false},
    {"bdw", 0x3d, sandy_bridge, false},	  {"bdw_ep", 0x4f, sandy_bridge, false},
    {"skl", 0x5e, skylake, false},	  {"skx", 0x55, skylake, false},
    {"icl", 0x7e, skylake, true},	  {"icx", 0x6a, skylake, true},
    {"spr", 0x8f, sapphire_rapids, true},
};

static uint64_t pfm_encoding(const char *pmu, const char *name)
{
	pfm_pmu_encode_arg_t arg = {.size = sizeof arg};
	char whole[128];
	uint64_t code;

	snprintf(whole, sizeof whole, "%s::%s", pmu, name);
	if (pfm_get_os_event_encoding(whole, PFM_PLM3, PFM_OS_NONE, &arg) != PFM_SUCCESS)
		fail_msg("libpfm4 has no %s", whole);
	assert_int_equal(arg.count, 1);
	code = arg.codes[0] & ENCODING;
	free(arg.codes);
	return code;
}

/* libpfm4 is new enough to know the processor. */
static bool is_known(const char *pmu)
{
	pfm_pmu_info_t info = {.size = sizeof info};

	for (int id = 0; id < PFM_PMU_MAX; id++)
		if (pfm_get_pmu_info(id, &info) == PFM_SUCCESS && strcmp(info.name, pmu) == 0)
			return true;
	return false;
}

static uint64_t ours(const struct x86_cache_event *events, unsigned int nr, uint64_t config)
{
	for (unsigned int i = 0; i < nr; i++)
		if (events[i].config == config)
			return events[i].encoding;
	fail_msg("no event 0x%llx", (unsigned long long)config);
	return 0;
}

static void check_names(const struct x86_cache_event *events, unsigned int nr, const char *pmu,
			const struct name *names, unsigned int nr_names)
{
	for (unsigned int i = 0; i < nr_names; i++)
		if (ours(events, nr, names[i].config) != pfm_encoding(pmu, names[i].name))
			fail_msg("%s::%s", pmu, names[i].name);
}

static void encodings(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < sizeof processors / sizeof processors[0]; i++) {
		unsigned int nr, nr_names = 0;
		const struct x86_cache_event *events =
		    intel_model_events(6, processors[i].model, &nr);

		if (processors[i].recent && !is_known(processors[i].pmu))
			continue;
		while (nr_names < MAX_NAMES && processors[i].names[nr_names].name != NULL)
			nr_names++;
		/* No event of ours is left out. */
		assert_int_equal(nr, nr_names + NR_ARCHITECTURAL);
		check_names(events, nr, processors[i].pmu, processors[i].names, nr_names);
		check_names(events, nr, ARCHITECTURE, architectural, NR_ARCHITECTURAL);
	}
}

/* A model that nobody knows, and another family's of the same number. */
static void unknown(void **state)
{
	unsigned int nr;
	const struct x86_cache_event *events = intel_model_events(6, 0xfe, &nr);

	(void)state;
	assert_int_equal(nr, NR_ARCHITECTURAL);
	check_names(events, nr, ARCHITECTURE, architectural, NR_ARCHITECTURAL);
	assert_ptr_equal(intel_model_events(15, 0x1a, &nr), events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(encodings), cmocka_unit_test(unknown)};

	/* Encode for processors that are not this machine's. */
	setenv("LIBPFM_ENCODE_INACTIVE", "1", 1);
	if (pfm_initialize() != PFM_SUCCESS)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
