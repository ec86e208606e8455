/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events that have names.  The names are those of Linux perf; what the
 * emulated PMU counts stands in docs/vpmu.md, which generic event is which
 * of its encodings in i386/intel_events.c and intel_models.c.
 */
#include <mach/perf_event.h>

#include "events.h"

#define CACHE(id, op, result)                                                                      \
	(PERF_COUNT_HW_CACHE_##id | PERF_COUNT_HW_CACHE_OP_##op << 8 |                             \
	 PERF_COUNT_HW_CACHE_RESULT_##result << 16)

#define NO_PIPELINE "the emulated PMU models no pipeline"
#define NO_FETCHES  "of fetches the emulated PMU counts those that miss"
#define NO_SPLIT                                                                                   \
	"the emulated PMU does not tell loads from stores in its misses: use the loads event"

/* clang-format off */
const struct event_name event_names[] = {
	{"cycles", "cpu-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES,
	 "core cycles: one per instruction, and the penalties of the model", NULL},
	{"instructions", NULL, PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS,
	 "instructions retired", NULL},
	{"branches", "branch-instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS,
	 "branch instructions retired", NULL},
	{"branch-misses", NULL, PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES,
	 "branches predicted wrong", NULL},
	{"cache-references", NULL, PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES,
	 "accesses to the last-level cache", NULL},
	{"cache-misses", NULL, PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES,
	 "misses of the last-level cache", NULL},
	{"ref-cycles", NULL, PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES,
	 "cycles at the reference frequency", NULL},
	{"bus-cycles", NULL, PERF_TYPE_HARDWARE, PERF_COUNT_HW_BUS_CYCLES,
	 "reference cycles, on a general counter", NULL},
	{"stalled-cycles-frontend", "idle-cycles-frontend", PERF_TYPE_HARDWARE,
	 PERF_COUNT_HW_STALLED_CYCLES_FRONTEND, "cycles without an instruction issued", NO_PIPELINE},
	{"stalled-cycles-backend", "idle-cycles-backend", PERF_TYPE_HARDWARE,
	 PERF_COUNT_HW_STALLED_CYCLES_BACKEND, "cycles without an instruction retired", NO_PIPELINE},
	{"cpu-clock", NULL, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK,
	 "time on the CPU, from the clock interrupt (ns)", NULL},
	{"offcpu-time", NULL, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_BPF_OUTPUT,
	 "time blocked (ns), told as it ends; a period is the shortest told", NULL},
	{"L1-dcache-loads", NULL, PERF_TYPE_HW_CACHE, CACHE(L1D, READ, ACCESS),
	 "loads", NULL},
	{"L1-dcache-load-misses", NULL, PERF_TYPE_HW_CACHE, CACHE(L1D, READ, MISS),
	 "lines brought into the level-1 data cache", NULL},
	{"L1-dcache-stores", NULL, PERF_TYPE_HW_CACHE, CACHE(L1D, WRITE, ACCESS),
	 "stores", NULL},
	{"L1-dcache-store-misses", NULL, PERF_TYPE_HW_CACHE, CACHE(L1D, WRITE, MISS),
	 "stores that miss the level-1 data cache", NO_SPLIT},
	{"L1-icache-loads", NULL, PERF_TYPE_HW_CACHE, CACHE(L1I, READ, ACCESS),
	 "fetches from the level-1 instruction cache", NO_FETCHES},
	{"L1-icache-load-misses", NULL, PERF_TYPE_HW_CACHE, CACHE(L1I, READ, MISS),
	 "fetches that miss the level-1 instruction cache", NULL},
	{"LLC-loads", NULL, PERF_TYPE_HW_CACHE, CACHE(LL, READ, ACCESS),
	 "accesses to the last-level cache", NULL},
	{"LLC-load-misses", NULL, PERF_TYPE_HW_CACHE, CACHE(LL, READ, MISS),
	 "misses of the last-level cache", NULL},
	{"LLC-stores", NULL, PERF_TYPE_HW_CACHE, CACHE(LL, WRITE, ACCESS),
	 "stores that reach the last-level cache", NO_SPLIT},
	{"LLC-store-misses", NULL, PERF_TYPE_HW_CACHE, CACHE(LL, WRITE, MISS),
	 "stores that miss the last-level cache", NO_SPLIT},
	{"dTLB-loads", NULL, PERF_TYPE_HW_CACHE, CACHE(DTLB, READ, ACCESS),
	 "loads looked up in the data TLB", NULL},
	{"dTLB-load-misses", NULL, PERF_TYPE_HW_CACHE, CACHE(DTLB, READ, MISS),
	 "accesses that miss the data TLB", NULL},
	{"dTLB-stores", NULL, PERF_TYPE_HW_CACHE, CACHE(DTLB, WRITE, ACCESS),
	 "stores looked up in the data TLB", NULL},
	{"dTLB-store-misses", NULL, PERF_TYPE_HW_CACHE, CACHE(DTLB, WRITE, MISS),
	 "stores that miss the data TLB", NO_SPLIT},
	{"iTLB-loads", NULL, PERF_TYPE_HW_CACHE, CACHE(ITLB, READ, ACCESS),
	 "fetches looked up in the instruction TLB", NO_FETCHES},
	{"iTLB-load-misses", NULL, PERF_TYPE_HW_CACHE, CACHE(ITLB, READ, MISS),
	 "fetches that miss the instruction TLB", NULL},
	{"branch-loads", NULL, PERF_TYPE_HW_CACHE, CACHE(BPU, READ, ACCESS),
	 "branches looked up in the predictor", NULL},
	{"branch-load-misses", NULL, PERF_TYPE_HW_CACHE, CACHE(BPU, READ, MISS),
	 "branches predicted wrong", NULL},
};
/* clang-format on */

const size_t nr_event_names = sizeof(event_names) / sizeof(event_names[0]);
