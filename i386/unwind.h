/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the return address stands, by the place in the kernel's code: the
 * table that graft makes when it links us, out of the kernel's .eh_frame and
 * its assembly (graft/unwind.h).
 *
 * The kernel has frame pointers, but for prologues, the ends of functions,
 * leaf functions and assembly routines.  So the table is asked once for each
 * place that was interrupted; from its caller on frame pointers lead.
 */
#ifndef _I386_UNWIND_H_
#define _I386_UNWIND_H_

#include <kern/pmu/pmu_env.h>

/* Rules; those below are words between stack pointer and return address. */
#define UNWIND_FRAME	0xfe	/* this function has its frame */
#define UNWIND_UNKNOWN	0xff	/* an entry stub */

#define UNWIND_BLOCK	64	/* bytes of code */

/* The kernel's code. */
extern const char graft_text_start[], graft_text_end[];

/* An offset in the code, shifted left, with the rule that holds from there
   on; ascending, the last greater than any. */
extern const uint32_t graft_unwind_rows[];
#define UNWIND_SHIFT	8

/* The row that holds at the beginning of each block. */
extern const uint16_t graft_unwind_blocks[];

static inline boolean_t
unwind_is_kernel (unsigned long ip)
{
  return ip >= (unsigned long) graft_text_start
	 && ip < (unsigned long) graft_text_end;
}

/* The rule at ip, which is in the kernel's code. */
static inline unsigned int
unwind_rule (unsigned long ip)
{
  uint32_t offset = ip - (unsigned long) graft_text_start;
  uint32_t end = offset << UNWIND_SHIFT | UNWIND_UNKNOWN;
  const uint32_t *row
    = &graft_unwind_rows[graft_unwind_blocks[offset / UNWIND_BLOCK]];

  while (row[1] <= end)
    row++;
  return *row & UNWIND_UNKNOWN;
}

#endif /* _I386_UNWIND_H_ */
