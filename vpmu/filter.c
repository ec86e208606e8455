/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters that count cycles by how many events they have. */
#include "kind.h"

/* Events of which a step has one at most. */
#define ONCE                                                                                       \
	(1U << VPMU_INSTRUCTIONS | 1U << VPMU_CYCLES | 1U << VPMU_BRANCHES |                       \
	 1U << VPMU_BRANCH_MISSES)

enum vpmu_event vpmu_filter_configure(struct vpmu *p, unsigned int counter, uint64_t evtsel,
				      enum vpmu_event base)
{
	struct vpmu_filter *f = &p->filters[counter];
	unsigned int cmask = EVTSEL_CMASK(evtsel);
	bool edge = (evtsel & EVTSEL_EDGE) != 0;
	/* Without a mask, inversion does nothing, and an edge is that from no
	   event to some. */
	bool inverted = cmask > 0 && (evtsel & EVTSEL_INV);

	if (base == VPMU_NO_EVENT || (cmask == 0 && !edge)) {
		f->base = VPMU_NO_EVENT;
		return base;
	}
	cmask = cmask ? cmask : 1;
	if (!edge && 1U << base & ONCE && (cmask > 1 || !inverted)) {
		f->base = VPMU_NO_EVENT;
		if (cmask == 1)
			return base;
		/* More than there are in any cycle: never, or always. */
		return inverted ? VPMU_CYCLES : VPMU_NO_EVENT;
	}
	if (f->base != base || f->cmask != cmask || f->inverted != inverted || f->edge != edge)
		*f = (struct vpmu_filter){base, cmask, inverted, edge, false, {0, 0}};
	for (unsigned int ring = 0; ring < 2; ring++) {
		f->seen[ring] = p->total[base][ring];
		p->step.penalties_seen[ring] = p->penalties[ring];
	}
	return VPMU_FILTERED + counter;
}

/* n cycles in a row with so many events each: how many of them count. */
static uint64_t cycles(struct vpmu_filter *f, uint64_t n, uint64_t events)
{
	bool asserted = (events >= f->cmask) != f->inverted;
	bool rising = asserted && !f->asserted;

	if (n == 0)
		return 0;
	f->asserted = asserted;
	if (f->edge)
		return rising;
	return asserted ? n : 0;
}

/* What the step that ends is to one counter. */
static uint64_t judge(const struct vpmu *p, struct vpmu_filter *f, unsigned int ring, bool retired,
		      uint64_t penalty)
{
	uint64_t events = p->total[f->base][ring] - f->seen[ring];
	uint64_t counted;

	f->seen[ring] = p->total[f->base][ring];
	if (f->base == VPMU_INSTRUCTIONS)
		events = retired;
	if (f->base == VPMU_CYCLES)
		events = 1;
	counted = cycles(f, 1, events);
	return counted + cycles(f, penalty, f->base == VPMU_CYCLES);
}

bool vpmu_step_end(struct vpmu *p, uint64_t repeats)
{
	struct vpmu_step *step = &p->step;
	unsigned int ring = step->ring;
	bool retired = repeats == step->repeats;
	uint64_t penalty = p->penalties[ring] - step->penalties_seen[ring];
	bool due = false;

	if (!step->open)
		return false;
	step->open = false;
	step->penalties_seen[ring] = p->penalties[ring];
	for (uint32_t rest = p->filtered; rest != 0; rest &= rest - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(rest);
		uint64_t n;

		if (!(p->counters[i].rings & 1U << ring))
			continue;
		n = judge(p, &p->filters[i], ring, retired, penalty);
		due |= vpmu_count(p, VPMU_FILTERED + i, n, ring);
	}
	return due;
}

bool vpmu_step_begin(struct vpmu *p, unsigned int ring, uint64_t repeats)
{
	bool due = vpmu_step_end(p, repeats);

	p->step.open = vpmu_has_filters(p);
	p->step.ring = ring;
	p->step.repeats = repeats;
	return due;
}

void vpmu_step_take_back(struct vpmu *p)
{
	p->step.open = false;
}
