/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "undefined.h"

#include "status.h"

#include <stdlib.h>
#include <string.h>

static void add(struct names *names, const char *name)
{
	names->all = xrealloc(names->all, (names->count + 1) * sizeof *names->all);
	names->all[names->count++] = xstrdup(name);
}

static int order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->all[i]);
	free(names->all);
	*names = (struct names){0};
}

static void sort(struct names *names)
{
	if (names->count)
		qsort(names->all, names->count, sizeof *names->all, order);
}

static void collect(Elf *elf, struct names *defined, struct names *needed)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr shdr;
		Elf_Data *data;
		GElf_Sym sym;

		if (!gelf_getshdr(section, &shdr) || shdr.sh_type != SHT_SYMTAB ||
		    !(data = elf_getdata(section, NULL)))
			continue;
		for (int i = 1; gelf_getsym(data, i, &sym); i++) {
			const char *name = elf_strptr(elf, shdr.sh_link, sym.st_name);

			if (!name || !*name || GELF_ST_BIND(sym.st_info) == STB_LOCAL)
				continue;
			add(sym.st_shndx == SHN_UNDEF ? needed : defined, name);
		}
	}
}

static int collect_file(const struct image *image, const char *path, struct names *defined,
			struct names *needed)
{
	struct buffer file = {0};
	GElf_Ehdr ehdr;
	Elf *elf;
	int status = file_read(path, &file);

	if (status)
		return status;
	elf = elf_memory((char *)file.data, file.size);
	if (!elf || !gelf_getehdr(elf, &ehdr) || ehdr.e_type != ET_REL ||
	    ehdr.e_machine != image->ehdr.e_machine)
		status = refuse("%s: not an object file (ET_REL) for the kernel's machine", path);
	else
		collect(elf, defined, needed);
	elf_end(elf);
	buffer_free(&file);
	return status;
}

int undefined_names(struct names *undefined, const struct image *image, char *const *objects,
		    size_t count)
{
	struct names defined = {0}, needed = {0};
	int status = STATUS_OK;

	*undefined = (struct names){0};
	for (size_t i = 0; i < count && !status; i++)
		status = collect_file(image, objects[i], &defined, &needed);
	sort(&defined);
	sort(&needed);
	for (size_t i = 0; i < needed.count && !status; i++) {
		char **name = &needed.all[i];

		if (i && !strcmp(*name, name[-1]))
			continue;
		if (!defined.count ||
		    !bsearch(name, defined.all, defined.count, sizeof *defined.all, order))
			add(undefined, *name);
	}
	names_free(&defined);
	names_free(&needed);
	return status;
}
