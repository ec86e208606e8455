/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One modelled processor core: its PMU, and the caches, TLB and predictor that
 * feed it.  core_run.h tells it what the guest does.
 *
 * Each core has a cache for instructions and one for data; the last-level
 * cache is shared by all cores; all go by physical address.  Caches of several
 * cores are not kept coherent.
 *
 * An access to the line used last in its set of an L1 cache changes nothing
 * there, and such accesses are most of all.  So that the emulator can pass
 * over them in a few instructions, the core keeps their virtual addresses in
 * tables, and the TLBs do not see them: their LRU order is that of the others.
 * Such a table is indexed by as many bits of the line number as choose the set
 * and are the same in both addresses.
 */
#ifndef VPMU_CORE_H
#define VPMU_CORE_H

#include "branch.h"
#include "cache.h"
#include "model.h"
#include "tlb.h"
#include "vpmu.h"

/* Lines used last, by the low bits of their number. */
struct vpmu_latest {
	uint64_t *lines;   /* virtual addresses, or VPMU_NO_LINE; the owner's */
	unsigned int mask; /* of the line number */
};

/* The most there are in such a table: a page of the shortest lines. */
#define VPMU_LATEST 128

/* In such a table: no line; not within 128 bytes of any address that can be
   used. */
#define VPMU_NO_LINE (UINT64_C(1) << 63)

struct vpmu_core {
	struct vpmu pmu;
	bool due; /* some counter has an overflow to be seen; the owner clears it */
	unsigned int line_shift;
	struct vpmu_latest data, code;
	struct vpmu_tlb dtlb, itlb;
	struct vpmu_branch branch;
	struct vpmu_cache *llc; /* the owner's */
	struct vpmu_cache l1d, l1i;
	struct vpmu_model model;
};

enum vpmu_jump {
	VPMU_JUMP_INDIRECT,
	VPMU_JUMP_CALL, /* indirect */
	VPMU_JUMP_RETURN,
};

/* Bring a core to power-on.  llc is made by vpmu_llc_init() for the same
   model; it and the tables, each of VPMU_LATEST, outlive the core.  False: out
   of memory (vpmu_core_done() all the same). */
bool vpmu_core_init(struct vpmu_core *core, const struct vpmu_model *model, struct vpmu_cache *llc,
		    uint64_t *latest_data, uint64_t *latest_code, const struct vpmu_config *config);

/* Free its memory. */
void vpmu_core_done(struct vpmu_core *core);

/* Make the shared cache; false: out of memory. */
bool vpmu_llc_init(struct vpmu_cache *llc, const struct vpmu_model *model);

/* Forget all modelled state, that of the shared cache too. */
void vpmu_core_forget(struct vpmu_core *core);

/* Another address space: see vpmu_tlb_switch(). */
void vpmu_core_switch(struct vpmu_core *core);

/* Forget both TLBs. */
void vpmu_core_flush(struct vpmu_core *core);

/* Some page may be mapped elsewhere from now on. */
void vpmu_core_remap(struct vpmu_core *core);

/* No line is known to be the latest any more. */
void vpmu_latest_clear(struct vpmu_latest *latest);

/* The place in a table for an address. */
static inline unsigned int vpmu_latest_index(const struct vpmu_core *core,
					     const struct vpmu_latest *latest, uint64_t vaddr)
{
	return vaddr >> core->line_shift & latest->mask;
}

/* True if an access is to the line used last in its set, so that
   vpmu_core_access() need not be told. */
static inline bool vpmu_core_is_latest(const struct vpmu_core *core, uint64_t vaddr,
				       unsigned int size)
{
	return vaddr - core->data.lines[vpmu_latest_index(core, &core->data, vaddr)] <=
	       core->model.line - size;
}

#endif
