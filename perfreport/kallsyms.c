/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"

struct line {
	uint64_t address;
	char type;
	char *name;
	char *module; /* "[name]" or NULL */
};

static bool parse(char *text, struct line *line)
{
	char *end;

	line->address = strtoull(text, &end, 16);
	if (end == text || end[0] != ' ' || end[1] == '\0' || end[2] != ' ')
		return false;
	line->type = end[1];
	line->name = end + 3;
	line->name[strcspn(line->name, "\n")] = '\0';
	line->module = strchr(line->name, '\t');
	if (line->module != NULL)
		*line->module++ = '\0';
	return *line->name != '\0' && strchr("TtWwDdBb", line->type) != NULL && *line->name != '$';
}

static bool belongs(const struct line *line, const char *module)
{
	if (module == NULL || line->module == NULL)
		return module == NULL && line->module == NULL;
	return strcmp(line->module, module) == 0;
}

bool kallsyms_read(const struct bundle *bundle, const char *path, const char *module,
		   struct symtab *symtab)
{
	FILE *file = bundle_file(bundle, path);
	bool addresses = false;
	struct line line;
	char *text = NULL;
	size_t room = 0;

	if (file == NULL)
		return false;
	while (getline(&text, &room, file) > 0) {
		if (!parse(text, &line))
			continue;
		addresses |= line.address != 0;
		if (belongs(&line, module))
			symtab_add(symtab, line.address, 0,
				   strchr("TtWw", line.type) ? STT_FUNC : STT_OBJECT,
				   line.type == 'W'	     ? STB_WEAK
				   : isupper((int)line.type) ? STB_GLOBAL
							     : STB_LOCAL,
				   line.name);
	}
	free(text);
	fclose(file);
	if (!addresses) { /* hidden from this user: kptr_restrict */
		symtab_free(symtab);
		return false;
	}
	symtab_fix_ends(symtab);
	symtab_drop_duplicates(symtab);
	return true;
}

bool kallsyms_is_running(const struct build_id *build_id)
{
	char notes[4096];
	FILE *file;
	size_t size;

	if (build_id->size == 0 || (file = fopen("/sys/kernel/notes", "re")) == NULL)
		return false;
	size = fread(notes, 1, sizeof notes, file);
	fclose(file);
	for (size_t at = 0; at + sizeof(Elf64_Nhdr) <= size;) {
		const Elf64_Nhdr *note = (const void *)(notes + at);
		size_t name = at + sizeof *note;
		size_t desc = name + ((size_t)note->n_namesz + 3) / 4 * 4;

		if (desc > size || note->n_descsz > size - desc)
			return false;
		if (note->n_type == NT_GNU_BUILD_ID && note->n_descsz == build_id->size &&
		    note->n_namesz == sizeof "GNU" && memcmp(notes + name, "GNU", 4) == 0)
			return memcmp(notes + desc, build_id->bytes, build_id->size) == 0;
		at = desc + ((size_t)note->n_descsz + 3) / 4 * 4;
	}
	return false;
}
