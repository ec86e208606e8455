/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core.h"

#include <string.h>

static bool init_cache(struct vpmu_cache *cache, const struct vpmu_cache_shape *shape,
		       uint32_t line)
{
	return vpmu_cache_init(cache, shape->size / line / shape->ways, shape->ways);
}

static bool init_tlb(struct vpmu_tlb *tlb, const struct vpmu_tlb_shape *shape)
{
	return vpmu_tlb_init(tlb, shape->entries / shape->ways, shape->ways);
}

bool vpmu_llc_init(struct vpmu_cache *llc, const struct vpmu_model *model)
{
	return init_cache(llc, &model->llc, model->line);
}

/* As many lines as there are sets, or in a page: beyond it the bits of the two
   addresses differ. */
static void init_latest(struct vpmu_latest *latest, uint64_t *lines, const struct vpmu_cache *cache,
			uint32_t line)
{
	unsigned int of_page = (1U << VPMU_PAGE_SHIFT) / line;

	latest->lines = lines;
	latest->mask = (cache->sets < of_page ? cache->sets : of_page) - 1;
}

static void clear_latest(struct vpmu_latest *latest)
{
	for (unsigned int i = 0; i <= latest->mask; i++)
		latest->lines[i] = VPMU_NO_LINE;
}

bool vpmu_core_init(struct vpmu_core *core, const struct vpmu_model *model, struct vpmu_cache *llc,
		    uint64_t *latest_data, uint64_t *latest_code, const struct vpmu_config *config)
{
	bool made;

	memset(core, 0, sizeof(*core));
	core->model = *model;
	core->line_shift = (unsigned int)__builtin_ctz(model->line);
	core->llc = llc;
	vpmu_init(&core->pmu, config);
	made = init_cache(&core->l1d, &model->l1d, model->line);
	made &= init_cache(&core->l1i, &model->l1i, model->line);
	made &= init_tlb(&core->dtlb, &model->dtlb);
	made &= init_tlb(&core->itlb, &model->itlb);
	made &= vpmu_branch_init(&core->branch, &model->branch);
	init_latest(&core->data, latest_data, &core->l1d, model->line);
	init_latest(&core->code, latest_code, &core->l1i, model->line);
	vpmu_core_remap(core);
	return made;
}

void vpmu_core_done(struct vpmu_core *core)
{
	vpmu_cache_done(&core->l1d);
	vpmu_cache_done(&core->l1i);
	vpmu_tlb_done(&core->dtlb);
	vpmu_tlb_done(&core->itlb);
	vpmu_branch_done(&core->branch);
}

void vpmu_core_remap(struct vpmu_core *core)
{
	clear_latest(&core->data);
	clear_latest(&core->code);
}

void vpmu_core_switch(struct vpmu_core *core)
{
	vpmu_tlb_switch(&core->dtlb);
	vpmu_tlb_switch(&core->itlb);
	vpmu_core_remap(core);
}

void vpmu_core_flush(struct vpmu_core *core)
{
	vpmu_tlb_reset(&core->dtlb);
	vpmu_tlb_reset(&core->itlb);
	vpmu_core_remap(core);
}

void vpmu_core_forget(struct vpmu_core *core)
{
	vpmu_core_flush(core);
	vpmu_cache_reset(&core->l1d);
	vpmu_cache_reset(&core->l1i);
	vpmu_cache_reset(core->llc);
	vpmu_branch_reset(&core->branch);
}

static unsigned int charge(struct vpmu_core *core, unsigned int penalty, unsigned int ring)
{
	core->pmu.total[VPMU_CYCLES][ring] += penalty;
	core->pmu.penalties[ring] += penalty;
	return penalty;
}

/* A line that is not in an L1 cache: the rest of what its miss costs. */
static unsigned int refill(struct vpmu_core *core, uint64_t line, unsigned int ring)
{
	vpmu_core_count(core, VPMU_LLC_REFS, ring);
	if (vpmu_cache_access(core->llc, line))
		return 0;
	vpmu_core_count(core, VPMU_LLC_MISSES, ring);
	return core->model.llc.latency;
}

unsigned int vpmu_core_access(struct vpmu_core *core, uint64_t vaddr, uint64_t paddr,
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
		clear_latest(&core->data);
	}
	for (; line <= last; line++, vline += core->model.line) {
		core->data.lines[vpmu_latest_index(core, &core->data, vline)] = vline;
		if (!vpmu_cache_access(&core->l1d, line)) {
			vpmu_core_count(core, VPMU_L1D_MISSES, ring);
			penalty += core->model.l1d.latency + refill(core, line, ring);
		}
	}
	return penalty ? charge(core, penalty, ring) : 0;
}

unsigned int vpmu_core_fetch(struct vpmu_core *core, uint64_t vaddr, uint64_t paddr,
			     unsigned int ring)
{
	uint64_t line = paddr >> core->line_shift;
	unsigned int penalty = 0;

	if (!vpmu_tlb_access(&core->itlb, vaddr >> VPMU_PAGE_SHIFT, paddr >> VPMU_PAGE_SHIFT,
			     ring != 0)) {
		vpmu_core_count(core, VPMU_ITLB_MISSES, ring);
		penalty += core->model.itlb.latency;
		clear_latest(&core->code);
	}
	core->code.lines[vpmu_latest_index(core, &core->code, vaddr)] =
	    vaddr & -(uint64_t)core->model.line;
	if (!vpmu_cache_access(&core->l1i, line)) {
		vpmu_core_count(core, VPMU_L1I_MISSES, ring);
		penalty += core->model.l1i.latency + refill(core, line, ring);
	}
	return penalty ? charge(core, penalty, ring) : 0;
}

static unsigned int mispredict(struct vpmu_core *core, unsigned int ring)
{
	vpmu_core_count(core, VPMU_BRANCH_MISSES, ring);
	return charge(core, core->model.branch.latency, ring);
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
