/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ratios there are, and computing them. */
#include <math.h>
#include <stdio.h>

#include <mach/perf_event.h>

#include "ratios.h"

#define HARDWARE(event)                                                                            \
	{                                                                                          \
		PERF_TYPE_HARDWARE, PERF_COUNT_HW_##event                                          \
	}
#define CACHE(id, op, result)                                                                      \
	{                                                                                          \
		PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_##id | PERF_COUNT_HW_CACHE_OP_##op << 8 |  \
					PERF_COUNT_HW_CACHE_RESULT_##result << 16                  \
	}

struct identity {
	uint32_t type; /* PERF_TYPE_* */
	uint64_t config;
};

struct kind {
	const char *name;
	unsigned int factor;
	bool percent;
	struct identity above;
	struct identity below[2]; /* their sum */
	unsigned int nr_below;
};

/* The misses of the data TLB and of the level-1 data cache are those of loads
   and stores together, so they are divided by both. */
static const struct kind kinds[] = {
    {"IPC", 1, false, HARDWARE(INSTRUCTIONS), {HARDWARE(CPU_CYCLES)}, 1},
    {"branch-miss-rate", 1, true, HARDWARE(BRANCH_MISSES), {HARDWARE(BRANCH_INSTRUCTIONS)}, 1},
    {"branch-MPKI", 1000, false, HARDWARE(BRANCH_MISSES), {HARDWARE(INSTRUCTIONS)}, 1},
    {"cache-miss-rate", 1, true, HARDWARE(CACHE_MISSES), {HARDWARE(CACHE_REFERENCES)}, 1},
    {"cache-MPKI", 1000, false, HARDWARE(CACHE_MISSES), {HARDWARE(INSTRUCTIONS)}, 1},
    {"LLC-miss-rate", 1, true, CACHE(LL, READ, MISS), {CACHE(LL, READ, ACCESS)}, 1},
    {"LLC-MPKI", 1000, false, CACHE(LL, READ, MISS), {HARDWARE(INSTRUCTIONS)}, 1},
    {"L1-dcache-miss-rate",
     1,
     true,
     CACHE(L1D, READ, MISS),
     {CACHE(L1D, READ, ACCESS), CACHE(L1D, WRITE, ACCESS)},
     2},
    {"L1-dcache-MPKI", 1000, false, CACHE(L1D, READ, MISS), {HARDWARE(INSTRUCTIONS)}, 1},
    {"dTLB-miss-rate",
     1,
     true,
     CACHE(DTLB, READ, MISS),
     {CACHE(DTLB, READ, ACCESS), CACHE(DTLB, WRITE, ACCESS)},
     2},
    {"dTLB-MPKI", 1000, false, CACHE(DTLB, READ, MISS), {HARDWARE(INSTRUCTIONS)}, 1},
};

#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* The first event of this identity and the modifiers of like; -1: none. */
static int find(const struct event_list *list, const struct identity *identity,
		const struct event *like)
{
	unsigned int n;

	for (n = 0; n < list->nr; n++) {
		const struct event *event = &list->events[n];

		if (event->type == identity->type && event->config == identity->config &&
		    event->exclude_user == like->exclude_user &&
		    event->exclude_kernel == like->exclude_kernel)
			return n;
	}
	return -1;
}

/* "1000 * above / (first + second)" */
static void write_formula(struct ratio *ratio, const struct kind *kind,
			  const struct event_list *list, int above, const int *below)
{
	const char *factor = kind->factor == 1 ? "" : "1000 * ";
	const char *first = list->events[below[0]].name;

	if (kind->nr_below == 1)
		snprintf(ratio->formula, sizeof(ratio->formula), "%s%s / %s", factor,
			 list->events[above].name, first);
	else
		snprintf(ratio->formula, sizeof(ratio->formula), "%s%s / (%s + %s)", factor,
			 list->events[above].name, first, list->events[below[1]].name);
}

/* The ratio of event above; false: what it is divided by was not counted. */
static bool make_ratio(struct ratio *ratio, const struct kind *kind, const struct event_list *list,
		       const struct count *counts, int above)
{
	bool counted = counts[above].counted;
	int below[2] = {-1, -1};
	double divisor = 0;
	unsigned int n;

	for (n = 0; n < kind->nr_below; n++) {
		below[n] = find(list, &kind->below[n], &list->events[above]);
		if (below[n] < 0)
			return false;
		counted &= counts[below[n]].counted;
		divisor += counts[below[n]].mean;
	}
	ratio->name = kind->name;
	ratio->percent = kind->percent;
	ratio->value =
	    counted && divisor > 0 ? kind->factor * counts[above].mean / divisor : (double)NAN;
	write_formula(ratio, kind, list, above, below);
	return true;
}

unsigned int make_ratios(struct ratio *ratios, const struct event_list *list,
			 const struct count *counts)
{
	unsigned int nr = 0, n;
	size_t k;

	for (n = 0; n < list->nr; n++) {
		const struct event *event = &list->events[n];

		for (k = 0; k < NR_KINDS && nr < MAX_RATIOS; k++)
			if (find(list, &kinds[k].above, event) == (int)n &&
			    make_ratio(&ratios[nr], &kinds[k], list, counts, n))
				nr++;
	}
	return nr;
}
