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

struct vpmu_cache {
	unsigned int sets; /* power of two */
	unsigned int ways;
	uint64_t *tags; /* line number + 1; 0: empty */
};

/* Make an empty cache; false: out of memory. */
bool vpmu_cache_init(struct vpmu_cache *cache, unsigned int sets, unsigned int ways);

/* Free its memory. */
void vpmu_cache_done(struct vpmu_cache *cache);

/* Forget every line. */
void vpmu_cache_reset(struct vpmu_cache *cache);

/* The rest of vpmu_cache_access(): the line is not the latest of its set. */
static inline bool vpmu_cache_access_slow(uint64_t *set, unsigned int ways, uint64_t tag)
{
	uint64_t younger = set[0];
	bool found = false;

	/* Move each younger line one place down, up to where the tag was; to the
	   end without a branch, which the host could not predict. */
	set[0] = tag;
	for (unsigned int way = 1; way < ways; way++) {
		uint64_t here = set[way];

		set[way] = found ? here : younger;
		found |= here == tag;
		younger = here;
	}
	return found;
}

/* Use a line (physical address / size of a line): true if it was there.  It
   is the latest of its set afterwards; on a miss the oldest one has left. */
static inline bool vpmu_cache_access(struct vpmu_cache *cache, uint64_t line)
{
	uint64_t *set = &cache->tags[(line & (cache->sets - 1)) * cache->ways];

	return set[0] == line + 1 || vpmu_cache_access_slow(set, cache->ways, line + 1);
}

#endif
