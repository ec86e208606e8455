/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions out of an ELF symbol table: typed ones, and labels in code (of
 * assembly).  One without a size reaches to the next.
 */
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "functions.h"

/* Sized before unsized, typed before labels, global before weak before local. */
static unsigned int rank_of(const GElf_Sym *symbol)
{
	unsigned int binding = GELF_ST_BIND(symbol->st_info);

	return (symbol->st_size ? 0 : 8) + (GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE ? 4 : 0) +
	       (binding == STB_GLOBAL ? 0
		: binding == STB_WEAK ? 1
				      : 2);
}

static bool is_code(const struct elf_file *file, const GElf_Sym *symbol)
{
	unsigned int type = GELF_ST_TYPE(symbol->st_info);
	GElf_Shdr section;

	if (symbol->st_name == 0 || symbol->st_shndx == SHN_UNDEF ||
	    symbol->st_shndx >= SHN_LORESERVE)
		return false;
	if (type == STT_FUNC || type == STT_GNU_IFUNC)
		return true;
	return type == STT_NOTYPE &&
	       gelf_getshdr(elf_getscn(file->elf, symbol->st_shndx), &section) &&
	       section.sh_flags & SHF_EXECINSTR;
}

static bool add(struct functions *functions, const GElf_Sym *symbol, const char *name)
{
	if (functions->nr == functions->room) {
		size_t room = functions->room ? 2 * functions->room : 256;
		struct function *list = realloc(functions->list, room * sizeof(*list));

		if (!list)
			return false;
		functions->list = list;
		functions->room = room;
	}
	functions->list[functions->nr++] = (struct function){
	    .start = symbol->st_value,
	    .end = symbol->st_value + symbol->st_size,
	    .name = name,
	    .rank = rank_of(symbol),
	};
	return true;
}

static bool add_table(struct functions *functions, const struct elf_file *file, Elf_Scn *section,
		      const GElf_Shdr *header)
{
	Elf_Data *table = elf_getdata(section, NULL);
	size_t nr = table && header->sh_entsize ? header->sh_size / header->sh_entsize : 0, n;
	GElf_Sym symbol;

	for (n = 0; n < nr; n++) {
		const char *name;

		if (!gelf_getsym(table, n, &symbol) || !is_code(file, &symbol))
			continue;
		name = elf_strptr(file->elf, header->sh_link, symbol.st_name);
		if (name && *name && !add(functions, &symbol, name))
			return false;
	}
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Put them in order, leave one for each start, and close the gaps. */
static void settle(struct functions *functions)
{
	struct function *list = functions->list;
	size_t kept = 0, n;

	if (functions->nr == 0)
		return;
	qsort(list, functions->nr, sizeof(*list), compare);
	for (n = 0; n < functions->nr; n++)
		if (kept == 0 || list[kept - 1].start != list[n].start)
			list[kept++] = list[n];
	functions->nr = kept;
	for (n = 0; n < kept; n++) {
		if (list[n].end <= list[n].start)
			list[n].end = n + 1 < kept ? list[n + 1].start : list[n].start + 1;
		list[n].reach = list[n].end;
		if (n > 0 && list[n - 1].reach > list[n].reach)
			list[n].reach = list[n - 1].reach;
	}
}

bool functions_read(struct functions *functions, const struct elf_file *file)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(file->elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB &&
		    !add_table(functions, file, section, &header))
			return false;
	settle(functions);
	return true;
}

const struct function *functions_find(const struct functions *functions, uint64_t address)
{
	const struct function *list = functions->list;
	size_t low = 0, high = functions->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	while (low > 0 && list[low - 1].reach > address) {
		if (list[low - 1].end > address)
			return &list[low - 1];
		low--;
	}
	return NULL;
}

void functions_free(struct functions *functions)
{
	free(functions->list);
	memset(functions, 0, sizeof(*functions));
}
