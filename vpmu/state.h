/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a model makes its state: for an owner that saves machines. */
#ifndef VPMU_STATE_H
#define VPMU_STATE_H

#include "core.h"

#include <stddef.h>

/* Told of a piece of memory that holds state; it may be written. */
typedef void (*vpmu_piece_t)(void *opaque, void *piece, size_t size);

/*
 * Go through all state of a core: registers, totals, statistics, caches, TLBs,
 * predictor and the tables of its owner, in an order and of sizes that follow
 * from the kind of PMU and the geometry.  Two cores of which all pieces are the
 * same go on alike.
 */
void vpmu_core_pieces(struct vpmu_core *core, vpmu_piece_t piece, void *opaque);

/* The same for a cache, such as the shared one. */
void vpmu_cache_pieces(struct vpmu_cache *cache, vpmu_piece_t piece, void *opaque);

#endif
