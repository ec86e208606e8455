/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats.h"

#include <inttypes.h>

static const char *const event_names[VPMU_NR_EVENTS] = {
    [VPMU_INSTRUCTIONS] = "instructions",
    [VPMU_CYCLES] = "cycles",
    [VPMU_BRANCHES] = "branches",
    [VPMU_BRANCH_MISSES] = "branch-misses",
    [VPMU_L1D_MISSES] = "l1d-misses",
    [VPMU_LLC_REFS] = "llc-refs",
    [VPMU_LLC_MISSES] = "llc-misses",
    [VPMU_DTLB_MISSES] = "dtlb-misses",
    [VPMU_LOADS] = "loads",
    [VPMU_STORES] = "stores",
    [VPMU_L1I_MISSES] = "l1i-misses",
    [VPMU_ITLB_MISSES] = "itlb-misses",
};

const char *vpmu_event_name(enum vpmu_event event)
{
	return event_names[event];
}

static void print(FILE *f, unsigned int cpu, const char *key, uint64_t value)
{
	fprintf(f, "cpu %u %s %" PRIu64 "\n", cpu, key, value);
}

static void print_counter(FILE *f, unsigned int cpu, unsigned int i, const struct vpmu_counter *c)
{
	bool fixed = i >= VPMU_FIRST_FIXED;
	const char *kind = fixed ? "fixed" : "pmc";
	unsigned int n = fixed ? i - VPMU_FIRST_FIXED : i;

	fprintf(f, "cpu %u %s%u.overflows %" PRIu64 "\n", cpu, kind, n, c->overflows);
	fprintf(f, "cpu %u %s%u.pmis %" PRIu64 "\n", cpu, kind, n, c->pmis);
}

void vpmu_print_stats(const struct vpmu *p, unsigned int cpu, FILE *f)
{
	const struct vpmu_stats *s = &p->stats;
	uint64_t filtered = 0;

	print(f, cpu, "instructions.user", p->total[VPMU_INSTRUCTIONS][1]);
	print(f, cpu, "instructions.kernel", p->total[VPMU_INSTRUCTIONS][0]);
	print(f, cpu, "steps", p->steps);
	print(f, cpu, "rep-iterations", s->rep_iterations);
	print(f, cpu, "msr-reads", s->msr_reads);
	print(f, cpu, "msr-writes", s->msr_writes);
	print(f, cpu, "lapic-accesses", s->lapic_accesses);
	print(f, cpu, "pmis", s->pmis);
	print(f, cpu, "pmis-masked", s->pmis_masked);
	print(f, cpu, "nmi.count", s->nmis);
	print(f, cpu, "nmi.steps", s->in_nmi.steps);
	print(f, cpu, "nmi.instructions", s->in_nmi.instructions);
	print(f, cpu, "nmi.msr-accesses", s->in_nmi.msr_accesses);
	print(f, cpu, "nmi.lapic-accesses", s->in_nmi.lapic_accesses);
	for (unsigned int i = 0; i < VPMU_MAX_COUNTERS; i++)
		if (vpmu_has_counter(p, i))
			print_counter(f, cpu, i, &p->counters[i]);
	for (unsigned int e = 0; e < VPMU_NR_EVENTS; e++)
		fprintf(f, "cpu %u overflows.%s %" PRIu64 "\n", cpu, event_names[e],
			s->overflows[e]);
	for (unsigned int e = VPMU_FILTERED; e < VPMU_NR_TOTALS; e++)
		filtered += s->overflows[e];
	print(f, cpu, "overflows.filtered", filtered);
}
