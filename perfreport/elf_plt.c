/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names for the procedure linkage table: entry n + 1 of .plt belongs to
 * relocation n of .rela.plt or .rel.plt (System V ABI, AMD64 supplement,
 * section 5.2).
 */
#include <stdio.h>

#include "elf_file.h"

#define PLT_ENTRY 16 /* bytes, on x86 of both widths */

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

	section = elf_section(file, ".rela.plt", &relocations);
	if (section == NULL)
		section = elf_section(file, ".rel.plt", &relocations);
	if (section == NULL || file->dynsym == NULL || relocations.sh_entsize == 0 ||
	    elf_section(file, ".plt", &plt) == NULL || gelf_getshdr(file->dynsym, &dynsym) == NULL)
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
