/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tlb.h"

#include <string.h>

void vpmu_tlb_reset(struct vpmu_tlb *tlb)
{
	memset(tlb, 0, sizeof(*tlb));
}

void vpmu_tlb_switch(struct vpmu_tlb *tlb)
{
	for (unsigned int i = 0; i < VPMU_TLB_SETS; i++) {
		struct vpmu_tlb_entry *set = tlb->entries[i];
		unsigned int kept = 0;

		/* Close up, so that empty entries are the oldest. */
		for (unsigned int way = 0; way < VPMU_TLB_WAYS; way++)
			if (set[way].vpage != 0 && !set[way].user)
				set[kept++] = set[way];
		memset(&set[kept], 0, sizeof(set[0]) * (VPMU_TLB_WAYS - kept));
	}
}

bool vpmu_tlb_access_slow(struct vpmu_tlb_entry *set, uint64_t vpage, uint64_t ppage, bool user)
{
	struct vpmu_tlb_entry found = {.vpage = vpage + 1, .ppage = ppage, .user = user};
	unsigned int way = 0;
	bool hit = false;

	while (way < VPMU_TLB_WAYS - 1 && set[way].vpage != vpage + 1)
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
