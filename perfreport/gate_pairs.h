/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs of base and new that were recorded side by side, or in turns, shared the
 * noise of their host: compared in pairs it cancels (Bulej et al. 2020, "Duet
 * Benchmarking", doi 10.1145/3358960.3379132).  The recordings themselves say
 * that they were: when each began by the host's clock.
 */
#ifndef PERFREPORT_GATE_PAIRS_H
#define PERFREPORT_GATE_PAIRS_H

#include "gate.h"

/* Fewer are not compared in pairs: the signed-rank test of 16 reaches 2^-15,
   the default level of 160 tests. */
#define GATE_LEAST_PAIRS 16

/* Bring the runs of both sides into the order in which they began.  They are
   pairs when, of each two that follow one another, one is of each side. */
void gate_pair(struct gate_sample *sample);

/* The same for runs of one pool: their indexes by when they began, so that 0
   and 1, 2 and 3, ... are pairs.  Returns the number of pairs; 0: they are
   none, and the order is as it was. */
size_t gate_pair_pool(const struct gate_side *pool, size_t *order);

#endif /* PERFREPORT_GATE_PAIRS_H */
