/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every generic event on the machine's kind of PMU, against {event, min, max}
 * rows: what the work makes of it, as computed below from the model of
 * docs/vpmu.md, with room for the few instructions around the work.
 *
 * The work: WALK loads from a page and a line each that nobody touched since
 * the model forgot everything, and JUMPS jumps through more pages than the TLB
 * has, at the same offset, so through more lines than a set of the cache has.
 */
#include <i386/x86_pmu.h>
#include <kern/pmu/pmu.h>

#include "probe.h"

#define WALK  8192
#define ROUND 100
#define JUMPS (ROUND * LOOP_PAGES)
#define ROOM  500

/* Physical memory that nobody uses yet, as the kernel sees it. */
#define WALK_START ((const void *)0xffffffff82000000UL)

#define INSTRUCTIONS (9UL * WALK + JUMPS + 2 * ROUND)
#define BRANCHES     (2UL * WALK + JUMPS + ROUND)

/* Penalties: of a load, L1D 10, LLC 150, TLB 20; of a jump, L1I 10 and TLB 20,
   the first time LLC 150. */
#define CYCLES (INSTRUCTIONS + 180UL * WALK + 30UL * JUMPS + 150UL * LOOP_PAGES)

/* The random branch is guessed wrong half of the time; the other branch now and
   then, as they share the predictor's history. */
#define MISSES_MIN   (WALK / 2 - WALK / 16)
#define MISSES_MAX   (WALK / 2 + WALK / 4)
#define WRONG_CYCLES 15

#define HW(name)	      PERF_TYPE_HARDWARE, PERF_COUNT_HW_##name
#define CACHE(id, op, result) PERF_TYPE_HW_CACHE, X86_CACHE(id, op, result)

#define ABOUT(n)     (n), (n) + ROOM
#define LLC_REFS     ABOUT(WALK + JUMPS)
#define LLC_MISSES   ABOUT(WALK + LOOP_PAGES)
#define ALL_CYCLES   CYCLES + WRONG_CYCLES *MISSES_MIN, CYCLES + WRONG_CYCLES *MISSES_MAX + 100 * ROOM
#define BRANCHES_BAD MISSES_MIN, MISSES_MAX

static const struct row {
	const char *name;
	uint32_t type;
	uint64_t config;
	unsigned long min, max;
} rows[] = {
    {"cycles", HW(CPU_CYCLES), ALL_CYCLES},
    {"instructions", HW(INSTRUCTIONS), ABOUT(INSTRUCTIONS)},
    {"cache-references", HW(CACHE_REFERENCES), LLC_REFS},
    {"cache-misses", HW(CACHE_MISSES), LLC_MISSES},
    {"branches", HW(BRANCH_INSTRUCTIONS), ABOUT(BRANCHES)},
    {"branch-misses", HW(BRANCH_MISSES), BRANCHES_BAD},
    {"bus-cycles", HW(BUS_CYCLES), ALL_CYCLES},
    {"ref-cycles", HW(REF_CPU_CYCLES), ALL_CYCLES},
    /* The model has no pipeline; AMD's family 10h offers them. */
    {"stalled-cycles-frontend", HW(STALLED_CYCLES_FRONTEND), 0, 0},
    {"stalled-cycles-backend", HW(STALLED_CYCLES_BACKEND), 0, 0},
    {"L1-dcache-loads", CACHE(L1D, READ, ACCESS), ABOUT(WALK)},
    {"L1-dcache-load-misses", CACHE(L1D, READ, MISS), ABOUT(WALK)},
    {"L1-dcache-stores", CACHE(L1D, WRITE, ACCESS), ABOUT(WALK)},
    /* Zhaoxin's; the stack, which is stored to, stays in the cache. */
    {"L1-dcache-store-misses", CACHE(L1D, WRITE, MISS), 0, ROOM},
    {"L1-icache-loads", CACHE(L1I, READ, ACCESS), ABOUT(INSTRUCTIONS)},
    {"L1-icache-load-misses", CACHE(L1I, READ, MISS), ABOUT(JUMPS)},
    {"LLC-loads", CACHE(LL, READ, ACCESS), LLC_REFS},
    {"LLC-load-misses", CACHE(LL, READ, MISS), LLC_MISSES},
    {"dTLB-loads", CACHE(DTLB, READ, ACCESS), ABOUT(WALK)},
    {"dTLB-load-misses", CACHE(DTLB, READ, MISS), ABOUT(WALK)},
    {"dTLB-stores", CACHE(DTLB, WRITE, ACCESS), ABOUT(WALK)},
    {"dTLB-store-misses", CACHE(DTLB, WRITE, MISS), 0, ROOM},
    {"iTLB-load-misses", CACHE(ITLB, READ, MISS), ABOUT(JUMPS)},
    {"branch-loads", CACHE(BPU, READ, ACCESS), ABOUT(BRANCHES)},
    {"branch-load-misses", CACHE(BPU, READ, MISS), BRANCHES_BAD},
};

/* How many generic events each kind has, of which there are rows. */
static const struct {
	uint32_t kind, version;
	unsigned int counters, events;
} kinds[] = {
    {PERF_PMU_INTEL, 2, 4, 20}, {PERF_PMU_INTEL, 3, 4, 20}, {PERF_PMU_INTEL, 4, 4, 20},
    {PERF_PMU_INTEL, 5, 8, 19}, {PERF_PMU_AMD, 1, 4, 17},   {PERF_PMU_AMD, 1, 6, 18},
    {PERF_PMU_AMD, 2, 6, 19},	{PERF_PMU_INTEL, 1, 2, 19}, {PERF_PMU_ZHAOXIN, 2, 4, 22},
};

/* The row of a generic event; NULL: none. */
static const struct row *find_row(uint32_t type, uint64_t config)
{
	const struct row *row;

	for (row = rows; row < rows + sizeof rows / sizeof rows[0]; row++)
		if (row->type == type && row->config == config)
			return row;
	return 0;
}

static void measure(struct pmu_event *event, const struct row *row)
{
	unsigned long flags = cpu_irq_save();
	boolean_t added;

	pmu_model_reset();
	pmu_disable();
	added = pmu_event_add(event);
	pmu_enable();
	loop_walk(WALK, WALK_START);
	loop_pages(ROUND);
	pmu_disable();
	if (added)
		pmu_event_remove(event);
	pmu_enable();
	cpu_irq_restore(flags);
	probe_check(row->name, added && event->count >= row->min && event->count <= row->max,
		    event->count, row->min);
}

/* Measure it if the PMU has it.  How many that makes. */
static unsigned int try(uint32_t type, uint64_t config)
{
	const struct pmu_request request = {.type = type, .config = config};
	const struct row *row = find_row(type, config);
	static struct pmu_event event;

	if (pmu_event_init(&event, &request) != KERN_SUCCESS)
		return 0;
	if (row)
		measure(&event, row);
	else
		probe_check("an event without a row", FALSE, config, 0);
	return 1;
}

void probe_generic_events(const struct pmu_description *d)
{
	unsigned int nr = 0, wanted = 0, i, id, op, result;

	for (i = 0; i < PERF_COUNT_HW_MAX; i++)
		nr += try(PERF_TYPE_HARDWARE, i);
	for (id = 0; id < PERF_COUNT_HW_CACHE_MAX; id++)
		for (op = 0; op < PERF_COUNT_HW_CACHE_OP_MAX; op++)
			for (result = 0; result < PERF_COUNT_HW_CACHE_RESULT_MAX; result++)
				nr += try(PERF_TYPE_HW_CACHE, id | op << 8 | result << 16);
	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (kinds[i].kind == d->kind && kinds[i].version == d->version &&
		    kinds[i].counters == d->nr_counters)
			wanted = kinds[i].events;
	probe_check("generic events of this kind", nr == wanted, nr, wanted);
}
