/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core.h"

void vpmu_llc_init(struct vpmu_cache *llc)
{
	vpmu_cache_init(llc, VPMU_LLC_SIZE, VPMU_LLC_WAYS);
}

void vpmu_core_init(struct vpmu_core *core, struct vpmu_cache *llc, uint64_t *latest,
		    const struct vpmu_config *config)
{
	core->due = false;
	core->llc = llc;
	core->latest = latest;
	vpmu_core_remap(core);
	vpmu_init(&core->pmu, config);
	vpmu_cache_init(&core->l1d, VPMU_L1D_SIZE, VPMU_L1D_WAYS);
	vpmu_tlb_reset(&core->dtlb);
	vpmu_branch_reset(&core->branch);
}

void vpmu_core_remap(struct vpmu_core *core)
{
	for (unsigned int set = 0; set < VPMU_L1D_SETS; set++)
		core->latest[set] = VPMU_NO_LINE;
}

void vpmu_core_switch(struct vpmu_core *core)
{
	vpmu_tlb_switch(&core->dtlb);
	vpmu_core_remap(core);
}

void vpmu_core_forget(struct vpmu_core *core)
{
	vpmu_core_remap(core);
	vpmu_cache_reset(&core->l1d);
	vpmu_cache_reset(core->llc);
	vpmu_tlb_reset(&core->dtlb);
	vpmu_branch_reset(&core->branch);
}

static unsigned int charge(struct vpmu_core *core, unsigned int penalty, unsigned int ring)
{
	core->pmu.total[VPMU_CYCLES][ring] += penalty;
	core->pmu.penalties[ring] += penalty;
	return penalty;
}

/* A line that is not in the L1 data cache. */
static unsigned int refill(struct vpmu_core *core, uint64_t line, unsigned int ring)
{
	unsigned int penalty = VPMU_PENALTY_L1D_MISS;

	vpmu_core_count(core, VPMU_L1D_MISSES, ring);
	vpmu_core_count(core, VPMU_LLC_REFS, ring);
	if (!vpmu_cache_access(core->llc, line)) {
		vpmu_core_count(core, VPMU_LLC_MISSES, ring);
		penalty += VPMU_PENALTY_LLC_MISS;
	}
	return penalty;
}

unsigned int vpmu_core_access(struct vpmu_core *core, uint64_t vaddr, uint64_t paddr,
			      unsigned int size, unsigned int ring)
{
	uint64_t line = paddr >> VPMU_LINE_SHIFT;
	uint64_t last = (paddr + size - 1) >> VPMU_LINE_SHIFT;
	uint64_t vline = vaddr & -(uint64_t)VPMU_LINE_SIZE;
	unsigned int penalty = 0;

	if (!vpmu_tlb_access(&core->dtlb, vaddr >> VPMU_PAGE_SHIFT, paddr >> VPMU_PAGE_SHIFT,
			     ring != 0)) {
		vpmu_core_count(core, VPMU_DTLB_MISSES, ring);
		penalty += VPMU_PENALTY_DTLB_MISS;
		/* The page that left must be missed when it is used next. */
		vpmu_core_remap(core);
	}
	for (; line <= last; line++, vline += VPMU_LINE_SIZE) {
		core->latest[vpmu_core_set(vline)] = vline;
		if (!vpmu_cache_access(&core->l1d, line))
			penalty += refill(core, line, ring);
	}
	return penalty ? charge(core, penalty, ring) : 0;
}

static unsigned int mispredict(struct vpmu_core *core, unsigned int ring)
{
	vpmu_core_count(core, VPMU_BRANCH_MISSES, ring);
	return charge(core, VPMU_PENALTY_BRANCH_MISS, ring);
}

unsigned int vpmu_core_conditional(struct vpmu_core *core, uint64_t pc, bool taken,
				   unsigned int ring)
{
	vpmu_core_count(core, VPMU_BRANCHES, ring);
	return vpmu_branch_conditional(&core->branch, pc, taken) ? 0 : mispredict(core, ring);
}

void vpmu_core_direct(struct vpmu_core *core, uint64_t return_address, unsigned int ring)
{
	vpmu_core_count(core, VPMU_BRANCHES, ring);
	if (return_address != 0)
		vpmu_branch_call(&core->branch, return_address);
}

unsigned int vpmu_core_indirect(struct vpmu_core *core, enum vpmu_jump kind, uint64_t pc,
				uint64_t target, uint64_t next, unsigned int ring)
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
	return predicted ? 0 : mispredict(core, ring);
}
