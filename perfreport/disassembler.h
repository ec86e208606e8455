/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine code as text, by capstone.
 */
#ifndef PERFREPORT_DISASSEMBLER_H
#define PERFREPORT_DISASSEMBLER_H

#include "failure.h"
#include "image.h"

struct disassembler;

/* One instruction. */
struct decoded {
	char text[224];	 /* AT&T syntax */
	uint8_t size;	 /* bytes */
	bool jumps;	 /* to target, rather than calling it */
	uint64_t target; /* of a jump or call to a constant address; 0: none */
	uint64_t refers; /* the address it names by its distance; 0: none */
};

/* Why code of this file cannot be disassembled: static; NULL: it can. */
const char *disassembler_cannot(const struct image *image);

/* For the code of a file that can be; disassembler_free() it.  NULL, with
   EXIT_MEMORY: it could not be started. */
struct disassembler *disassembler_new(const struct image *image, struct failure *failure);
void disassembler_free(struct disassembler *disassembler);

/* Decode the instruction at bytes, of which there are room > 0, for this
   address.  What is none is "(bad)", one byte. */
void disassembler_decode(struct disassembler *disassembler, const uint8_t *bytes, size_t room,
			 uint64_t address, struct decoded *decoded);

#endif /* PERFREPORT_DISASSEMBLER_H */
