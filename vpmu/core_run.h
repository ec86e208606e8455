/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the guest does, told to a core: each function counts what the models
 * make of one thing.  They are in a header for the emulator's helpers to take
 * them in, which run through them all the time.
 */
#ifndef VPMU_CORE_RUN_H
#define VPMU_CORE_RUN_H

#include "core.h"

/* Count an event with a threshold, noting when it is passed. */
static inline void vpmu_core_count(struct vpmu_core *core, enum vpmu_event event, unsigned int ring)
{
	if (vpmu_count(&core->pmu, event, 1, ring))
		core->due = true;
}

/* Count a penalty. */
static inline unsigned int vpmu_core_charge(struct vpmu_core *core, unsigned int penalty,
					    unsigned int ring)
{
	core->pmu.total[VPMU_CYCLES][ring] += penalty;
	core->pmu.penalties[ring] += penalty;
	return penalty;
}

/* A line that is not in an L1 cache: the rest of what its miss costs. */
static inline unsigned int vpmu_core_refill(struct vpmu_core *core, uint64_t line,
					    unsigned int ring)
{
	vpmu_core_count(core, VPMU_LLC_REFS, ring);
	if (vpmu_cache_access(core->llc, line))
		return 0;
	vpmu_core_count(core, VPMU_LLC_MISSES, ring);
	return core->model.llc.latency;
}

/*
 * The guest used size bytes of memory within one page, at a virtual and a
 * physical address, and not only the line used last in its set.  Counts all
 * but loads and stores themselves.  Returns the penalty in cycles, already
 * counted; left[VPMU_CYCLES] is not touched by it, as the caller may hold part
 * of it as steps not yet counted.
 */
static inline unsigned int vpmu_core_access(struct vpmu_core *core, uint64_t vaddr, uint64_t paddr,
					    unsigned int size, unsigned int ring)
{
	uint64_t line = paddr >> core->line_shift;
	uint64_t last = (paddr + size - 1) >> core->line_shift;
	uint64_t vline = vaddr & -(uint64_t)core->model.line;
	unsigned int penalty = 0;

	if (!vpmu_tlb_access(&core->dtlb, vaddr >> VPMU_PAGE_SHIFT, paddr >> VPMU_PAGE_SHIFT,
			     ring != 0)) {
		vpmu_core_count(core, VPMU_DTLB_MISSES, ring);
		penalty += core->model.dtlb.latency;
		/* The page that left must be missed when it is used next. */
		vpmu_latest_clear(&core->data);
	}
	for (; line <= last; line++, vline += core->model.line) {
		core->data.lines[vpmu_latest_index(core, &core->data, vline)] = vline;
		if (!vpmu_cache_access(&core->l1d, line)) {
			vpmu_core_count(core, VPMU_L1D_MISSES, ring);
			penalty += core->model.l1d.latency + vpmu_core_refill(core, line, ring);
		}
	}
	return penalty ? vpmu_core_charge(core, penalty, ring) : 0;
}

/* The guest fetches instructions from a line, given by an address in it, and
   not the one used last in its set.  Returns as above. */
static inline unsigned int vpmu_core_fetch(struct vpmu_core *core, uint64_t vaddr, uint64_t paddr,
					   unsigned int ring)
{
	uint64_t line = paddr >> core->line_shift;
	unsigned int penalty = 0;

	if (!vpmu_tlb_access(&core->itlb, vaddr >> VPMU_PAGE_SHIFT, paddr >> VPMU_PAGE_SHIFT,
			     ring != 0)) {
		vpmu_core_count(core, VPMU_ITLB_MISSES, ring);
		penalty += core->model.itlb.latency;
		vpmu_latest_clear(&core->code);
	}
	core->code.lines[vpmu_latest_index(core, &core->code, vaddr)] =
	    vaddr & -(uint64_t)core->model.line;
	if (!vpmu_cache_access(&core->l1i, line)) {
		vpmu_core_count(core, VPMU_L1I_MISSES, ring);
		penalty += core->model.l1i.latency + vpmu_core_refill(core, line, ring);
	}
	return penalty ? vpmu_core_charge(core, penalty, ring) : 0;
}

/* A branch went where it was not predicted to. */
static inline unsigned int vpmu_core_mispredict(struct vpmu_core *core, unsigned int ring)
{
	vpmu_core_count(core, VPMU_BRANCH_MISSES, ring);
	return vpmu_core_charge(core, core->model.branch.latency, ring);
}

/* A conditional branch at pc was taken or not.  Returns as above. */
static inline unsigned int vpmu_core_conditional(struct vpmu_core *core, uint64_t pc, bool taken,
						 unsigned int ring)
{
	vpmu_core_count(core, VPMU_BRANCHES, ring);
	return vpmu_branch_conditional(&core->branch, pc, taken) ? 0
								 : vpmu_core_mispredict(core, ring);
}

/* A direct jump (return_address 0), or call that will return there. */
static inline void vpmu_core_direct(struct vpmu_core *core, uint64_t return_address,
				    unsigned int ring)
{
	vpmu_core_count(core, VPMU_BRANCHES, ring);
	if (return_address != 0)
		vpmu_branch_call(&core->branch, return_address);
}

/* An indirect jump, call or return at pc went to target; next is the address
   after it.  Returns as above. */
static inline unsigned int vpmu_core_indirect(struct vpmu_core *core, enum vpmu_jump kind,
					      uint64_t pc, uint64_t target, uint64_t next,
					      unsigned int ring)
{
	bool predicted;

	vpmu_core_count(core, VPMU_BRANCHES, ring);
	if (kind == VPMU_JUMP_RETURN) {
		predicted = vpmu_branch_return(&core->branch, target);
	} else {
		predicted = vpmu_branch_indirect(&core->branch, pc, target);
		if (kind == VPMU_JUMP_CALL)
			vpmu_branch_call(&core->branch, next);
	}
	return predicted ? 0 : vpmu_core_mispredict(core, ring);
}

#endif
