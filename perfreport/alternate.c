/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <elfutils/libdwelf.h>

#include "alloc.h"
#include "alternate.h"

/* An ELF file with debug information of nothing. */
struct nothing {
	Elf64_Ehdr header;
	Elf64_Shdr sections[3];
	char names[32];
	char info[8];
};

/* libdw looks itself for a file that it was not given: anywhere, and before it
   knows what it opens.  So it is given one. */
static void refer_to_nothing(struct alternate *alternate)
{
	static const struct nothing nothing = {
	    .header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				   EV_CURRENT},
		       .e_type = ET_REL,
		       .e_machine = EM_X86_64,
		       .e_version = EV_CURRENT,
		       .e_ehsize = sizeof(Elf64_Ehdr),
		       .e_shoff = offsetof(struct nothing, sections),
		       .e_shentsize = sizeof(Elf64_Shdr),
		       .e_shnum = 3,
		       .e_shstrndx = 1},
	    .sections = {{.sh_type = SHT_NULL},
			 {.sh_name = 1,
			  .sh_type = SHT_STRTAB,
			  .sh_offset = offsetof(struct nothing, names),
			  .sh_size = sizeof nothing.names},
			 {.sh_name = 11,
			  .sh_type = SHT_PROGBITS,
			  .sh_offset = offsetof(struct nothing, info),
			  .sh_size = sizeof nothing.info}},
	    .names = "\0.shstrtab\0.debug_info",
	};

	alternate->missing = true;
	alternate->nothing = must_copy((const char *)&nothing, sizeof nothing);
	alternate->file.elf = elf_memory(alternate->nothing, sizeof nothing);
}

/* Open what may be it.  Takes path, which may be NULL. */
static bool try(struct alternate *alternate, const struct search *search, enum search_place place,
		char *path, const struct build_id *build_id)
{
	struct elf_file file;
	const char *why;
	bool found = false;

	if (path != NULL && elf_file_open(&file, search->bundle, path, &why)) {
		found = build_id_equal(&file.build_id, build_id);
		if (found) {
			search_note(search, place, path, OPENED_ELF);
			alternate->file = file;
		} else {
			elf_file_close(&file);
		}
	}
	free(path);
	return found;
}

/* The path that a file refers to: absolute, or from where the file is. */
static char *resolve(const struct search *search, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	char *whole;
	int length;

	if (*name == '/')
		length = asprintf(&whole, "%s%s", search->root, name);
	else
		length = asprintf(&whole, "%.*s/%s", slash ? (int)(slash - path) : 1,
				  slash ? path : ".", name);
	if (length < 0)
		abort();
	return whole;
}

void alternate_open(struct alternate *alternate, const struct search *search, Dwarf *dwarf,
		    const struct object_files *files)
{
	enum search_place place = object_files_place(files, files->dwarf);
	const char *path = object_files_path(files, files->dwarf), *name;
	struct build_id build_id = {0};
	const void *bytes;
	ssize_t size = dwelf_dwarf_gnu_debugaltlink(dwarf, &name, &bytes);

	*alternate = (struct alternate){0};
	if (size <= 0)
		return;
	if (size <= BUILD_ID_MAX) {
		build_id.size = size;
		memcpy(build_id.bytes, bytes, size);
	}
	/* A name that is relative leads from its debug file to where that was found. */
	if (build_id.size == 0 || (!try(alternate, search, *name == '/' ? SEARCH_ROOT : place,
					resolve(search, path, name), &build_id) &&
				   !try(alternate, search, SEARCH_CACHE,
					search_cache_path(search, &build_id, "debug"), &build_id) &&
				   !try(alternate, search, SEARCH_CACHE,
					search_cache_path(search, &build_id, "elf"), &build_id) &&
				   !try(alternate, search, SEARCH_ROOT,
					search_system_path(search, &build_id), &build_id)))
		refer_to_nothing(alternate);
	alternate->dwarf = dwarf_begin_elf(alternate->file.elf, DWARF_C_READ, NULL);
	if (alternate->dwarf == NULL && !alternate->missing) {
		elf_file_close(&alternate->file);
		refer_to_nothing(alternate);
		alternate->dwarf = dwarf_begin_elf(alternate->file.elf, DWARF_C_READ, NULL);
	}
	if (alternate->dwarf == NULL)
		abort();
	dwarf_setalt(dwarf, alternate->dwarf);
}

void alternate_close(struct alternate *alternate)
{
	if (alternate->dwarf != NULL)
		dwarf_end(alternate->dwarf);
	if (alternate->file.elf != NULL)
		elf_file_close(&alternate->file);
	free(alternate->nothing);
	*alternate = (struct alternate){0};
}
