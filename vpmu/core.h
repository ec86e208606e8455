/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One modelled processor core: its PMU, and the caches, TLB and predictor that
 * feed it.  Each function here is told one thing that the guest did, and
 * charges what the models make of it.
 *
 * Geometry (version 1 of the model): L1D 32 KiB, 8 ways; a last-level cache of
 * 1 MiB, 16 ways, shared by all cores; both by physical address.  Caches of
 * several cores are not kept coherent.
 *
 * An access to the line used last in its set of the L1 cache changes nothing
 * there, and such accesses are most of all.  So that the emulator can pass
 * over them in a few instructions, the core keeps their virtual addresses in a
 * table, and the TLB does not see them: its LRU order is that of the others.
 * A set of the L1 cache is chosen by bits 6 to 11, the same in both addresses.
 */
#ifndef VPMU_CORE_H
#define VPMU_CORE_H

#include "branch.h"
#include "cache.h"
#include "tlb.h"
#include "vpmu.h"

#define VPMU_L1D_SIZE (32 * 1024)
#define VPMU_L1D_WAYS 8
#define VPMU_L1D_SETS (VPMU_L1D_SIZE / VPMU_LINE_SIZE / VPMU_L1D_WAYS)
#define VPMU_LLC_SIZE (1024 * 1024)
#define VPMU_LLC_WAYS 16

struct vpmu_core {
	struct vpmu pmu;
	bool due; /* some counter has an overflow to be seen; the owner clears it */
	struct vpmu_tlb dtlb;
	struct vpmu_branch branch;
	struct vpmu_cache *llc; /* the owner's */
	uint64_t *latest;	/* likewise: by L1D set, line used last, or VPMU_NO_LINE */
	struct vpmu_cache l1d;
};

enum vpmu_jump {
	VPMU_JUMP_INDIRECT,
	VPMU_JUMP_CALL, /* indirect */
	VPMU_JUMP_RETURN,
};

/* In latest: no line; not within 64 bytes of any address that can be used. */
#define VPMU_NO_LINE (UINT64_C(1) << 63)

/* Bring a core to power-on.  llc is shaped by vpmu_llc_init(); it and the
   VPMU_L1D_SETS of latest outlive the core. */
void vpmu_core_init(struct vpmu_core *core, struct vpmu_cache *llc, uint64_t *latest,
		    const struct vpmu_config *config);

/* Shape the shared cache. */
void vpmu_llc_init(struct vpmu_cache *llc);

/* Forget all modelled state, that of the shared cache too. */
void vpmu_core_forget(struct vpmu_core *core);

/* Another address space: see vpmu_tlb_switch(). */
void vpmu_core_switch(struct vpmu_core *core);

/* Some page may be mapped elsewhere from now on. */
void vpmu_core_remap(struct vpmu_core *core);

/* The place in latest for an address. */
static inline unsigned int vpmu_core_set(uint64_t vaddr)
{
	return vaddr >> VPMU_LINE_SHIFT & (VPMU_L1D_SETS - 1);
}

/* True if an access is to the line used last in its set, so that
   vpmu_core_access() need not be told. */
static inline bool vpmu_core_is_latest(const struct vpmu_core *core, uint64_t vaddr,
				       unsigned int size)
{
	return vaddr - core->latest[vpmu_core_set(vaddr)] <= VPMU_LINE_SIZE - size;
}

/*
 * The guest used size bytes of memory within one page, at a virtual and a
 * physical address, and not only the line used last in its set.  Counts all
 * but loads and stores themselves.  Returns the
 * penalty in cycles, already counted; left[VPMU_CYCLES] is not touched by it,
 * as the caller may hold part of it as steps not yet counted.
 */
unsigned int vpmu_core_access(struct vpmu_core *core, uint64_t vaddr, uint64_t paddr,
			      unsigned int size, unsigned int ring);

/* A conditional branch at pc was taken or not.  Returns as above. */
unsigned int vpmu_core_conditional(struct vpmu_core *core, uint64_t pc, bool taken,
				   unsigned int ring);

/* A direct jump (return_address 0), or call that will return there. */
void vpmu_core_direct(struct vpmu_core *core, uint64_t return_address, unsigned int ring);

/* An indirect jump, call or return at pc went to target; next is the address
   after it.  Returns as above. */
unsigned int vpmu_core_indirect(struct vpmu_core *core, enum vpmu_jump kind, uint64_t pc,
				uint64_t target, uint64_t next, unsigned int ring);

/* Count an event with a threshold, noting when it is passed. */
static inline void vpmu_core_count(struct vpmu_core *core, enum vpmu_event event, unsigned int ring)
{
	if (vpmu_count(&core->pmu, event, 1, ring))
		core->due = true;
}

#endif
