/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The branch predictor: gshare for conditional branches (two-bit counters
 * chosen by address and history), a direct-mapped table of targets for
 * indirect jumps and calls, a stack of returns.  Direct jumps and calls are
 * always predicted.
 */
#ifndef VPMU_BRANCH_H
#define VPMU_BRANCH_H

#include "model.h"

#include <stdbool.h>
#include <stdint.h>

struct vpmu_branch {
	struct vpmu_branch_shape shape;
	uint8_t *counters; /* 0..3; taken is predicted from 2 on */
	uint32_t history;  /* latest outcome in bit 0 */
	uint64_t *targets; /* 0: none yet */
	uint64_t *returns; /* wraps around */
	uint32_t depth;	   /* calls - returns; its low bits index returns */
};

/* Make a predictor that knows nothing; false: out of memory (free it all the
   same). */
bool vpmu_branch_init(struct vpmu_branch *b, const struct vpmu_branch_shape *shape);

/* Free its memory. */
void vpmu_branch_done(struct vpmu_branch *b);

/* Forget everything: counters to 0 (strongly not taken). */
void vpmu_branch_reset(struct vpmu_branch *b);

/* A conditional branch at pc was taken or not: true if so predicted. */
static inline bool vpmu_branch_conditional(struct vpmu_branch *b, uint64_t pc, bool taken)
{
	uint8_t *counter = &b->counters[(pc ^ (b->history << 2)) & (b->shape.counters - 1)];
	bool predicted = *counter >= 2;

	if (taken && *counter < 3)
		++*counter;
	if (!taken && *counter > 0)
		--*counter;
	b->history = (b->history << 1 | taken) & ((1U << b->shape.history) - 1);
	return predicted == taken;
}

/* An indirect jump or call at pc went to target: true if so predicted. */
bool vpmu_branch_indirect(struct vpmu_branch *b, uint64_t pc, uint64_t target);

/* A call that will return to address. */
void vpmu_branch_call(struct vpmu_branch *b, uint64_t address);

/* A return went to target: true if so predicted. */
bool vpmu_branch_return(struct vpmu_branch *b, uint64_t target);

#endif
