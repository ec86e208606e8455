/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sample's frames, from the one that ran outwards.
 */
#ifndef PERFREPORT_CHAIN_H
#define PERFREPORT_CHAIN_H

#include <perfdata.h>

#include "resolve.h"

struct chain {
	uint32_t *frames; /* frames[0] ran */
	size_t nr, capacity;
	bool is_chain; /* the sample had a callchain, else one frame */
	bool has_user; /* with user frames in it */
	bool broken;   /* whose outermost is not where a thread begins */
};

/* Fill the chain from a PERF_RECORD_SAMPLE; memory is used again. */
void chain_resolve(struct chain *chain, struct resolver *resolver, const struct thread *thread,
		   const struct perfdata_record *record);

void chain_free(struct chain *chain);

#endif /* PERFREPORT_CHAIN_H */
