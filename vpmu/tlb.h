/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TLB: set-associative, true LRU, 4 KiB entries (a large page takes one for
 * each 4 KiB touched).
 *
 * An entry answers only when the virtual and the physical page both match, so
 * a page mapped anew, or the same address in another task, misses as it
 * should without the emulator having to report every change of a page table.
 */
#ifndef VPMU_TLB_H
#define VPMU_TLB_H

#include <stdbool.h>
#include <stdint.h>

#define VPMU_PAGE_SHIFT 12

struct vpmu_tlb_entry {
	uint64_t vpage; /* virtual page number + 1; 0: empty */
	uint64_t ppage; /* physical page number */
	bool user;	/* filled by an access of user mode */
};

struct vpmu_tlb {
	unsigned int sets; /* power of two */
	unsigned int ways;
	struct vpmu_tlb_entry *entries; /* set after set, the latest first */
};

/* Make an empty TLB; false: out of memory. */
bool vpmu_tlb_init(struct vpmu_tlb *tlb, unsigned int sets, unsigned int ways);

/* Free its memory. */
void vpmu_tlb_done(struct vpmu_tlb *tlb);

/* Forget every entry. */
void vpmu_tlb_reset(struct vpmu_tlb *tlb);

/* Another address space: forget what user mode filled in.  Entries filled by
   the kernel stay, as global pages do. */
void vpmu_tlb_switch(struct vpmu_tlb *tlb);

/* The rest of vpmu_tlb_access(): not the latest entry of its set. */
bool vpmu_tlb_access_slow(struct vpmu_tlb_entry *set, unsigned int ways, uint64_t vpage,
			  uint64_t ppage, bool user);

/* Use the translation of a virtual page number to a physical one: true if it
   was there.  It is the latest of its set afterwards. */
static inline bool vpmu_tlb_access(struct vpmu_tlb *tlb, uint64_t vpage, uint64_t ppage, bool user)
{
	struct vpmu_tlb_entry *set = &tlb->entries[(vpage & (tlb->sets - 1)) * tlb->ways];

	if (set[0].vpage == vpage + 1 && set[0].ppage == ppage)
		return true;
	return vpmu_tlb_access_slow(set, tlb->ways, vpage, ppage, user);
}

#endif
