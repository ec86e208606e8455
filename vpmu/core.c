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

void vpmu_latest_clear(struct vpmu_latest *latest)
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
	vpmu_latest_clear(&core->data);
	vpmu_latest_clear(&core->code);
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
