/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kinds of PMU differ in: a description of each, and the registers
 * of the two vendors.  For the model's own files.
 */
#ifndef VPMU_KIND_H
#define VPMU_KIND_H

#include "vpmu.h"

#define VPMU_BIT(n) (UINT64_C(1) << (n))

/* Bits of an event select that all kinds have (SDM figure 20-1). */
#define EVTSEL_USR	VPMU_BIT(16)
#define EVTSEL_OS	VPMU_BIT(17)
#define EVTSEL_EDGE	VPMU_BIT(18)
#define EVTSEL_INT	VPMU_BIT(20)
#define EVTSEL_ANY	VPMU_BIT(21)
#define EVTSEL_EN	VPMU_BIT(22)
#define EVTSEL_INV	VPMU_BIT(23)
#define EVTSEL_CMASK(v) ((v) >> 24 & 0xff)

/* IA32_FIXED_CTR_CTRL, figure 20-2: four bits a counter. */
#define FIXED_OS  1
#define FIXED_USR 2
#define FIXED_ANY 4
#define FIXED_PMI 8

/* GLOBAL_STATUS, of both vendors: the counters are frozen. */
#define STATUS_FROZEN VPMU_BIT(59)

/* DEBUGCTL, of both vendors: an overflow interrupt stops the counters. */
#define DEBUGCTL_FREEZE_ON_PMI VPMU_BIT(12)

struct vpmu_encoding {
	uint64_t code; /* unit mask << 8 | event select; its bits 11:8 at 32 */
	enum vpmu_event event;
};

struct vpmu_shape {
	bool amd;
	unsigned int version; /* Intel's architectural one; AMD: 1, or 2 for PerfMonV2 */
	unsigned int nr_general;
	unsigned int width;
	uint32_t fixed;	       /* bit: fixed counter */
	bool global;	       /* global control and status can be reached */
	bool wide_writes;      /* counters take their whole width at the old address */
	bool streamlined;      /* a freeze sets STATUS_FROZEN and spares GLOBAL_CTRL */
	bool any_thread;       /* the bits may be set (and do nothing: one thread a core) */
	uint64_t capabilities; /* IA32_PERF_CAPABILITIES */
	uint64_t evtsel_reserved;
	const struct vpmu_encoding *encodings;
	unsigned int nr_encodings;
};

/* By enum vpmu_kind. */
extern const struct vpmu_shape vpmu_shapes[VPMU_NR_KINDS];

/* What fixed counters count (SDM table 20-2). */
extern const enum vpmu_event vpmu_fixed_events[VPMU_MAX_FIXED];

/* The registers of each vendor; as vpmu_rdmsr() and vpmu_wrmsr(), the
   counters synchronised before and configured afterwards. */
enum vpmu_access vpmu_intel_read(const struct vpmu *p, uint32_t msr, uint64_t *value);
enum vpmu_access vpmu_intel_write(struct vpmu *p, uint32_t msr, uint64_t value);
enum vpmu_access vpmu_amd_read(const struct vpmu *p, uint32_t msr, uint64_t *value);
enum vpmu_access vpmu_amd_write(struct vpmu *p, uint32_t msr, uint64_t value);

/* What an event select, its event found, makes a general counter count: fills
   the counter's filter if it needs one.  The model is synchronised. */
enum vpmu_event vpmu_filter_configure(struct vpmu *p, unsigned int counter, uint64_t evtsel,
				      enum vpmu_event base);

static inline uint64_t vpmu_counter_mask(const struct vpmu *p)
{
	return VPMU_BIT(p->shape->width) - 1;
}

/* Bits of general and of all counters in the global registers. */
static inline uint64_t vpmu_general_bits(const struct vpmu *p)
{
	return VPMU_BIT(p->shape->nr_general) - 1;
}

static inline uint64_t vpmu_counter_bits(const struct vpmu *p)
{
	return vpmu_general_bits(p) | (uint64_t)p->shape->fixed << 32;
}

/* The register an address in [base, base + n) names, or -1. */
static inline int vpmu_msr_index(uint32_t msr, uint32_t base, unsigned int n)
{
	return msr >= base && msr - base < n ? (int)(msr - base) : -1;
}

/* A register with reserved bits. */
static inline enum vpmu_access vpmu_write_masked(uint64_t *reg, uint64_t value, uint64_t reserved)
{
	if (value & reserved)
		return VPMU_ACCESS_FAULT;
	*reg = value;
	return VPMU_ACCESS_OK;
}

#endif
