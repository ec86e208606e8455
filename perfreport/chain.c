/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "chain.h"

/* Hypervisor and virtual machine (perf_event_open(2)) are none of ours. */
static enum cpu_mode mode_of_marker(uint64_t marker)
{
	if (marker == PERF_CONTEXT_KERNEL)
		return MODE_KERNEL;
	if (marker == PERF_CONTEXT_USER || marker == CHAIN_UNWOUND)
		return MODE_USER;
	return MODE_OTHER;
}

void chain_trim(struct callers *callers, uint64_t ip)
{
	if (callers->nr && *callers->values >= PERF_CONTEXT_MAX) {
		callers->mode = mode_of_marker(*callers->values++);
		callers->nr--;
	}
	if (callers->nr && *callers->values == ip) {
		callers->values++;
		callers->nr--;
		callers->returned_to = true;
	}
}

void chain_add(struct chain *chain, struct resolved_frames frames)
{
	chain->frames = must_grow(chain->frames, &chain->capacity, chain->nr + frames.nr,
				  sizeof *chain->frames);
	memcpy(chain->frames + chain->nr, frames.list, frames.nr * sizeof *frames.list);
	chain->nr += frames.nr;
}

void chain_resolve(struct chain *chain, struct resolver *resolver, const struct task *task,
		   const struct callers *callers)
{
	enum cpu_mode mode = callers->mode;
	enum resolve_as as = callers->returned_to ? RESOLVE_CALLER : RESOLVE_RAN;
	bool unwound = false;

	chain->nr = 0;
	chain->has_user = false;
	for (uint64_t i = 0; i < callers->nr; i++) {
		uint64_t address = callers->values[i];

		if (address >= PERF_CONTEXT_MAX) {
			mode = mode_of_marker(address);
			unwound = address == CHAIN_UNWOUND;
			as = unwound ? RESOLVE_CALL : RESOLVE_RAN;
			continue;
		}
		chain_add(chain, resolve(resolver, task, mode, address, as));
		chain->has_user |= mode == MODE_USER;
		as = unwound ? RESOLVE_CALL : RESOLVE_CALLER;
	}
}

void chain_free(struct chain *chain)
{
	free(chain->frames);
	memset(chain, 0, sizeof *chain);
}

bool chain_begins_thread(const struct profile *profile, uint32_t frame)
{
	/* Ours, and those of the C library of Linux. */
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
