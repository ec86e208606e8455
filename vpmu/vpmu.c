/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters, overflow, and what registers all kinds have.  References are to the Intel SDM volume
 * 3B, chapter 20.
 */
#include "kind.h"

#include <string.h>

/* Unit mask and event select; what other kinds reserve, reads 0. */
#define EVTSEL_EVENT UINT64_C(0xf0000ffff)

/* RDPMC's ECX (SDM volume 2B). */
#define RDPMC_FIXED VPMU_BIT(30)
#define RDPMC_FAST  VPMU_BIT(31)

/* Bit of a counter in the global registers. */
static uint64_t global_bit(unsigned int counter)
{
	return counter < VPMU_FIRST_FIXED ? VPMU_BIT(counter)
					  : VPMU_BIT(32 + counter - VPMU_FIRST_FIXED);
}

bool vpmu_has_counter(const struct vpmu *p, unsigned int index)
{
	return index < VPMU_FIRST_FIXED ? index < p->shape->nr_general
					: p->shape->fixed >> (index - VPMU_FIRST_FIXED) & 1;
}

/* What was counted in the rings of a counter, ever. */
static uint64_t counter_total(const struct vpmu *p, const struct vpmu_counter *c)
{
	uint64_t sum = 0;

	for (unsigned int ring = 0; ring < 2; ring++)
		if (c->rings & 1U << ring)
			sum += p->total[c->event][ring];
	return sum;
}

/* The event that an event select names. */
static enum vpmu_event evtsel_event(const struct vpmu_shape *s, uint64_t evtsel)
{
	for (unsigned int i = 0; i < s->nr_encodings; i++)
		if (s->encodings[i].code == (evtsel & EVTSEL_EVENT))
			return s->encodings[i].event;
	return VPMU_NO_EVENT;
}

static void configure_general(struct vpmu *p, unsigned int i)
{
	struct vpmu_counter *c = &p->counters[i];
	uint64_t evtsel = p->evtsel[i];

	c->event = VPMU_NO_EVENT;
	if (evtsel & EVTSEL_EN && p->global_ctrl & global_bit(i))
		c->event = evtsel_event(p->shape, evtsel);
	c->event = vpmu_filter_configure(p, i, evtsel, c->event);
	c->rings = (evtsel & EVTSEL_OS ? 1 : 0) | (evtsel & EVTSEL_USR ? 2 : 0);
	c->interrupt = (evtsel & EVTSEL_INT) != 0;
}

static void configure_fixed(struct vpmu *p, unsigned int i)
{
	struct vpmu_counter *c = &p->counters[VPMU_FIRST_FIXED + i];
	uint64_t control = p->fixed_ctrl >> 4 * i;

	c->event = p->global_ctrl & global_bit(VPMU_FIRST_FIXED + i) ? vpmu_fixed_events[i]
								     : VPMU_NO_EVENT;
	c->rings = (control & FIXED_OS ? 1 : 0) | (control & FIXED_USR ? 2 : 0);
	c->interrupt = (control & FIXED_PMI) != 0;
}

/* Settle what each counter counts after a register changed.  The counters are
   synchronised. */
static void configure(struct vpmu *p)
{
	p->counting = p->active = p->filtered = 0;
	for (unsigned int i = 0; i < VPMU_MAX_COUNTERS; i++) {
		struct vpmu_counter *c = &p->counters[i];

		if (i < VPMU_FIRST_FIXED)
			configure_general(p, i);
		else
			configure_fixed(p, i - VPMU_FIRST_FIXED);
		if (c->rings == 0 || p->global_status & STATUS_FROZEN)
			c->event = VPMU_NO_EVENT;
		if (c->event == VPMU_NO_EVENT)
			continue;
		p->counting |= 1U << c->event;
		p->active |= 1U << i;
		c->snapshot = counter_total(p, c);
		if (c->event >= VPMU_FILTERED) {
			p->filtered |= 1U << i;
			p->counting |= 1U << p->filters[i].base | 1U << VPMU_CYCLES;
		}
	}
}

void vpmu_init(struct vpmu *p, const struct vpmu_config *config)
{
	memset(p, 0, sizeof(*p));
	p->config = *config;
	p->shape = &vpmu_shapes[config->kind];
	vpmu_reset(p);
}

void vpmu_reset(struct vpmu *p)
{
	memset(p->evtsel, 0, sizeof(p->evtsel));
	for (unsigned int i = 0; i < VPMU_MAX_COUNTERS; i++)
		p->counters[i].value = 0;
	p->fixed_ctrl = 0;
	p->global_ctrl = vpmu_general_bits(p);
	p->global_status = 0;
	p->debugctl = 0;
	configure(p);
	vpmu_arm(p, 0);
}

void vpmu_count_steps(struct vpmu *p, uint64_t steps, uint64_t repeats, unsigned int ring)
{
	p->steps += steps;
	p->stats.rep_iterations += repeats;
	vpmu_count(p, VPMU_INSTRUCTIONS, steps - repeats, ring);
	vpmu_count(p, VPMU_CYCLES, steps, ring);
}

/* Bring one counter up to date; true: it passed its end. */
static bool sync_counter(const struct vpmu *p, struct vpmu_counter *c)
{
	uint64_t mask = vpmu_counter_mask(p);
	uint64_t now = counter_total(p, c);
	uint64_t value = c->value + (now - c->snapshot);

	c->snapshot = now;
	c->value = value & mask;
	return value > mask;
}

void vpmu_sync(struct vpmu *p)
{
	bool interrupt = false;

	for (uint32_t rest = p->active; rest != 0; rest &= rest - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(rest);
		struct vpmu_counter *c = &p->counters[i];

		if (!sync_counter(p, c))
			continue;
		p->global_status |= global_bit(i);
		c->overflows++;
		p->stats.overflows[c->event]++;
		if (c->interrupt) {
			c->pmis++;
			interrupt = true;
		}
	}
	if (!interrupt)
		return;
	p->stats.pmis++;
	if (p->debugctl & DEBUGCTL_FREEZE_ON_PMI) {
		if (p->shape->streamlined)
			p->global_status |= STATUS_FROZEN;
		else
			p->global_ctrl = 0;
		configure(p);
	}
	if (p->config.pmi)
		p->config.pmi(p->config.opaque);
}

int64_t vpmu_arm(struct vpmu *p, unsigned int ring)
{
	bool due = false;

	p->armed = ring;
	for (unsigned int e = 0; e < VPMU_NR_TOTALS; e++)
		p->left[e] = VPMU_FAR;
	for (uint32_t rest = p->active; rest != 0; rest &= rest - 1) {
		const struct vpmu_counter *c = &p->counters[__builtin_ctz(rest)];
		int64_t left;

		if (!(c->rings & 1U << ring))
			continue;
		left = (int64_t)(vpmu_counter_mask(p) + 1 - c->value -
				 (counter_total(p, c) - c->snapshot));
		if (left < p->left[c->event])
			p->left[c->event] = left;
		due |= left <= 0;
	}
	if (due)
		return 0;
	return p->left[VPMU_INSTRUCTIONS] < p->left[VPMU_CYCLES] ? p->left[VPMU_INSTRUCTIONS]
								 : p->left[VPMU_CYCLES];
}

enum vpmu_access vpmu_rdmsr(struct vpmu *p, uint32_t msr, uint64_t *value)
{
	vpmu_sync(p);
	switch (msr) {
	case VPMU_MSR_RESET:
		*value = 0;
		return VPMU_ACCESS_OK;
	case VPMU_MSR_STEPS:
		*value = p->steps;
		return VPMU_ACCESS_OK;
	case VPMU_MSR_EVENTING_IP:
		*value = p->eventing_ip;
		return VPMU_ACCESS_OK;
	default:
		return p->shape->amd ? vpmu_amd_read(p, msr, value)
				     : vpmu_intel_read(p, msr, value);
	}
}

static void forget(struct vpmu *p)
{
	for (unsigned int i = 0; i < VPMU_MAX_COUNTERS; i++)
		p->counters[i].overflows = p->counters[i].pmis = 0;
	memset(p->stats.overflows, 0, sizeof(p->stats.overflows));
	if (p->config.forget)
		p->config.forget(p->config.opaque);
}

static enum vpmu_access write_register(struct vpmu *p, uint32_t msr, uint64_t value)
{
	switch (msr) {
	case VPMU_MSR_RESET:
		forget(p);
		return VPMU_ACCESS_OK;
	case VPMU_MSR_STEPS:
	case VPMU_MSR_EVENTING_IP:
		return VPMU_ACCESS_FAULT;
	default:
		return p->shape->amd ? vpmu_amd_write(p, msr, value)
				     : vpmu_intel_write(p, msr, value);
	}
}

enum vpmu_access vpmu_wrmsr(struct vpmu *p, uint32_t msr, uint64_t value)
{
	enum vpmu_access access;

	/* What ran up to here is counted by the old settings. */
	vpmu_sync(p);
	access = write_register(p, msr, value);
	if (access == VPMU_ACCESS_OK)
		configure(p);
	return access;
}

bool vpmu_rdpmc(struct vpmu *p, uint32_t ecx, uint64_t *value)
{
	/* AMD's counters are all general, and read whole. */
	uint32_t flags = p->shape->amd ? 0 : RDPMC_FIXED | RDPMC_FAST;
	uint32_t index = ecx & ~flags;
	bool fixed = (ecx & flags & RDPMC_FIXED) != 0;

	if (index >= (fixed ? VPMU_MAX_FIXED : VPMU_MAX_GENERAL))
		return false;
	index += fixed ? VPMU_FIRST_FIXED : 0;
	if (!vpmu_has_counter(p, index))
		return false;
	vpmu_sync(p);
	*value = p->counters[index].value;
	if (ecx & flags & RDPMC_FAST)
		*value &= UINT32_MAX;
	return true;
}

void vpmu_advance(struct vpmu *p, uint64_t instructions, unsigned int cpl)
{
	unsigned int ring = vpmu_ring(cpl);

	vpmu_sync(p);
	while (instructions > 0) {
		uint64_t n = (uint64_t)vpmu_arm(p, ring);

		if (n > instructions)
			n = instructions;
		if (n > 1 && vpmu_has_filters(p))
			n = 1;
		vpmu_step_begin(p, ring, 0);
		vpmu_count_steps(p, n, 0, ring);
		vpmu_step_end(p, 0);
		vpmu_sync(p);
		instructions -= n;
	}
}

void vpmu_event(struct vpmu *p, enum vpmu_event event, uint64_t n, unsigned int cpl)
{
	unsigned int ring = vpmu_ring(cpl);

	vpmu_sync(p);
	while (n > 0) {
		uint64_t now;

		vpmu_arm(p, ring);
		now = (uint64_t)p->left[event] < n ? (uint64_t)p->left[event] : n;
		vpmu_count(p, event, now, ring);
		vpmu_sync(p);
		n -= now;
	}
}
