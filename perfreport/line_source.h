/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Source lines and inlined functions of addresses, out of DWARF (version 5,
 * sections 2.17, 3.3.8 and 6.2, and what libdw reads of earlier ones).
 *
 * What a compilation unit says is read when the first address in it is asked
 * for, what a function says likewise.
 */
#ifndef PERFREPORT_LINE_SOURCE_H
#define PERFREPORT_LINE_SOURCE_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INLINED_MOST 64

struct line_source;

struct source_line {
	const char *file; /* with its directory; NULL: not known */
	unsigned int number;
};

/* A function that was inlined, or the one that the others were inlined into. */
struct inlined {
	const char *name;	 /* as DWARF has it, mangled perhaps; NULL: it has none */
	struct source_line line; /* where the address lies in it, or the call of the next inner */
};

/* Of debug information that stays open; line_source_free() it.  NULL is a
   source of nothing, for all functions here. */
struct line_source *line_source_new(Dwarf *dwarf);
void line_source_free(struct line_source *source);

/* The line of a (linked) address.  Its text lives as long as the source. */
struct source_line line_source_find(struct line_source *source, uint64_t address);

/* The functions an address lies in, from the innermost inlined one out to the
   real one; INLINED_MOST at most.  Returns how many; 0: not known. */
size_t line_source_inlined(struct line_source *source, uint64_t address,
			   struct inlined list[INLINED_MOST]);

#endif /* PERFREPORT_LINE_SOURCE_H */
