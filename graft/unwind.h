/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a function of the kernel keeps its return address, instruction by instruction: a table made
 * from the kernel's .eh_frame, for kern's callchains.
 *
 * Assembly routines have no .eh_frame; for those that C code calls, or jumps to at its end, the
 * table is made by following what their instructions do to the stack pointer. Places that are in
 * neither (entry stubs) have the rule "unknown".
 */
#ifndef GRAFT_UNWIND_H
#define GRAFT_UNWIND_H

#include "image.h"

/* A rule below these is a number of words between the stack pointer and the return address; the
   frame pointer is then still, or again, the caller's. kern's i386/unwind.h has them, too. */
#define UNWIND_FRAME   0xfe /* by the frame pointer */
#define UNWIND_UNKNOWN 0xff

/* From address (an offset from the start of the code) on a rule holds. */
struct unwind_row {
	uint32_t offset;
	uint8_t rule;
};

struct unwind {
	uint64_t start, size; /* of the code, the section .text */
	struct unwind_row *rows;
	size_t count;
};

/* Makes the table of image, in ascending order; rows[0].offset is 0. A kernel without .text or
   .eh_frame has one that knows nothing. Returns a status; the caller frees in any case. */
int unwind_read(struct unwind *unwind, const struct image *image);
void unwind_free(struct unwind *unwind);

/* Sets rules[offset] for what can be followed of the code that has none yet (UNWIND_UNKNOWN);
   bytes is the code. Returns a status. */
int unwind_follow(const struct image *image, uint64_t start, const uint8_t *bytes, size_t size,
		  uint8_t *rules);

/* The table as assembly, with the symbols that i386/unwind.h declares; the caller frees it. */
char *unwind_source(const struct unwind *unwind, bool is64);

#endif
