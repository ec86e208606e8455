/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache.h"

#include <stdlib.h>
#include <string.h>

bool vpmu_cache_init(struct vpmu_cache *cache, unsigned int sets, unsigned int ways)
{
	cache->sets = sets;
	cache->ways = ways;
	cache->tags = calloc((size_t)sets * ways, sizeof(cache->tags[0]));
	return cache->tags != NULL;
}

void vpmu_cache_done(struct vpmu_cache *cache)
{
	free(cache->tags);
	cache->tags = NULL;
}

void vpmu_cache_reset(struct vpmu_cache *cache)
{
	memset(cache->tags, 0, sizeof(cache->tags[0]) * cache->sets * cache->ways);
}
