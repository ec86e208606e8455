/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <elfutils/libdwelf.h>

#include "alternate.h"

/* Is the path in a folder? */
static bool is_below(const char *path, const char *folder)
{
	return folder != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

/* Open what may be it.  Takes path. */
static bool try(struct alternate *alternate, const struct search *search, char *path,
		const struct build_id *build_id)
{
	struct elf_file file;
	const char *why;
	bool found = false;

	if (elf_file_open(&file, search->bundle, path, &why)) {
		found = build_id_equal(&file.build_id, build_id);
		if (found) {
			/* As its debug file, whose name it may be relative to. */
			search_note(search,
				    is_below(path, search->build_id_dir) ? SEARCH_CACHE
									 : SEARCH_ROOT,
				    path, OPENED_ELF);
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
		    const char *path)
{
	struct build_id build_id = {0};
	const void *bytes;
	const char *name;
	ssize_t size = dwelf_dwarf_gnu_debugaltlink(dwarf, &name, &bytes);

	*alternate = (struct alternate){0};
	if (size <= 0 || size > BUILD_ID_MAX)
		return;
	build_id.size = size;
	memcpy(build_id.bytes, bytes, size);
	if (!try(alternate, search, resolve(search, path, name), &build_id))
		return;
	alternate->dwarf = dwarf_begin_elf(alternate->file.elf, DWARF_C_READ, NULL);
	if (alternate->dwarf != NULL)
		dwarf_setalt(dwarf, alternate->dwarf);
}

void alternate_close(struct alternate *alternate)
{
	if (alternate->dwarf != NULL)
		dwarf_end(alternate->dwarf);
	if (alternate->file.elf != NULL)
		elf_file_close(&alternate->file);
	*alternate = (struct alternate){0};
}
