/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel's registers, architectural performance monitoring versions 1 to 5.
 * References are to the SDM volume 3B.
 */
#include "kind.h"

/* IA32_PERF_GLOBAL_STATUS, figures 20-4 and 20-12: no counter of ours sets
   these; version 4 has more that can be cleared. */
#define STATUS_LBR_FROZEN VPMU_BIT(58)
#define STATUS_ASCI	  VPMU_BIT(60)
#define STATUS_UNCORE	  VPMU_BIT(61)
#define STATUS_OVF_BUFFER VPMU_BIT(62)
#define STATUS_COND_CHGD  VPMU_BIT(63)

#define STATUS_V4 (STATUS_LBR_FROZEN | STATUS_FROZEN | STATUS_ASCI | STATUS_UNCORE)

/* IA32_PERF_GLOBAL_INUSE, figure 20-14. */
#define INUSE_PMI VPMU_BIT(63)

/* IA32_DEBUGCTL, figure 18-11: one bit is ours (20.2.2), the others of such a
   CPU are kept and do nothing. */
#define DEBUGCTL_RESERVED (~UINT64_C(0x5fc3))

static bool has_fixed(const struct vpmu *p, int i)
{
	return i >= 0 && (p->shape->fixed >> i & 1);
}

/* The fixed counters' control register: which bits there are. */
static uint64_t fixed_reserved(const struct vpmu *p)
{
	uint64_t field = FIXED_OS | FIXED_USR | FIXED_PMI | (p->shape->any_thread ? FIXED_ANY : 0);
	uint64_t known = 0;

	for (unsigned int i = 0; i < VPMU_MAX_FIXED; i++)
		if (has_fixed(p, (int)i))
			known |= field << 4 * i;
	return ~known;
}

/* 20.2.4.3: what is set up, so that agents keep out of each other's way. */
static uint64_t in_use(const struct vpmu *p)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < p->shape->nr_general; i++) {
		if (p->evtsel[i] & 0xff)
			value |= VPMU_BIT(i);
		if (p->evtsel[i] & EVTSEL_INT)
			value |= INUSE_PMI;
	}
	for (unsigned int i = 0; i < VPMU_MAX_FIXED; i++) {
		if (p->fixed_ctrl >> 4 * i & (FIXED_OS | FIXED_USR))
			value |= VPMU_BIT(32 + i);
		if (p->fixed_ctrl >> 4 * i & FIXED_PMI)
			value |= INUSE_PMI;
	}
	return value;
}

static enum vpmu_access read_global(const struct vpmu *p, uint32_t msr, uint64_t *value)
{
	switch (msr) {
	case VPMU_MSR_FIXED_CTR_CTRL:
		*value = p->fixed_ctrl;
		return VPMU_ACCESS_OK;
	case VPMU_MSR_GLOBAL_STATUS:
		*value = p->global_status;
		return VPMU_ACCESS_OK;
	case VPMU_MSR_GLOBAL_CTRL:
		*value = p->global_ctrl;
		return VPMU_ACCESS_OK;
	case VPMU_MSR_GLOBAL_OVF_CTRL:
		*value = 0;
		return VPMU_ACCESS_OK;
	case VPMU_MSR_DEBUGCTL:
		*value = p->debugctl;
		return VPMU_ACCESS_OK;
	default:
		break;
	}
	if (p->shape->version < 4)
		return VPMU_ACCESS_UNKNOWN;
	switch (msr) {
	case VPMU_MSR_GLOBAL_STATUS_SET:
		*value = 0;
		return VPMU_ACCESS_OK;
	case VPMU_MSR_GLOBAL_INUSE:
		*value = in_use(p);
		return VPMU_ACCESS_OK;
	default:
		return VPMU_ACCESS_UNKNOWN;
	}
}

enum vpmu_access vpmu_intel_read(const struct vpmu *p, uint32_t msr, uint64_t *value)
{
	const struct vpmu_shape *s = p->shape;
	int i;

	if ((i = vpmu_msr_index(msr, VPMU_MSR_PMC0, s->nr_general)) >= 0 ||
	    (s->capabilities &&
	     (i = vpmu_msr_index(msr, VPMU_MSR_FULL_PMC0, s->nr_general)) >= 0)) {
		*value = p->counters[i].value;
		return VPMU_ACCESS_OK;
	}
	if (has_fixed(p, i = vpmu_msr_index(msr, VPMU_MSR_FIXED_CTR0, VPMU_MAX_FIXED))) {
		*value = p->counters[VPMU_FIRST_FIXED + i].value;
		return VPMU_ACCESS_OK;
	}
	if ((i = vpmu_msr_index(msr, VPMU_MSR_PERFEVTSEL0, s->nr_general)) >= 0) {
		*value = p->evtsel[i];
		return VPMU_ACCESS_OK;
	}
	if (msr == VPMU_MSR_PERF_CAPABILITIES) {
		*value = s->capabilities;
		return VPMU_ACCESS_OK;
	}
	return s->global ? read_global(p, msr, value) : VPMU_ACCESS_UNKNOWN;
}

/* Versions 2 and 3 clear with GLOBAL_OVF_CTRL what version 4 resets with
   GLOBAL_STATUS_RESET at the same address (20.2.4.2). */
static enum vpmu_access clear_status(struct vpmu *p, uint64_t value)
{
	uint64_t known = vpmu_counter_bits(p) | STATUS_OVF_BUFFER | STATUS_COND_CHGD;

	if (p->shape->version >= 4)
		known |= STATUS_V4;
	if (value & ~known)
		return VPMU_ACCESS_FAULT;
	p->global_status &= ~value;
	return VPMU_ACCESS_OK;
}

static enum vpmu_access set_status(struct vpmu *p, uint64_t value)
{
	if (value & ~(vpmu_counter_bits(p) | STATUS_V4 | STATUS_OVF_BUFFER))
		return VPMU_ACCESS_FAULT;
	p->global_status |= value;
	return VPMU_ACCESS_OK;
}

static enum vpmu_access write_global(struct vpmu *p, uint32_t msr, uint64_t value)
{
	switch (msr) {
	case VPMU_MSR_FIXED_CTR_CTRL:
		return vpmu_write_masked(&p->fixed_ctrl, value, fixed_reserved(p));
	case VPMU_MSR_GLOBAL_CTRL:
		return vpmu_write_masked(&p->global_ctrl, value, ~vpmu_counter_bits(p));
	case VPMU_MSR_GLOBAL_OVF_CTRL:
		return clear_status(p, value);
	case VPMU_MSR_DEBUGCTL:
		return vpmu_write_masked(&p->debugctl, value, DEBUGCTL_RESERVED);
	case VPMU_MSR_GLOBAL_STATUS: /* read-only */
		return VPMU_ACCESS_FAULT;
	default:
		break;
	}
	if (p->shape->version < 4)
		return VPMU_ACCESS_UNKNOWN;
	switch (msr) {
	case VPMU_MSR_GLOBAL_STATUS_SET:
		return set_status(p, value);
	case VPMU_MSR_GLOBAL_INUSE: /* read-only */
		return VPMU_ACCESS_FAULT;
	default:
		return VPMU_ACCESS_UNKNOWN;
	}
}

enum vpmu_access vpmu_intel_write(struct vpmu *p, uint32_t msr, uint64_t value)
{
	const struct vpmu_shape *s = p->shape;
	uint64_t mask = vpmu_counter_mask(p);
	int i;

	if ((i = vpmu_msr_index(msr, VPMU_MSR_PMC0, s->nr_general)) >= 0) {
		/* 20.2.6: Intel's take 32 bits here and extend bit 31. */
		p->counters[i].value =
		    (s->wide_writes ? value : (uint64_t)(int64_t)(int32_t)value) & mask;
		return VPMU_ACCESS_OK;
	}
	if (s->capabilities && (i = vpmu_msr_index(msr, VPMU_MSR_FULL_PMC0, s->nr_general)) >= 0)
		return vpmu_write_masked(&p->counters[i].value, value, ~mask);
	if (has_fixed(p, i = vpmu_msr_index(msr, VPMU_MSR_FIXED_CTR0, VPMU_MAX_FIXED)))
		return vpmu_write_masked(&p->counters[VPMU_FIRST_FIXED + i].value, value, ~mask);
	if ((i = vpmu_msr_index(msr, VPMU_MSR_PERFEVTSEL0, s->nr_general)) >= 0)
		return vpmu_write_masked(&p->evtsel[i], value, s->evtsel_reserved);
	if (msr == VPMU_MSR_PERF_CAPABILITIES) /* read-only */
		return VPMU_ACCESS_FAULT;
	return s->global ? write_global(p, msr, value) : VPMU_ACCESS_UNKNOWN;
}
