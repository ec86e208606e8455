/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state.h"

static void tlb_pieces(struct vpmu_tlb *tlb, vpmu_piece_t piece, void *opaque)
{
	piece(opaque, tlb->entries, sizeof(tlb->entries[0]) * tlb->sets * tlb->ways);
}

static void branch_pieces(struct vpmu_branch *b, vpmu_piece_t piece, void *opaque)
{
	piece(opaque, &b->history, sizeof(b->history));
	piece(opaque, &b->depth, sizeof(b->depth));
	piece(opaque, b->counters, sizeof(b->counters[0]) * b->shape.counters);
	piece(opaque, b->targets, sizeof(b->targets[0]) * b->shape.targets);
	piece(opaque, b->returns, sizeof(b->returns[0]) * b->shape.returns);
}

static void latest_pieces(struct vpmu_latest *latest, vpmu_piece_t piece, void *opaque)
{
	piece(opaque, latest->lines, sizeof(latest->lines[0]) * (latest->mask + 1));
}

void vpmu_cache_pieces(struct vpmu_cache *cache, vpmu_piece_t piece, void *opaque)
{
	piece(opaque, cache->tags, sizeof(cache->tags[0]) * cache->sets * cache->ways);
}

void vpmu_core_pieces(struct vpmu_core *core, vpmu_piece_t piece, void *opaque)
{
	/* All of it up to what vpmu_init() was given. */
	piece(opaque, &core->pmu, offsetof(struct vpmu, shape));
	piece(opaque, &core->due, sizeof(core->due));
	latest_pieces(&core->data, piece, opaque);
	latest_pieces(&core->code, piece, opaque);
	tlb_pieces(&core->dtlb, piece, opaque);
	tlb_pieces(&core->itlb, piece, opaque);
	branch_pieces(&core->branch, piece, opaque);
	vpmu_cache_pieces(&core->l1d, piece, opaque);
	vpmu_cache_pieces(&core->l1i, piece, opaque);
}
