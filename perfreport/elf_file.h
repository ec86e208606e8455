/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF file as a source of symbols.
 */
#ifndef PERFREPORT_ELF_FILE_H
#define PERFREPORT_ELF_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bundle.h"
#include "symtab.h"

#define BUILD_ID_MAX 20

struct build_id {
	uint8_t size; /* 0: none */
	uint8_t bytes[BUILD_ID_MAX];
};

/* Are both the same, size and bytes? */
bool build_id_equal(const struct build_id *a, const struct build_id *b);

/* An open file; elf is NULL when closed. */
struct elf_file {
	Elf *elf;
	GElf_Ehdr header;
	Elf_Scn *symtab, *dynsym; /* NULL: it has none */
	bool has_code;		  /* machine code; a separate debug file has none */
	bool has_dwarf;		  /* .debug_info */
	struct build_id build_id;
	void *map; /* of a bundle, else NULL */
	size_t map_size;
};

/* Open path, in a bundle (NULL: in the file system); false: not there or not
   an ELF file, with a static text of why.  elf_file_close() it when true.  It
   keeps no descriptor. */
bool elf_file_open(struct elf_file *file, const struct bundle *bundle, const char *path,
		   const char **why);
void elf_file_close(struct elf_file *file);

/* The section of this name and its header; NULL: there is none. */
Elf_Scn *elf_section(const struct elf_file *file, const char *name, GElf_Shdr *header);

/* The name and checksum of .gnu_debuglink (GDB manual, "Separate Debug
   Files"); NULL: it has none.  Lives as long as the file is open. */
const char *elf_debuglink(const struct elf_file *file, uint32_t *crc);

/* A section of a kernel beyond .text: stock perf makes an object of each. */
struct kernel_section {
	char *name; /* with its dot */
	uint64_t start, end, offset;
	struct symtab symbols;
};

/* Where .text of a kernel lies, and its other sections that hold symbols. */
struct kernel_layout {
	bool has_text;
	uint64_t start, end, offset;
	struct kernel_section *sections;
	size_t nr_sections, capacity;
};

void kernel_layout_free(struct kernel_layout *layout);

/* Add the symbols of a program or library: those of symbols (which may be a
   debug file), at file offsets of runtime, which may be the same. */
void elf_add_symbols(struct symtab *symtab, struct elf_file *symbols, struct elf_file *runtime);

/* Add a name@plt for each entry of the procedure linkage table. */
void elf_add_plt(struct symtab *symtab, struct elf_file *file);

/* Add the symbols of a kernel image: those of .text at their file offsets to
   symtab, the others to sections of layout. */
void elf_add_kernel_symbols(struct symtab *symtab, struct kernel_layout *layout,
			    struct elf_file *file);

#endif /* PERFREPORT_ELF_FILE_H */
