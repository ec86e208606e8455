/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AMD's registers: four counters at the old addresses, six at those of
 * PerfCtrExtCore (the first four are also at the old ones), and the global
 * registers of PerfMonV2.
 *
 * AMD64 Architecture Programmer's Manual volume 2, 13.2.1; Processor
 * Programming Reference for family 19h, "Performance Monitor Counters".
 */
#include "kind.h"

#define NR_OLD 4

#define STATUS_LBR_FROZEN VPMU_BIT(58)

/* DebugCtl: the bits this model has, and the freeze only with PerfMonV2. */
#define DEBUGCTL_KNOWN UINT64_C(0x3f)

/* One of the registers of a counter; false: none. */
struct place {
	unsigned int counter;
	bool select;
};

static bool find(const struct vpmu *p, uint32_t msr, struct place *place)
{
	int i;

	if ((i = vpmu_msr_index(msr, VPMU_MSR_AMD_OLD_CTL0, 2 * NR_OLD)) >= 0) {
		place->select = i < NR_OLD;
		place->counter = (unsigned int)i % NR_OLD;
		return true;
	}
	if (p->shape->nr_general > NR_OLD &&
	    (i = vpmu_msr_index(msr, VPMU_MSR_AMD_CTL0, 2 * p->shape->nr_general)) >= 0) {
		place->select = i % 2 == 0;
		place->counter = (unsigned int)i / 2;
		return true;
	}
	return false;
}

enum vpmu_access vpmu_amd_read(const struct vpmu *p, uint32_t msr, uint64_t *value)
{
	struct place place;

	if (find(p, msr, &place)) {
		*value = place.select ? p->evtsel[place.counter] : p->counters[place.counter].value;
		return VPMU_ACCESS_OK;
	}
	if (msr == VPMU_MSR_DEBUGCTL) {
		*value = p->debugctl;
		return VPMU_ACCESS_OK;
	}
	if (!p->shape->global)
		return VPMU_ACCESS_UNKNOWN;
	switch (msr) {
	case VPMU_MSR_AMD_GLOBAL_STATUS:
		*value = p->global_status;
		return VPMU_ACCESS_OK;
	case VPMU_MSR_AMD_GLOBAL_CTRL:
		*value = p->global_ctrl;
		return VPMU_ACCESS_OK;
	case VPMU_MSR_AMD_GLOBAL_CLEAR:
		*value = 0;
		return VPMU_ACCESS_OK;
	default:
		return VPMU_ACCESS_UNKNOWN;
	}
}

static enum vpmu_access clear_status(struct vpmu *p, uint64_t value)
{
	if (value & ~(vpmu_counter_bits(p) | STATUS_FROZEN | STATUS_LBR_FROZEN))
		return VPMU_ACCESS_FAULT;
	p->global_status &= ~value;
	return VPMU_ACCESS_OK;
}

enum vpmu_access vpmu_amd_write(struct vpmu *p, uint32_t msr, uint64_t value)
{
	const struct vpmu_shape *s = p->shape;
	struct place place;

	if (find(p, msr, &place)) {
		if (place.select)
			return vpmu_write_masked(&p->evtsel[place.counter], value,
						 s->evtsel_reserved);
		/* Bits that a counter does not have are ignored. */
		p->counters[place.counter].value = value & vpmu_counter_mask(p);
		return VPMU_ACCESS_OK;
	}
	if (msr == VPMU_MSR_DEBUGCTL)
		return vpmu_write_masked(
		    &p->debugctl, value,
		    ~(DEBUGCTL_KNOWN | (s->streamlined ? DEBUGCTL_FREEZE_ON_PMI : 0)));
	if (!s->global)
		return VPMU_ACCESS_UNKNOWN;
	switch (msr) {
	case VPMU_MSR_AMD_GLOBAL_STATUS: /* read-only */
		return VPMU_ACCESS_FAULT;
	case VPMU_MSR_AMD_GLOBAL_CTRL:
		return vpmu_write_masked(&p->global_ctrl, value, ~vpmu_counter_bits(p));
	case VPMU_MSR_AMD_GLOBAL_CLEAR:
		return clear_status(p, value);
	default:
		return VPMU_ACCESS_UNKNOWN;
	}
}
