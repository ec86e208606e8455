/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact counts by address: how many of each event every single instruction of
 * the guest caused, while a counter counted that event in its ring.
 *
 * The window is that of the counters, so the sum over all addresses is what
 * the counters counted, to the unit.  User addresses are told apart by address
 * space; the kernel's are the same in all of them.
 */
#ifndef VPMU_HISTOGRAM_H
#define VPMU_HISTOGRAM_H

#include "vpmu.h"

#include <stdio.h>

/* One instruction. */
struct vpmu_place {
	uint64_t address;
	unsigned int space; /* 0: the kernel's; else a user's, in order of appearance */
	uint64_t counts[VPMU_NR_EVENTS];
};

/* All of them, for all vCPUs.  All 0 is empty. */
struct vpmu_histogram {
	struct vpmu_place **slots; /* hashed, open addressing */
	size_t nr, size;	   /* size: 0 or a power of two */
	uint64_t *roots;	   /* of the page tables, by space - 1 */
	unsigned int nr_spaces;	   /* of users */
	uint32_t events;	   /* bit: event that was counted at some time */
	bool incomplete;	   /* memory ran out: counts are missing */
	struct vpmu_place spill;   /* where they went */
};

/* Drop all counts and free them. */
void vpmu_histogram_clear(struct vpmu_histogram *h);

/* Write the counts in order of space and address (docs/vpmu.md has the
   format).  False: memory ran out, now or before; errors of output stay in f. */
bool vpmu_histogram_write(struct vpmu_histogram *h, FILE *f);

/*
 * One vCPU's part: which instruction runs.  Its owner tells it of each
 * instruction that begins; that one has been executed when the next begins or
 * when the counters change, unless it was taken back (a fault, or it will be
 * executed again).
 */
struct vpmu_attribution {
	const struct vpmu *pmu;
	struct vpmu_histogram *histogram;
	uint32_t counted[2];		  /* by ring; bit: event some counter counts there */
	uint64_t seen[VPMU_NR_EVENTS][2]; /* totals attributed so far, of modelled events */
	uint64_t penalties_seen[2];
	uint64_t repeats_seen;
	struct vpmu_place *running; /* NULL: none, or nothing is counted in its ring */
	unsigned int ring;	    /* of it */
};

/* Nothing runs, and nothing is counted until vpmu_attribution_settle(). */
void vpmu_attribution_init(struct vpmu_attribution *a, const struct vpmu *pmu,
			   struct vpmu_histogram *histogram);

/* An instruction begins; root is that of the page tables, repeats the REP
   iterations so far that were steps of their own. */
void vpmu_attribution_begin(struct vpmu_attribution *a, uint64_t address, uint64_t root,
			    unsigned int ring, uint64_t repeats);

/* The instruction begun last has not been executed: what the models counted of
   it stays its own. */
void vpmu_attribution_take_back(struct vpmu_attribution *a);

/* The instruction begun last has been executed; what is counted until the next
   begins is that one's. */
void vpmu_attribution_end(struct vpmu_attribution *a, uint64_t repeats);

/* The instruction begun last has been executed, and what is counted may have
   changed. */
void vpmu_attribution_settle(struct vpmu_attribution *a, uint64_t repeats);

/* The histogram was cleared: what runs has no place in it any more. */
void vpmu_attribution_forget(struct vpmu_attribution *a);

/* Whether an instruction must be told of. */
static inline bool vpmu_attribution_wanted(const struct vpmu_attribution *a)
{
	return (a->counted[0] | a->counted[1]) != 0;
}

#endif
