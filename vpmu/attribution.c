/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which instruction each count belongs to.
 *
 * Instructions and steps are counted here, one by one, as those of struct vpmu
 * are folded in later.  Of modelled events the totals are right at any time:
 * what they grew by since the instruction began is its own.
 */
#include "attribution.h"

#include <string.h>

#define STEP_EVENTS (1U << VPMU_INSTRUCTIONS | 1U << VPMU_CYCLES)

/* Events that are counted in a ring from now on, and their totals so far.
   Those that were counted before go on from where they are: an interrupt may
   have pushed its frame since, for the first instruction of the handler. */
static void start(struct vpmu_attribution *a, uint32_t events, unsigned int ring)
{
	const struct vpmu *pmu = a->pmu;

	if (events & 1U << VPMU_CYCLES)
		a->penalties_seen[ring] = pmu->penalties[ring];
	for (; events; events &= events - 1) {
		unsigned int e = (unsigned int)__builtin_ctz(events);

		a->seen[e][ring] = pmu->total[e][ring];
	}
}

/* What each ring counts.  What a filter makes of an event is nobody's. */
static void look(struct vpmu_attribution *a)
{
	const struct vpmu *pmu = a->pmu;
	uint32_t counted[2] = {0, 0};

	for (size_t i = 0; i < sizeof(pmu->counters) / sizeof(pmu->counters[0]); i++) {
		const struct vpmu_counter *c = &pmu->counters[i];

		if (c->event >= VPMU_NR_EVENTS)
			continue;
		for (unsigned int ring = 0; ring < 2; ring++)
			if (c->rings & 1U << ring)
				counted[ring] |= 1U << c->event;
	}
	for (unsigned int ring = 0; ring < 2; ring++) {
		start(a, counted[ring] & ~a->counted[ring], ring);
		a->counted[ring] = counted[ring];
	}
	a->histogram->events |= counted[0] | counted[1];
}

/* Give the running instruction what the models counted since it began. */
static void take_modelled(struct vpmu_attribution *a)
{
	const struct vpmu *pmu = a->pmu;
	const unsigned int ring = a->ring;
	uint32_t events = a->counted[ring];

	if (events & 1U << VPMU_CYCLES) {
		a->running->counts[VPMU_CYCLES] += pmu->penalties[ring] - a->penalties_seen[ring];
		a->penalties_seen[ring] = pmu->penalties[ring];
	}
	for (events &= ~STEP_EVENTS; events; events &= events - 1) {
		unsigned int e = (unsigned int)__builtin_ctz(events);

		a->running->counts[e] += pmu->total[e][ring] - a->seen[e][ring];
		a->seen[e][ring] = pmu->total[e][ring];
	}
}

/* The running instruction, or one iteration of it, has been executed. */
static void retire(struct vpmu_attribution *a, uint64_t repeats)
{
	uint32_t events = a->counted[a->ring];

	if (!a->running)
		return;
	take_modelled(a);
	if (events & 1U << VPMU_CYCLES)
		a->running->counts[VPMU_CYCLES]++;
	if (events & 1U << VPMU_INSTRUCTIONS && repeats == a->repeats_seen)
		a->running->counts[VPMU_INSTRUCTIONS]++;
	a->running = NULL;
}

void vpmu_attribution_init(struct vpmu_attribution *a, const struct vpmu *pmu,
			   struct vpmu_histogram *histogram)
{
	memset(a, 0, sizeof(*a));
	a->pmu = pmu;
	a->histogram = histogram;
}

void vpmu_attribution_begin(struct vpmu_attribution *a, uint64_t address, uint64_t root,
			    unsigned int ring, uint64_t repeats)
{
	retire(a, repeats);
	a->ring = ring;
	a->repeats_seen = repeats;
	if (a->counted[ring])
		a->running = vpmu_histogram_place(a->histogram, address, root, ring);
}

void vpmu_attribution_take_back(struct vpmu_attribution *a)
{
	if (a->running)
		take_modelled(a);
	a->running = NULL;
}

void vpmu_attribution_end(struct vpmu_attribution *a, uint64_t repeats)
{
	retire(a, repeats);
}

void vpmu_attribution_settle(struct vpmu_attribution *a, uint64_t repeats)
{
	retire(a, repeats);
	look(a);
}

void vpmu_attribution_forget(struct vpmu_attribution *a)
{
	a->running = NULL;
}
