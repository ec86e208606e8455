/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers, counters, overflow.  References are to the Intel SDM volume 3B,
 * chapter 20.
 */
#include "vpmu.h"

#include <string.h>

#define BIT(n) (UINT64_C(1) << (n))

#define COUNTER_MASK (BIT(VPMU_WIDTH) - 1)
#define GENERAL_MASK (BIT(VPMU_NR_GENERAL) - 1)
#define FIXED_MASK   ((BIT(VPMU_NR_FIXED) - 1) << 32)

/* IA32_PERFEVTSELx, figure 20-1. */
#define EVTSEL_EVENT	UINT64_C(0xffff) /* unit mask and event select */
#define EVTSEL_USR	BIT(16)
#define EVTSEL_OS	BIT(17)
#define EVTSEL_EDGE	BIT(18)
#define EVTSEL_INT	BIT(20)
#define EVTSEL_ANY	BIT(21) /* from version 3 on */
#define EVTSEL_EN	BIT(22)
#define EVTSEL_INV	BIT(23)
#define EVTSEL_CMASK(v) ((v) >> 24 & 0xff)
#define EVTSEL_RESERVED (~UINT64_C(0xffffffff) | EVTSEL_ANY)

/* IA32_FIXED_CTR_CTRL, figure 20-2: four bits a counter. */
#define FIXED_OS       1
#define FIXED_USR      2
#define FIXED_PMI      8
#define FIXED_BITS     (FIXED_OS | FIXED_USR | FIXED_PMI)
#define FIXED_RESERVED (~(uint64_t)(FIXED_BITS | FIXED_BITS << 4 | FIXED_BITS << 8))

/* IA32_PERF_GLOBAL_STATUS, figure 20-4: no counter of ours sets these. */
#define STATUS_OVF_BUFFER BIT(62)
#define STATUS_COND_CHGD  BIT(63)

/* IA32_DEBUGCTL, figure 18-11: one bit is ours (20.2.2), the others of such a
   CPU are kept and do nothing. */
#define DEBUGCTL_FREEZE_ON_PMI BIT(12)
#define DEBUGCTL_RESERVED      (~UINT64_C(0x5fc3))

/* RDPMC's ECX (SDM volume 2B). */
#define RDPMC_FIXED BIT(30)
#define RDPMC_FAST  BIT(31)

static const struct {
	uint16_t code; /* unit mask << 8 | event select */
	enum vpmu_event event;
} encodings[] = {
    /* Architectural events, table 20-1. */
    {0x003c, VPMU_CYCLES},
    {0x013c, VPMU_CYCLES}, /* reference cycles */
    {0x00c0, VPMU_INSTRUCTIONS},
    {0x4f2e, VPMU_LLC_REFS},
    {0x412e, VPMU_LLC_MISSES},
    {0x00c4, VPMU_BRANCHES},
    {0x00c5, VPMU_BRANCH_MISSES},
    /* As on Nehalem. */
    {0x0151, VPMU_L1D_MISSES},	/* L1D.REPL */
    {0x0149, VPMU_DTLB_MISSES}, /* DTLB_MISSES.ANY */
    {0x010b, VPMU_LOADS},	/* MEM_INST_RETIRED.LOADS */
    {0x020b, VPMU_STORES},	/* MEM_INST_RETIRED.STORES */
};

/* Bit of a counter in the global registers. */
static uint64_t global_bit(unsigned int counter)
{
	return counter < VPMU_NR_GENERAL ? BIT(counter) : BIT(32 + counter - VPMU_NR_GENERAL);
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

/* Which event a general counter counts.  The model has at most one event a
   cycle, so a counter mask of 1 changes nothing; a larger one, an inverted one
   and edge detection are not modelled and count nothing. */
static enum vpmu_event evtsel_event(uint64_t evtsel)
{
	if (EVTSEL_CMASK(evtsel) > 1 || evtsel & (EVTSEL_INV | EVTSEL_EDGE))
		return VPMU_NO_EVENT;
	for (unsigned int i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
		if (encodings[i].code == (evtsel & EVTSEL_EVENT))
			return encodings[i].event;
	return VPMU_NO_EVENT;
}

static void configure_general(struct vpmu *p, unsigned int i)
{
	struct vpmu_counter *c = &p->counters[i];
	uint64_t evtsel = p->evtsel[i];

	c->event = VPMU_NO_EVENT;
	if (evtsel & EVTSEL_EN && p->global_ctrl & global_bit(i))
		c->event = evtsel_event(evtsel);
	c->rings = (evtsel & EVTSEL_OS ? 1 : 0) | (evtsel & EVTSEL_USR ? 2 : 0);
	c->interrupt = (evtsel & EVTSEL_INT) != 0;
}

static void configure_fixed(struct vpmu *p, unsigned int i)
{
	/* Table 20-2. */
	static const enum vpmu_event events[VPMU_NR_FIXED] = {VPMU_INSTRUCTIONS, VPMU_CYCLES,
							      VPMU_CYCLES};
	struct vpmu_counter *c = &p->counters[VPMU_NR_GENERAL + i];
	uint64_t control = p->fixed_ctrl >> 4 * i;

	c->event = p->global_ctrl & global_bit(VPMU_NR_GENERAL + i) ? events[i] : VPMU_NO_EVENT;
	c->rings = (control & FIXED_OS ? 1 : 0) | (control & FIXED_USR ? 2 : 0);
	c->interrupt = (control & FIXED_PMI) != 0;
}

/* Settle what each counter counts after a register changed.  The counters are
   synchronised. */
static void configure(struct vpmu *p)
{
	p->counting = 0;
	for (unsigned int i = 0; i < VPMU_NR_COUNTERS; i++) {
		struct vpmu_counter *c = &p->counters[i];

		if (i < VPMU_NR_GENERAL)
			configure_general(p, i);
		else
			configure_fixed(p, i - VPMU_NR_GENERAL);
		if (c->rings == 0)
			c->event = VPMU_NO_EVENT;
		if (c->event != VPMU_NO_EVENT) {
			p->counting |= 1U << c->event;
			c->snapshot = counter_total(p, c);
		}
	}
}

void vpmu_init(struct vpmu *p, const struct vpmu_config *config)
{
	memset(p, 0, sizeof(*p));
	p->config = *config;
	vpmu_reset(p);
}

void vpmu_reset(struct vpmu *p)
{
	memset(p->evtsel, 0, sizeof(p->evtsel));
	for (unsigned int i = 0; i < VPMU_NR_COUNTERS; i++)
		p->counters[i].value = 0;
	p->fixed_ctrl = 0;
	p->global_ctrl = GENERAL_MASK;
	p->global_status = 0;
	p->debugctl = 0;
	configure(p);
	vpmu_arm(p, 0);
}

bool vpmu_cpuid(const struct vpmu *p, uint32_t leaf, uint32_t regs[4])
{
	switch (leaf) {
	case VPMU_CPUID_ARCH:
		/* Version 2; seven architectural events, none missing. */
		regs[0] = 2 | VPMU_NR_GENERAL << 8 | VPMU_WIDTH << 16 | 7 << 24;
		regs[1] = 0;
		regs[2] = 0;
		regs[3] = VPMU_NR_FIXED | VPMU_WIDTH << 5;
		return true;
	case VPMU_CPUID_SIGNATURE:
		regs[0] = VPMU_MODEL_VERSION;
		memcpy(&regs[1], "machperfvpmu", 12);
		return true;
	case VPMU_CPUID_PARAMS:
		regs[0] = p->config.icount_shift;
		regs[1] = p->config.tsc_khz;
		regs[2] = VPMU_MSR_RESET;
		regs[3] = VPMU_PORT_BASE;
		return true;
	default:
		return false;
	}
}

void vpmu_count_steps(struct vpmu *p, uint64_t steps, uint64_t repeats, unsigned int ring)
{
	p->steps += steps;
	p->stats.rep_iterations += repeats;
	vpmu_count(p, VPMU_INSTRUCTIONS, steps - repeats, ring);
	vpmu_count(p, VPMU_CYCLES, steps, ring);
}

/* Bring one counter up to date; true: it passed its end. */
static bool sync_counter(struct vpmu *p, struct vpmu_counter *c)
{
	uint64_t now = counter_total(p, c);
	uint64_t value = c->value + (now - c->snapshot);

	c->snapshot = now;
	c->value = value & COUNTER_MASK;
	return value > COUNTER_MASK;
}

void vpmu_sync(struct vpmu *p)
{
	bool interrupt = false;

	if (p->counting == 0)
		return;
	for (unsigned int i = 0; i < VPMU_NR_COUNTERS; i++) {
		struct vpmu_counter *c = &p->counters[i];

		if (c->event == VPMU_NO_EVENT || !sync_counter(p, c))
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
		p->global_ctrl = 0;
		configure(p);
	}
	if (p->config.pmi)
		p->config.pmi(p->config.opaque);
}

int64_t vpmu_arm(struct vpmu *p, unsigned int ring)
{
	for (unsigned int e = 0; e < VPMU_NR_EVENTS; e++)
		p->left[e] = VPMU_FAR;
	if (p->counting == 0)
		return VPMU_FAR;
	for (unsigned int i = 0; i < VPMU_NR_COUNTERS; i++) {
		const struct vpmu_counter *c = &p->counters[i];
		int64_t left;

		if (c->event == VPMU_NO_EVENT || !(c->rings & 1U << ring))
			continue;
		left = (int64_t)(COUNTER_MASK + 1 - c->value - (counter_total(p, c) - c->snapshot));
		if (left < p->left[c->event])
			p->left[c->event] = left;
	}
	return p->left[VPMU_INSTRUCTIONS] < p->left[VPMU_CYCLES] ? p->left[VPMU_INSTRUCTIONS]
								 : p->left[VPMU_CYCLES];
}

/* The counter an MSR in [base, base + n) names, or -1. */
static int msr_index(uint32_t msr, uint32_t base, unsigned int n)
{
	return msr >= base && msr - base < n ? (int)(msr - base) : -1;
}

static enum vpmu_access read_register(const struct vpmu *p, uint32_t msr, uint64_t *value)
{
	int i;

	if ((i = msr_index(msr, VPMU_MSR_PMC0, VPMU_NR_GENERAL)) >= 0) {
		*value = p->counters[i].value;
		return VPMU_ACCESS_OK;
	}
	if ((i = msr_index(msr, VPMU_MSR_FIXED_CTR0, VPMU_NR_FIXED)) >= 0) {
		*value = p->counters[VPMU_NR_GENERAL + i].value;
		return VPMU_ACCESS_OK;
	}
	if ((i = msr_index(msr, VPMU_MSR_PERFEVTSEL0, VPMU_NR_GENERAL)) >= 0) {
		*value = p->evtsel[i];
		return VPMU_ACCESS_OK;
	}
	switch (msr) {
	case VPMU_MSR_FIXED_CTR_CTRL:
		*value = p->fixed_ctrl;
		break;
	case VPMU_MSR_GLOBAL_STATUS:
		*value = p->global_status;
		break;
	case VPMU_MSR_GLOBAL_CTRL:
		*value = p->global_ctrl;
		break;
	case VPMU_MSR_DEBUGCTL:
		*value = p->debugctl;
		break;
	case VPMU_MSR_GLOBAL_OVF_CTRL:
	case VPMU_MSR_PERF_CAPABILITIES:
	case VPMU_MSR_RESET:
		*value = 0;
		break;
	case VPMU_MSR_STEPS:
		*value = p->steps;
		break;
	default:
		return VPMU_ACCESS_UNKNOWN;
	}
	return VPMU_ACCESS_OK;
}

enum vpmu_access vpmu_rdmsr(struct vpmu *p, uint32_t msr, uint64_t *value)
{
	vpmu_sync(p);
	return read_register(p, msr, value);
}

static enum vpmu_access write_masked(uint64_t *reg, uint64_t value, uint64_t reserved)
{
	if (value & reserved)
		return VPMU_ACCESS_FAULT;
	*reg = value;
	return VPMU_ACCESS_OK;
}

static void forget(struct vpmu *p)
{
	for (unsigned int i = 0; i < VPMU_NR_COUNTERS; i++)
		p->counters[i].overflows = p->counters[i].pmis = 0;
	memset(p->stats.overflows, 0, sizeof(p->stats.overflows));
	if (p->config.forget)
		p->config.forget(p->config.opaque);
}

static enum vpmu_access write_register(struct vpmu *p, uint32_t msr, uint64_t value)
{
	uint64_t all = GENERAL_MASK | FIXED_MASK;
	int i;

	if ((i = msr_index(msr, VPMU_MSR_PMC0, VPMU_NR_GENERAL)) >= 0) {
		/* 20.2.6: without full-width writes, bit 31 is extended. */
		p->counters[i].value = (uint64_t)(int64_t)(int32_t)value & COUNTER_MASK;
		return VPMU_ACCESS_OK;
	}
	if ((i = msr_index(msr, VPMU_MSR_FIXED_CTR0, VPMU_NR_FIXED)) >= 0)
		return write_masked(&p->counters[VPMU_NR_GENERAL + i].value, value, ~COUNTER_MASK);
	if ((i = msr_index(msr, VPMU_MSR_PERFEVTSEL0, VPMU_NR_GENERAL)) >= 0)
		return write_masked(&p->evtsel[i], value, EVTSEL_RESERVED);
	switch (msr) {
	case VPMU_MSR_FIXED_CTR_CTRL:
		return write_masked(&p->fixed_ctrl, value, FIXED_RESERVED);
	case VPMU_MSR_GLOBAL_CTRL:
		return write_masked(&p->global_ctrl, value, ~all);
	case VPMU_MSR_GLOBAL_OVF_CTRL:
		if (value & ~(all | STATUS_OVF_BUFFER | STATUS_COND_CHGD))
			return VPMU_ACCESS_FAULT;
		p->global_status &= ~value;
		return VPMU_ACCESS_OK;
	case VPMU_MSR_DEBUGCTL:
		return write_masked(&p->debugctl, value, DEBUGCTL_RESERVED);
	case VPMU_MSR_GLOBAL_STATUS:	 /* read-only */
	case VPMU_MSR_PERF_CAPABILITIES: /* read-only */
	case VPMU_MSR_STEPS:
		return VPMU_ACCESS_FAULT;
	case VPMU_MSR_RESET:
		forget(p);
		return VPMU_ACCESS_OK;
	default:
		return VPMU_ACCESS_UNKNOWN;
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
	uint32_t index = ecx & ~(uint32_t)(RDPMC_FIXED | RDPMC_FAST);
	bool fixed = (ecx & RDPMC_FIXED) != 0;

	if (index >= (fixed ? VPMU_NR_FIXED : VPMU_NR_GENERAL))
		return false;
	vpmu_sync(p);
	*value = p->counters[(fixed ? VPMU_NR_GENERAL : 0) + index].value;
	if (ecx & RDPMC_FAST)
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
		vpmu_count_steps(p, n, 0, ring);
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
