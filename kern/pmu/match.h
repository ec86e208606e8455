/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which events can be on a PMU's counters together.
 *
 * An event may be bound to some of the counters, so whether one more fits is
 * a question of matching: perhaps another event has to move to make room.
 * The way there is an augmenting path, the shortest one, so that the fewest
 * events move.  Adding events one by one along such paths finds room for a
 * set of events whenever there is room for it (Berge 1957).
 */
#ifndef _KERN_PMU_MATCH_H_
#define _KERN_PMU_MATCH_H_

#include <kern/pmu/pmu.h>

/* The counters that can hold the event that is on counter now; where is
   whatever the caller gave pmu_match (). */
typedef uint64_t (*pmu_occupant_t) (const void *where, unsigned int counter);

/*
 * Find room for an event that wants one of the counters in wanted, when those
 * in used are taken.  The answer is the length of a path, 0 if there is no
 * room: path[0] is free, and what is on path[i + 1] is to move to path[i], in
 * this order; then the last counter of the path is the new event's.
 */
unsigned int pmu_match (uint64_t wanted, uint64_t used,
			pmu_occupant_t occupant, const void *where,
			uint8_t path[PMU_MAX_COUNTERS]);

/* Whether nr events can all be on an empty PMU; masks[i] are the counters
   that can hold event i. */
boolean_t pmu_match_all (const uint64_t *masks, unsigned int nr);

#endif /* _KERN_PMU_MATCH_H_ */
