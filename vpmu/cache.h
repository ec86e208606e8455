/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set-associative cache with true LRU replacement.  Only tags are kept: the
 * model says whether an access hits, never what it reads.
 *
 * A set is an array of tags in order of use, the latest first, so that the
 * common case, a hit on the latest line, is one comparison.
 */
#ifndef VPMU_CACHE_H
#define VPMU_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#define VPMU_LINE_SHIFT 6 /* 64-byte lines */
#define VPMU_LINE_SIZE	(1U << VPMU_LINE_SHIFT)

#define VPMU_CACHE_MAX_LINES 16384

struct vpmu_cache {
	unsigned int sets; /* power of two */
	unsigned int ways;
	uint64_t tags[VPMU_CACHE_MAX_LINES]; /* line number + 1; 0: empty */
};

/* Shape an empty cache of size bytes.  size / 64 / ways is a power of two, and
   no more than VPMU_CACHE_MAX_LINES lines. */
void vpmu_cache_init(struct vpmu_cache *cache, unsigned int size, unsigned int ways);

/* Forget every line. */
void vpmu_cache_reset(struct vpmu_cache *cache);

/* The rest of vpmu_cache_access(): the line is not the latest of its set. */
bool vpmu_cache_access_slow(uint64_t *set, unsigned int ways, uint64_t tag);

/* Use a line (physical address >> VPMU_LINE_SHIFT): true if it was there.  It
   is the latest of its set afterwards; on a miss the oldest one has left. */
static inline bool vpmu_cache_access(struct vpmu_cache *cache, uint64_t line)
{
	uint64_t *set = &cache->tags[(line & (cache->sets - 1)) * cache->ways];

	return set[0] == line + 1 || vpmu_cache_access_slow(set, cache->ways, line + 1);
}

#endif
