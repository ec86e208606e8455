/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "branch.h"

#include <stdlib.h>
#include <string.h>

bool vpmu_branch_init(struct vpmu_branch *b, const struct vpmu_branch_shape *shape)
{
	b->shape = *shape;
	b->history = b->depth = 0;
	b->counters = calloc(shape->counters, sizeof(b->counters[0]));
	b->targets = calloc(shape->targets, sizeof(b->targets[0]));
	b->returns = calloc(shape->returns, sizeof(b->returns[0]));
	return b->counters && b->targets && b->returns;
}

void vpmu_branch_done(struct vpmu_branch *b)
{
	free(b->counters);
	free(b->targets);
	free(b->returns);
	b->counters = NULL;
	b->targets = b->returns = NULL;
}

void vpmu_branch_reset(struct vpmu_branch *b)
{
	memset(b->counters, 0, sizeof(b->counters[0]) * b->shape.counters);
	memset(b->targets, 0, sizeof(b->targets[0]) * b->shape.targets);
	memset(b->returns, 0, sizeof(b->returns[0]) * b->shape.returns);
	b->history = b->depth = 0;
}

bool vpmu_branch_indirect(struct vpmu_branch *b, uint64_t pc, uint64_t target)
{
	uint64_t *entry = &b->targets[pc & (b->shape.targets - 1)];
	bool hit = *entry == target;

	*entry = target;
	return hit;
}

void vpmu_branch_call(struct vpmu_branch *b, uint64_t address)
{
	b->returns[b->depth++ & (b->shape.returns - 1)] = address;
}

bool vpmu_branch_return(struct vpmu_branch *b, uint64_t target)
{
	return b->returns[--b->depth & (b->shape.returns - 1)] == target;
}
