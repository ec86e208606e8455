/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names for the procedure linkage table: entry n + 1 of .plt belongs to
 * relocation n of .rela.plt or .rel.plt (System V ABI, AMD64 supplement,
 * section 5.2).
 */
#include <stdio.h>
#include <string.h>

#include "elf_file.h"

#define PLT_ENTRY 16 /* bytes, on x86 of both widths */

static Elf_Scn *section_by_name(struct elf_file *file, const char *name, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;
	const char *found;

	while ((section = elf_nextscn(file->elf, section)) != NULL) {
		if (gelf_getshdr(section, header) == NULL)
			continue;
		found = elf_strptr(file->elf, file->header.e_shstrndx, header->sh_name);
		if (found != NULL && strcmp(found, name) == 0)
			return section;
	}
	return NULL;
}

static bool relocation_symbol(Elf_Data *data, const GElf_Shdr *header, size_t index, size_t *symbol)
{
	GElf_Rela rela;
	GElf_Rel rel;

	if (header->sh_type == SHT_RELA) {
		if (gelf_getrela(data, index, &rela) == NULL)
			return false;
		*symbol = GELF_R_SYM(rela.r_info);
		return true;
	}
	if (gelf_getrel(data, index, &rel) == NULL)
		return false;
	*symbol = GELF_R_SYM(rel.r_info);
	return true;
}

void elf_add_plt(struct symtab *symtab, struct elf_file *file)
{
	GElf_Shdr relocations, plt, dynsym;
	Elf_Data *data, *symbols;
	Elf_Scn *section;
	char name[1024];
	uint64_t at;

	section = section_by_name(file, ".rela.plt", &relocations);
	if (section == NULL)
		section = section_by_name(file, ".rel.plt", &relocations);
	if (section == NULL || file->dynsym == NULL || relocations.sh_entsize == 0 ||
	    section_by_name(file, ".plt", &plt) == NULL ||
	    gelf_getshdr(file->dynsym, &dynsym) == NULL)
		return;
	data = elf_getdata(section, NULL);
	symbols = elf_getdata(file->dynsym, NULL);
	if (data == NULL || symbols == NULL)
		return;
	at = plt.sh_offset;
	for (size_t i = 0; i < relocations.sh_size / relocations.sh_entsize; i++) {
		const char *target;
		GElf_Sym symbol;
		size_t index;

		at += PLT_ENTRY;
		if (!relocation_symbol(data, &relocations, i, &index) ||
		    gelf_getsym(symbols, index, &symbol) == NULL)
			continue;
		target = elf_strptr(file->elf, dynsym.sh_link, symbol.st_name);
		if (target == NULL)
			continue;
		snprintf(name, sizeof name, "%s@plt", target);
		symtab_add(symtab, at, PLT_ENTRY, STT_FUNC, STB_GLOBAL, name);
	}
}
