/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tlb.h"

#include <stdlib.h>
#include <string.h>

bool vpmu_tlb_init(struct vpmu_tlb *tlb, unsigned int sets, unsigned int ways)
{
	tlb->sets = sets;
	tlb->ways = ways;
	tlb->entries = calloc((size_t)sets * ways, sizeof(tlb->entries[0]));
	return tlb->entries != NULL;
}

void vpmu_tlb_done(struct vpmu_tlb *tlb)
{
	free(tlb->entries);
	tlb->entries = NULL;
}

void vpmu_tlb_reset(struct vpmu_tlb *tlb)
{
	memset(tlb->entries, 0, sizeof(tlb->entries[0]) * tlb->sets * tlb->ways);
}

void vpmu_tlb_switch(struct vpmu_tlb *tlb)
{
	for (unsigned int i = 0; i < tlb->sets; i++) {
		struct vpmu_tlb_entry *set = &tlb->entries[i * tlb->ways];
		unsigned int kept = 0;

		/* Close up, so that empty entries are the oldest. */
		for (unsigned int way = 0; way < tlb->ways; way++)
			if (set[way].vpage != 0 && !set[way].user)
				set[kept++] = set[way];
		memset(&set[kept], 0, sizeof(set[0]) * (tlb->ways - kept));
	}
}

bool vpmu_tlb_access_slow(struct vpmu_tlb_entry *set, unsigned int ways, uint64_t vpage,
			  uint64_t ppage, bool user)
{
	struct vpmu_tlb_entry found = {.vpage = vpage + 1, .ppage = ppage, .user = user};
	unsigned int way = 0;
	bool hit = false;

	while (way < ways - 1 && set[way].vpage != vpage + 1)
		way++;
	/* set[way] is the page's own entry, or the oldest, which goes. */
	if (set[way].vpage == vpage + 1 && set[way].ppage == ppage) {
		found = set[way];
		hit = true;
	}
	memmove(&set[1], &set[0], sizeof(set[0]) * way);
	set[0] = found;
	return hit;
}
