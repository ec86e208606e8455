/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image.h"
#include "status.h"

#include <stdlib.h>
#include <string.h>

static int order_by_name(const void *a, const void *b)
{
	const struct symbol *x = *(const struct symbol *const *)a;
	const struct symbol *y = *(const struct symbol *const *)b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return x->value < y->value ? -1 : x->value > y->value;
}

/* At one address functions come last, so that they name it. */
static int order_by_address(const void *a, const void *b)
{
	const struct symbol *x = *(const struct symbol *const *)a;
	const struct symbol *y = *(const struct symbol *const *)b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	if ((x->type == STT_FUNC) != (y->type == STT_FUNC))
		return x->type == STT_FUNC ? 1 : -1;
	return strcmp(x->name, y->name);
}

static bool has_address(const GElf_Sym *sym, const char *name)
{
	unsigned type = GELF_ST_TYPE(sym->st_info);

	return sym->st_shndx != SHN_UNDEF && name && *name && type != STT_FILE &&
	       type != STT_SECTION;
}

int symtab_load(struct symtab *symtab, Elf *elf, size_t index, const char *path)
{
	Elf_Scn *section = elf_getscn(elf, index);
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Shdr shdr;
	size_t count;

	if (!data || !gelf_getshdr(section, &shdr) || !shdr.sh_entsize)
		return fail("%s: unreadable symbol table: %s", path, elf_errmsg(-1));
	count = shdr.sh_size / shdr.sh_entsize;
	symtab->all = xcalloc(count, sizeof *symtab->all);
	for (size_t i = 0; i < count; i++) {
		GElf_Sym sym;
		const char *name;

		if (!gelf_getsym(data, (int)i, &sym))
			return fail("%s: unreadable symbol table: %s", path, elf_errmsg(-1));
		name = elf_strptr(elf, shdr.sh_link, sym.st_name);
		if (has_address(&sym, name))
			symtab->all[symtab->count++] = (struct symbol){
			    .name = name,
			    .value = sym.st_value,
			    .size = sym.st_size,
			    .type = GELF_ST_TYPE(sym.st_info),
			    .bind = GELF_ST_BIND(sym.st_info),
			    .section = sym.st_shndx,
			};
	}
	symtab->by_name = xcalloc(symtab->count, sizeof *symtab->by_name);
	symtab->by_address = xcalloc(symtab->count, sizeof *symtab->by_address);
	for (size_t i = 0; i < symtab->count; i++)
		symtab->by_name[i] = symtab->by_address[i] = &symtab->all[i];
	qsort(symtab->by_name, symtab->count, sizeof *symtab->by_name, order_by_name);
	qsort(symtab->by_address, symtab->count, sizeof *symtab->by_address, order_by_address);
	return STATUS_OK;
}

void symtab_free(struct symtab *symtab)
{
	free(symtab->all);
	free(symtab->by_name);
	free(symtab->by_address);
	*symtab = (struct symtab){0};
}

size_t symtab_find(const struct symtab *symtab, const char *name, const struct symbol **symbol)
{
	size_t low = 0, high = symtab->count;
	size_t addresses = 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(symtab->by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < symtab->count && !strcmp(symtab->by_name[low]->name, name); low++) {
		if (addresses && symtab->by_name[low]->value == (*symbol)->value) {
			if (symtab->by_name[low]->type == STT_FUNC)
				*symbol = symtab->by_name[low];
			continue;
		}
		*symbol = symtab->by_name[low];
		addresses++;
	}
	return addresses;
}

/* Index of the first symbol in address order that lies after address. */
static size_t first_after(const struct symtab *symtab, uint64_t address)
{
	size_t low = 0, high = symtab->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (symtab->by_address[middle]->value <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct symbol *symtab_at(const struct symtab *symtab, uint64_t address, unsigned section)
{
	for (size_t i = first_after(symtab, address); i-- > 0;)
		if (symtab->by_address[i]->section == section)
			return symtab->by_address[i];
	return NULL;
}

uint64_t symtab_next(const struct symtab *symtab, const struct symbol *symbol, uint64_t limit)
{
	for (size_t i = first_after(symtab, symbol->value); i < symtab->count; i++)
		if (symtab->by_address[i]->section == symbol->section)
			return symtab->by_address[i]->value < limit ? symtab->by_address[i]->value
								    : limit;
	return limit;
}
