/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel image in memory: its segments, sections and symbols (ELF32 or ELF64, x86). */
#ifndef GRAFT_IMAGE_H
#define GRAFT_IMAGE_H

#include "file.h"

#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>

/* A symbol, as .symtab has it; name points into the image. */
struct symbol {
	const char *name;
	uint64_t value;
	uint64_t size;
	unsigned type;	  /* STT_* */
	unsigned bind;	  /* STB_* */
	unsigned section; /* index */
};

/* Symbols with an address, in two orders; by_name and by_address own nothing. */
struct symtab {
	struct symbol *all;
	const struct symbol **by_name;
	const struct symbol **by_address;
	size_t count;
};

struct image {
	const char *path;
	struct buffer file; /* the kernel's bytes; call sites are patched in it */
	Elf *elf;	    /* over file.data */
	bool is64;
	GElf_Ehdr ehdr;
	size_t symtab_section;
	struct symtab symbols;
	uint64_t end;	      /* address of _end */
	uint64_t phys_offset; /* virtual minus physical address of the segment that holds _end */
	char sha256[SHA256_HEX];
};

/*
 * Opens a GNU Mach kernel: a static x86 executable with symbols and debug information whose highest
 * segment ends at _end. Anything else is refused as an unknown kernel layout, with what is missing.
 * Returns a status; the caller closes the image either way.
 */
int image_open(struct image *image, const char *path);
void image_close(struct image *image);

/* File offset of size bytes at a virtual address, or -1 when they are not in the file. */
int64_t image_offset(const struct image *image, uint64_t address, size_t size);

/* How many different addresses NAME has; *symbol is one of them, unless none. */
size_t symtab_find(const struct symtab *symtab, const char *name, const struct symbol **symbol);

/* The symbol an address belongs to (the last one at or before it in its section), or NULL. */
const struct symbol *symtab_at(const struct symtab *symtab, uint64_t address, unsigned section);

/* First address after symbol that has another one in its section, or limit. */
uint64_t symtab_next(const struct symtab *symtab, const struct symbol *symbol, uint64_t limit);

/* Fills symtab from section number index of an ELF file. Returns a status. */
int symtab_load(struct symtab *symtab, Elf *elf, size_t index, const char *path);
void symtab_free(struct symtab *symtab);

#endif
