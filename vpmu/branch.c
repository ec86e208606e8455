/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "branch.h"

#include <string.h>

void vpmu_branch_reset(struct vpmu_branch *b)
{
	memset(b, 0, sizeof(*b));
}

bool vpmu_branch_conditional(struct vpmu_branch *b, uint64_t pc, bool taken)
{
	uint8_t *counter = &b->counters[(pc ^ (b->history << 2)) & (VPMU_GSHARE_COUNTERS - 1)];
	bool predicted = *counter >= 2;

	if (taken && *counter < 3)
		++*counter;
	if (!taken && *counter > 0)
		--*counter;
	b->history = (b->history << 1 | taken) & ((1U << VPMU_GSHARE_HISTORY) - 1);
	return predicted == taken;
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
