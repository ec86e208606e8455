/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of PMU as data.
 *
 * Intel SDM volume 3B, chapter 20; AMD64 Architecture Programmer's Manual
 * volume 2, 13.2, and for events AMD's BIOS and Kernel Developer's Guide for
 * family 10h and the Processor Programming References for families 17h and
 * 19h.
 */
#include "kind.h"

#include <string.h>

/* Architectural events, SDM table 20-1, then some of Nehalem's. */
static const struct vpmu_encoding intel_encodings[] = {
    {0x003c, VPMU_CYCLES},	  {0x013c, VPMU_CYCLES}, /* reference cycles */
    {0x00c0, VPMU_INSTRUCTIONS},  {0x4f2e, VPMU_LLC_REFS},
    {0x412e, VPMU_LLC_MISSES},	  {0x00c4, VPMU_BRANCHES},
    {0x00c5, VPMU_BRANCH_MISSES}, {0x0151, VPMU_L1D_MISSES}, /* L1D.REPL */
    {0x0149, VPMU_DTLB_MISSES},				     /* DTLB_MISSES.ANY */
    {0x010b, VPMU_LOADS},				     /* MEM_INST_RETIRED.LOADS */
    {0x020b, VPMU_STORES},				     /* MEM_INST_RETIRED.STORES */
    {0x0280, VPMU_L1I_MISSES},				     /* L1I.MISSES */
    {0x0380, VPMU_INSTRUCTIONS},			     /* L1I.READS: one an instruction */
    {0x0185, VPMU_ITLB_MISSES},				     /* ITLB_MISSES.ANY */
    {0x01c0, VPMU_INSTRUCTIONS},			     /* INST_RETIRED.ANY_P */
};

/* Family 10h.  Its events of data accesses do not tell loads from stores, so
   the model, which does, has none of them. */
static const struct vpmu_encoding amd_10h_encodings[] = {
    {0x0076, VPMU_CYCLES},	  {0x00c0, VPMU_INSTRUCTIONS}, {0x00c2, VPMU_BRANCHES},
    {0x00c3, VPMU_BRANCH_MISSES}, {0x0141, VPMU_L1D_MISSES}, /* data cache misses */
    {0x037d, VPMU_LLC_REFS},   /* requests to L2: instructions and data */
    {0x077d, VPMU_LLC_REFS},   /* and page walks */
    {0x037e, VPMU_LLC_MISSES}, /* L2 misses of the same */
    {0x077e, VPMU_LLC_MISSES},	  {0x0746, VPMU_DTLB_MISSES}, /* L1 and L2 DTLB miss, every page
								 size */
    {0x0080, VPMU_INSTRUCTIONS},			      /* instruction cache fetches */
    {0x0081, VPMU_L1I_MISSES},	  {0x0385, VPMU_ITLB_MISSES}, /* L1 and L2 ITLB miss */
};

/* Families 17h and 19h. */
static const struct vpmu_encoding amd_zen_encodings[] = {
    {0x0076, VPMU_CYCLES},
    {UINT64_C(0x100000120), VPMU_CYCLES}, /* at the P0 frequency; event 0x120 */
    {0x00c0, VPMU_INSTRUCTIONS},
    {0x00c2, VPMU_BRANCHES},
    {0x00c3, VPMU_BRANCH_MISSES},
    {0x0129, VPMU_LOADS}, /* LS dispatch */
    {0x0229, VPMU_STORES},
    {0xc860, VPMU_L1D_MISSES},	 /* L2 requests from data cache misses */
    {0xff60, VPMU_LLC_REFS},	 /* L2 requests, group 1, all */
    {0x0964, VPMU_LLC_MISSES},	 /* L2 misses of instruction and data requests */
    {0xf045, VPMU_DTLB_MISSES},	 /* L2 DTLB misses, every page size */
    {0xff45, VPMU_DTLB_MISSES},	 /* L1 DTLB misses: the model has one level */
    {0x0080, VPMU_INSTRUCTIONS}, /* instruction cache fetches: one an instruction */
    {0x0081, VPMU_L1I_MISSES},
    {0xff84, VPMU_ITLB_MISSES}, /* L1 ITLB misses: one level again */
    {0xff85, VPMU_ITLB_MISSES},
};

/* Zhaoxin's WuDaoKou.  Its caches' events tell loads from stores; the model
   has the loads' for both. */
static const struct vpmu_encoding zhaoxin_encodings[] = {
    {0x0082, VPMU_CYCLES},	 {0x0083, VPMU_CYCLES}, /* bus cycles */
    {0x00c0, VPMU_INSTRUCTIONS}, {0x0515, VPMU_LLC_REFS},      {0x051a, VPMU_LLC_MISSES},
    {0x0700, VPMU_BRANCHES},	 {0x0709, VPMU_BRANCH_MISSES}, {0x0042, VPMU_LOADS},
    {0x0043, VPMU_STORES},	 {0x0538, VPMU_L1D_MISSES},    {0x052c, VPMU_DTLB_MISSES},
    {0x0300, VPMU_INSTRUCTIONS}, /* fetches: one an instruction */
    {0x0301, VPMU_L1I_MISSES},	 {0x0534, VPMU_ITLB_MISSES},
};

const enum vpmu_event vpmu_fixed_events[VPMU_MAX_FIXED] = {
    VPMU_INSTRUCTIONS, VPMU_CYCLES, VPMU_CYCLES, VPMU_CYCLES, /* slots: the model has one a cycle */
};

#define CAPABILITY_FULL_WIDTH VPMU_BIT(13)

/* Bits 63:32 are reserved, AnyThread but in versions 3 and 4. */
#define INTEL_RESERVED	   (~UINT64_C(0xffffffff) | EVTSEL_ANY)
#define INTEL_RESERVED_ANY (~UINT64_C(0xffffffff))

/* 63:42, 39:36, 21 and 19; 41:40 say host or guest, and there is neither. */
#define AMD_RESERVED (~UINT64_C(0xfffffffff) | EVTSEL_ANY | VPMU_BIT(19))

#define EVENTS(table) .encodings = (table), .nr_encodings = sizeof(table) / sizeof((table)[0])

const struct vpmu_shape vpmu_shapes[VPMU_NR_KINDS] = {
    [VPMU_INTEL_1] = {.version = 1,
		      .nr_general = 2,
		      .width = 40,
		      .evtsel_reserved = INTEL_RESERVED,
		      EVENTS(intel_encodings)},
    [VPMU_INTEL_2] = {.version = 2,
		      .nr_general = 4,
		      .width = 48,
		      .fixed = 7,
		      .global = true,
		      .evtsel_reserved = INTEL_RESERVED,
		      EVENTS(intel_encodings)},
    [VPMU_INTEL_3] = {.version = 3,
		      .nr_general = 4,
		      .width = 48,
		      .fixed = 7,
		      .global = true,
		      .any_thread = true,
		      .capabilities = CAPABILITY_FULL_WIDTH,
		      .evtsel_reserved = INTEL_RESERVED_ANY,
		      EVENTS(intel_encodings)},
    [VPMU_INTEL_4] = {.version = 4,
		      .nr_general = 4,
		      .width = 48,
		      .fixed = 7,
		      .global = true,
		      .streamlined = true,
		      .any_thread = true,
		      .capabilities = CAPABILITY_FULL_WIDTH,
		      .evtsel_reserved = INTEL_RESERVED_ANY,
		      EVENTS(intel_encodings)},
    [VPMU_INTEL_5] = {.version = 5,
		      .nr_general = 8,
		      .width = 48,
		      .fixed = 0xb,
		      .global = true,
		      .streamlined = true,
		      .capabilities = CAPABILITY_FULL_WIDTH,
		      .evtsel_reserved = INTEL_RESERVED,
		      EVENTS(intel_encodings)},
    [VPMU_AMD_LEGACY] = {.amd = true,
			 .version = 1,
			 .nr_general = 4,
			 .width = 48,
			 .evtsel_reserved = AMD_RESERVED,
			 EVENTS(amd_10h_encodings)},
    [VPMU_AMD_CORE] = {.amd = true,
		       .version = 1,
		       .nr_general = 6,
		       .width = 48,
		       .evtsel_reserved = AMD_RESERVED,
		       EVENTS(amd_zen_encodings)},
    [VPMU_AMD_2] = {.amd = true,
		    .version = 2,
		    .nr_general = 6,
		    .width = 48,
		    .global = true,
		    .streamlined = true,
		    .evtsel_reserved = AMD_RESERVED,
		    EVENTS(amd_zen_encodings)},
    [VPMU_ZHAOXIN] = {.version = 2,
		      .nr_general = 4,
		      .width = 48,
		      .fixed = 7,
		      .global = true,
		      .wide_writes = true,
		      .evtsel_reserved = INTEL_RESERVED,
		      EVENTS(zhaoxin_encodings)},
};

/* Leaf 0xA (SDM volume 2A, CPUID): seven architectural events, none missing;
   fixed counters by number as far as there is no gap, and by bitmap. */
static void leaf_perfmon(const struct vpmu_shape *s, uint32_t regs[4])
{
	unsigned int nr_fixed = 0;

	while (s->fixed >> nr_fixed & 1)
		nr_fixed++;
	regs[0] = s->version | s->nr_general << 8 | s->width << 16 | 7 << 24;
	regs[1] = 0;
	regs[2] = s->version >= 5 ? s->fixed : 0;
	regs[3] = s->version >= 2 ? nr_fixed | s->width << 5 : 0;
	if (s->version >= 5)
		regs[3] |= 1U << 15; /* AnyThread deprecated */
}

bool vpmu_cpuid(const struct vpmu *p, uint32_t leaf, uint32_t regs[4])
{
	const struct vpmu_shape *s = p->shape;

	switch (leaf) {
	case VPMU_CPUID_ARCH:
		if (s->amd)
			return false;
		leaf_perfmon(s, regs);
		return true;
	case VPMU_CPUID_AMD_V2:
		if (!s->amd || s->version < 2)
			return false;
		regs[0] = 1;
		regs[1] = s->nr_general;
		regs[2] = regs[3] = 0;
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

/* One bit of a feature word as the model has it. */
static void set_feature(uint32_t *word, unsigned int bit, bool on)
{
	*word = (*word & ~(1U << bit)) | (uint32_t)on << bit;
}

void vpmu_cpuid_features(const struct vpmu *p, uint32_t leaf, uint32_t regs[4])
{
	const struct vpmu_shape *s = p->shape;

	if (leaf == 1)
		set_feature(&regs[2], 15, s->capabilities != 0); /* PDCM */
	if (leaf == 0x80000001) {
		set_feature(&regs[2], 23, s->amd && s->nr_general > 4); /* PerfCtrExtCore */
		set_feature(&regs[2], 24, false);			/* ... of the northbridge */
		set_feature(&regs[2], 28, false);			/* ... and of the L3 */
	}
	if (leaf == 0x80000000 && s->amd && s->version >= 2 && regs[0] < VPMU_CPUID_AMD_V2)
		regs[0] = VPMU_CPUID_AMD_V2;
}
