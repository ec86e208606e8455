/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libunwind's remote interface for one frame at a time.
 */
#ifndef PERFREPORT_UNWIND_LIBUNWIND_H
#define PERFREPORT_UNWIND_LIBUNWIND_H

#include <libunwind-x86_64.h>

#include "unwind_rule.h"

/* What a frame's registers and memory are, and where its code lies. */
struct unwind_source {
	/* The word at an address; false: not known. */
	bool (*word)(void *context, uint64_t address, uint64_t *value);
	/* The image that holds an address, and what to add to its linked
	   addresses; NULL: none. */
	const struct image *(*image)(void *context, uint64_t address, uint64_t *bias);
	void *context;
	unw_addr_space_t space;
	uint64_t value[UNW_TDEP_LAST_REG + 1]; /* by number of libunwind, that is DWARF's */
	uint32_t known;			       /* bit n: value[n] means something */
	bool found; /* out: there was unwind information for the address */
};

/* What libunwind keeps between steps; for one thread of ours. */
unw_addr_space_t unwind_space_new(void);
void unwind_space_free(unw_addr_space_t space);

/* Step once from the frame of source; cursor is then in the caller.  What
   unw_step(3) returns. */
int unwind_source_step(struct unwind_source *source, unw_cursor_t *cursor);

/* The rule at a (linked) address of an x86-64 image with a table in
   .eh_frame_hdr. */
struct rule rule_by_libunwind(unw_addr_space_t space, const struct image *image, uint64_t address);

#endif /* PERFREPORT_UNWIND_LIBUNWIND_H */
