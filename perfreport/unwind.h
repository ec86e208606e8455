/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Callchains out of what a sample took of the user's registers and stack
 * (PERF_SAMPLE_REGS_USER, PERF_SAMPLE_STACK_USER; perf record --call-graph
 * dwarf, perfrec record -g dwarf).
 */
#ifndef PERFREPORT_UNWIND_H
#define PERFREPORT_UNWIND_H

#include <perfdata.h>

#include "object.h"
#include "space.h"

/* How a chain ended. */
enum unwind_end {
	UNWIND_BEGINNING, /* where the thread began */
	UNWIND_DUMP,	  /* the stack goes on where it was not dumped */
	UNWIND_NO_FILE,	  /* in memory without a file, or its file is not here */
	UNWIND_NO_INFO,	  /* in code without unwind information */
	UNWIND_LOST,	  /* the stack makes no sense */
	UNWIND_ENDS
};

#define UNWIND_MAX_FRAMES 1024

struct unwinder;

/* For samples of one recording; unwinder_free() it.  It is of one thread. */
struct unwinder *unwinder_new(struct objects *objects);
void unwinder_free(struct unwinder *unwinder);

/* Does the sample have registers and stack to unwind? */
bool unwind_wanted(const struct perfdata_record *record);

/* The addresses of a sample's user frames with these maps, from the innermost
   out; of callers the address before the return address, as perf has them,
   so that it lies in the call.  *nr is how many.  They live until the next
   call. */
const uint64_t *unwind(struct unwinder *unwinder, const struct space *maps,
		       const struct perfdata_record *record, size_t *nr, enum unwind_end *end);

#endif /* PERFREPORT_UNWIND_H */
