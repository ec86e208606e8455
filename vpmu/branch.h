/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The branch predictor: gshare for conditional branches (4096 two-bit
 * counters, ten bits of history), a direct-mapped table of 512 targets for
 * indirect jumps and calls, a return stack of 16.  Direct jumps and calls are
 * always predicted.
 */
#ifndef VPMU_BRANCH_H
#define VPMU_BRANCH_H

#include <stdbool.h>
#include <stdint.h>

#define VPMU_GSHARE_COUNTERS 4096
#define VPMU_GSHARE_HISTORY  10 /* bits */
#define VPMU_BTB_ENTRIES     512
#define VPMU_RETURN_STACK    16

struct vpmu_branch {
	uint8_t counters[VPMU_GSHARE_COUNTERS]; /* 0..3; taken is predicted from 2 on */
	uint32_t history;			/* latest outcome in bit 0 */
	uint64_t targets[VPMU_BTB_ENTRIES];	/* 0: none yet */
	uint64_t returns[VPMU_RETURN_STACK];	/* wraps around */
	uint32_t depth;				/* calls - returns; its low bits index returns */
};

/* Forget everything: counters to 0 (strongly not taken). */
void vpmu_branch_reset(struct vpmu_branch *b);

/* A conditional branch at pc was taken or not: true if so predicted. */
static inline bool vpmu_branch_conditional(struct vpmu_branch *b, uint64_t pc, bool taken)
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

/* An indirect jump or call at pc went to target: true if so predicted. */
bool vpmu_branch_indirect(struct vpmu_branch *b, uint64_t pc, uint64_t target);

/* A call that will return to address. */
void vpmu_branch_call(struct vpmu_branch *b, uint64_t address);

/* A return went to target: true if so predicted. */
bool vpmu_branch_return(struct vpmu_branch *b, uint64_t target);

#endif
