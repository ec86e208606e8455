/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols out of ELF symbol tables, chosen and placed as stock perf does
 * (tools/perf/util/symbol-elf.c, Linux 6.1): functions and objects, and
 * untyped labels in sections of text or data; nothing absolute and nothing
 * that is not loaded; addresses as offsets in the file.
 */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "demangle.h"
#include "elf_file.h"

/* One symbol table while it is read. */
struct reading {
	struct elf_file *symbols, *runtime;
	Elf_Data *table;
	size_t nr;
	size_t strings; /* section of their names */
};

static bool begin(struct reading *reading, Elf_Scn *section)
{
	GElf_Shdr header;

	if (section == NULL || gelf_getshdr(section, &header) == NULL || header.sh_entsize == 0)
		return false;
	reading->table = elf_getdata(section, NULL);
	reading->nr = header.sh_size / header.sh_entsize;
	reading->strings = header.sh_link;
	return reading->table != NULL;
}

static bool is_label(const GElf_Sym *symbol)
{
	unsigned int visibility = GELF_ST_VISIBILITY(symbol->st_other);

	return GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE && visibility != STV_HIDDEN &&
	       visibility != STV_INTERNAL;
}

static bool has_code_or_data(const GElf_Sym *symbol)
{
	unsigned int type = GELF_ST_TYPE(symbol->st_info);

	return type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_OBJECT;
}

static bool is_text_or_data(const char *section)
{
	return strstr(section, "text") != NULL || strstr(section, "data") != NULL;
}

/* A symbol that is wanted, with its name, its section and that one's name.
   Sections without bytes in a debug file are looked up in the program. */
static bool wanted(struct reading *reading, size_t index, GElf_Sym *symbol, const char **name,
		   GElf_Shdr *section, const char **section_name)
{
	struct elf_file *file = reading->symbols;

	if (gelf_getsym(reading->table, index, symbol) == NULL || symbol->st_name == 0 ||
	    symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS ||
	    (!has_code_or_data(symbol) && !is_label(symbol)))
		return false;
	*name = elf_strptr(file->elf, reading->strings, symbol->st_name);
	if (*name == NULL || gelf_getshdr(elf_getscn(file->elf, symbol->st_shndx), section) == NULL)
		return false;
	if (!(section->sh_flags & SHF_ALLOC))
		return false;
	if (section->sh_type == SHT_NOBITS) {
		file = reading->runtime;
		if (gelf_getshdr(elf_getscn(file->elf, symbol->st_shndx), section) == NULL)
			return false;
	}
	*section_name = elf_strptr(file->elf, file->header.e_shstrndx, section->sh_name);
	if (*section_name == NULL)
		*section_name = "";
	return has_code_or_data(symbol) || is_text_or_data(*section_name);
}

/* The place in the file of an address in memory. */
static uint64_t file_offset(struct elf_file *file, const GElf_Shdr *section, uint64_t address)
{
	size_t nr;
	GElf_Phdr segment;

	if (elf_getphdrnum(file->elf, &nr) == 0) {
		for (size_t i = 0; i < nr; i++) {
			if (gelf_getphdr(file->elf, i, &segment) == NULL ||
			    segment.p_type != PT_LOAD)
				continue;
			if (address >= segment.p_vaddr &&
			    address - segment.p_vaddr < segment.p_memsz)
				return address - segment.p_vaddr + segment.p_offset;
		}
	}
	return address - section->sh_addr + section->sh_offset;
}

static void add_table(struct symtab *symtab, struct elf_file *symbols, struct elf_file *runtime,
		      Elf_Scn *table)
{
	struct reading reading = {.symbols = symbols, .runtime = runtime};
	const char *name, *section_name;
	GElf_Shdr section;
	GElf_Sym symbol;

	if (!begin(&reading, table))
		return;
	for (size_t i = 0; i < reading.nr; i++) {
		char *readable;

		if (!wanted(&reading, i, &symbol, &name, &section, &section_name))
			continue;
		readable = demangle(name);
		symtab_add(symtab, file_offset(runtime, &section, symbol.st_value), symbol.st_size,
			   GELF_ST_TYPE(symbol.st_info), GELF_ST_BIND(symbol.st_info),
			   readable ? readable : name);
		free(readable);
	}
	symtab_fix_ends(symtab);
	symtab_drop_duplicates(symtab);
}

void elf_add_symbols(struct symtab *symtab, struct elf_file *symbols, struct elf_file *runtime)
{
	add_table(symtab, symbols, runtime, symbols->symtab);
	add_table(symtab, symbols, runtime, symbols->dynsym);
}

static struct kernel_section *section_of(struct kernel_layout *layout, const char *name,
					 const GElf_Shdr *header)
{
	struct kernel_section *section;

	for (size_t i = 0; i < layout->nr_sections; i++)
		if (strcmp(layout->sections[i].name, name) == 0)
			return &layout->sections[i];
	layout->sections = must_grow(layout->sections, &layout->capacity, layout->nr_sections + 1,
				     sizeof *section);
	section = &layout->sections[layout->nr_sections++];
	section->name = must_copy(name, strlen(name));
	section->start = header->sh_addr;
	section->end = header->sh_addr + header->sh_size;
	section->offset = header->sh_offset;
	symtab_init(&section->symbols);
	return section;
}

void elf_add_kernel_symbols(struct symtab *symtab, struct kernel_layout *layout,
			    struct elf_file *file)
{
	struct reading reading = {.symbols = file, .runtime = file};
	const char *name, *section_name;
	GElf_Shdr section;
	GElf_Sym symbol;

	if (!begin(&reading, file->symtab))
		return;
	for (size_t i = 0; i < reading.nr; i++) {
		struct symtab *to = symtab;

		if (!wanted(&reading, i, &symbol, &name, &section, &section_name))
			continue;
		if (strcmp(section_name, ".text") != 0) {
			to = &section_of(layout, section_name, &section)->symbols;
		} else if (!layout->has_text) {
			layout->has_text = true;
			layout->start = section.sh_addr;
			layout->end = section.sh_addr + section.sh_size;
			layout->offset = section.sh_offset;
		}
		symtab_add(to, symbol.st_value - section.sh_addr + section.sh_offset,
			   symbol.st_size, GELF_ST_TYPE(symbol.st_info),
			   GELF_ST_BIND(symbol.st_info), name);
	}
	symtab_fix_ends(symtab);
	symtab_drop_duplicates(symtab);
}
