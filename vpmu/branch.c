/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "branch.h"

#include <string.h>

void vpmu_branch_reset(struct vpmu_branch *b)
{
	memset(b, 0, sizeof(*b));
}

bool vpmu_branch_indirect(struct vpmu_branch *b, uint64_t pc, uint64_t target)
{
	uint64_t *entry = &b->targets[pc & (VPMU_BTB_ENTRIES - 1)];
	bool hit = *entry == target;

	*entry = target;
	return hit;
}

void vpmu_branch_call(struct vpmu_branch *b, uint64_t address)
{
	b->returns[b->depth++ & (VPMU_RETURN_STACK - 1)] = address;
}

bool vpmu_branch_return(struct vpmu_branch *b, uint64_t target)
{
	return b->returns[--b->depth & (VPMU_RETURN_STACK - 1)] == target;
}
