/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sample's callchain: the frame that ran, and its callers.
 *
 * Samples of a loop differ in the first address and share the rest; so the
 * callers are one thing, that stacks.h remembers.
 */
#ifndef PERFREPORT_CHAIN_H
#define PERFREPORT_CHAIN_H

#include <perfdata.h>

#include "resolve.h"

/* The callers as they stand in the recording: addresses and PERF_CONTEXT_*
   markers, from the innermost out. */
struct callers {
	const perfdata_u64 *values;
	uint64_t nr;
	enum cpu_mode mode; /* of the first, unless it is a marker */
	bool returned_to;   /* the first is a return address; else it was interrupted */
};

/* Our own marker: user addresses that lie in calls, or were interrupted. */
#define CHAIN_UNWOUND (PERF_CONTEXT_MAX + 1)

/* Frames; all zero is an empty list, whose memory is used again. */
struct chain {
	uint32_t *frames; /* from the innermost out */
	size_t nr, capacity;
	bool has_user; /* some of them are user frames */
};

/* The mode that a sample's own address is of, by the record's misc. */
static inline enum cpu_mode chain_mode(uint16_t misc)
{
	misc &= PERF_RECORD_MISC_CPUMODE_MASK;
	return misc == PERF_RECORD_MISC_KERNEL ? MODE_KERNEL
	       : misc == PERF_RECORD_MISC_USER ? MODE_USER
					       : MODE_OTHER;
}

/* Make the callers of a whole callchain, whose mode is that of the sample: the
   first marker becomes their mode, and the sample's own address ip, with which
   a callchain begins, is left out. */
void chain_trim(struct callers *callers, uint64_t ip);

/* Append frames, outside of what is there. */
void chain_add(struct chain *chain, struct resolved_frames frames);

/* Make frames of the callers. */
void chain_resolve(struct chain *chain, struct resolver *resolver, const struct task *task,
		   const struct callers *callers);

void chain_free(struct chain *chain);

/* Do threads begin in this function?  A user callchain whose outermost frame
   is another was cut short. */
bool chain_begins_thread(const struct profile *profile, uint32_t frame);

#endif /* PERFREPORT_CHAIN_H */
