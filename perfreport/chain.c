/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "chain.h"

/* Markers of Linux that ours has not (perf_event_open(2)). */
#define CONTEXT_HV	     ((uint64_t)-32)
#define CONTEXT_GUEST	     ((uint64_t)-2048)
#define CONTEXT_GUEST_KERNEL ((uint64_t)-2176)
#define CONTEXT_GUEST_USER   ((uint64_t)-2560)

static enum cpu_mode mode_of_sample(uint16_t misc)
{
	switch (misc & PERF_RECORD_MISC_CPUMODE_MASK) {
	case PERF_RECORD_MISC_KERNEL:
		return MODE_KERNEL;
	case PERF_RECORD_MISC_USER:
		return MODE_USER;
	default:
		return MODE_OTHER;
	}
}

static enum cpu_mode mode_of_marker(uint64_t marker)
{
	if (marker == PERF_CONTEXT_KERNEL)
		return MODE_KERNEL;
	if (marker == PERF_CONTEXT_USER)
		return MODE_USER;
	return MODE_OTHER;
}

/* The functions threads begin in: without them below it a user callchain
   was cut short.  Ours, and those of the C library of Linux. */
static bool begins_thread(const struct profile *profile, uint32_t frame)
{
	static const char *const names[] = {
	    "_start",	 "__libc_start_main", "__libc_start_main@@GLIBC_2.34",
	    "_dl_start", "_dl_start_user",    "__libc_start_call_main",
	    "clone",	 "__clone",	      "clone3",
	    "__clone3",	 "start_thread",      "thread_start",
	};
	const char *name = names_text(profile->names, profile->frames.list[frame].symbol);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void push(struct chain *chain, uint32_t frame)
{
	chain->frames =
	    must_grow(chain->frames, &chain->capacity, chain->nr + 1, sizeof *chain->frames);
	chain->frames[chain->nr++] = frame;
}

void chain_resolve(struct chain *chain, struct resolver *resolver, const struct thread *thread,
		   const struct perfdata_record *record)
{
	const struct perfdata_sample *sample = &record->sample;
	enum cpu_mode mode = mode_of_sample(record->misc);
	bool first = true;

	chain->nr = 0;
	chain->is_chain = sample->nr_chain > 0;
	chain->has_user = chain->broken = false;
	push(chain, resolve(resolver, thread, mode, sample->ip));
	for (uint64_t i = 0; i < sample->nr_chain; i++) {
		uint64_t address = sample->chain[i];

		if (address >= PERF_CONTEXT_MAX) {
			mode = mode_of_marker(address);
			continue;
		}
		chain->has_user |= mode == MODE_USER;
		/* A chain begins with the sample's own address. */
		if (!first || address != sample->ip)
			push(chain, resolve(resolver, thread, mode, address));
		first = false;
	}
	if (chain->has_user)
		chain->broken = !begins_thread(resolver->profile, chain->frames[chain->nr - 1]);
}

void chain_free(struct chain *chain)
{
	free(chain->frames);
	memset(chain, 0, sizeof *chain);
}
