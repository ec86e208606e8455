/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "alloc.h"
#include "object_files.h"

#define SYSTEM_DEBUG "/usr/lib/debug"

/* One search. */
struct finding {
	struct object_files *files;
	const struct search *search;
	const struct build_id *build_id;
};

static char *join(const char *a, const char *b, const char *c)
{
	char *path;

	if (asprintf(&path, "%s%s%s", a, b, c) < 0)
		abort();
	return path;
}

static void to_hex(char hex[2 * BUILD_ID_MAX + 1], const struct build_id *build_id)
{
	*hex = '\0';
	for (unsigned int i = 0; i < build_id->size; i++)
		sprintf(hex + 2 * i, "%02x", build_id->bytes[i]);
}

char *search_cache_path(const struct search *search, const struct build_id *build_id,
			const char *name)
{
	char hex[2 * BUILD_ID_MAX + 1];
	char *path;

	if (search->build_id_dir == NULL || build_id->size < 2)
		return NULL;
	to_hex(hex, build_id);
	if (asprintf(&path, "%s/.build-id/%.2s/%s/%s", search->build_id_dir, hex, hex + 2, name) <
	    0)
		abort();
	return path;
}

void search_note(const struct search *search, enum search_place place, const char *path,
		 enum opened_how how)
{
	const char *folder = place == SEARCH_CACHE ? search->build_id_dir : search->root;

	opened_add(search->opened, place == SEARCH_CACHE ? BUNDLE_CACHE : BUNDLE_ROOT,
		   path + strlen(folder), path, how);
}

bool search_has(const struct search *search, const char *path)
{
	size_t size;

	return search->bundle ? bundle_find(search->bundle, path, &size) != NULL
			      : access(path, F_OK) == 0;
}

bool search_cache(const struct search *search, const struct build_id *build_id, const char *name,
		  struct elf_file *file, char **path)
{
	const char *why;

	*path = search_cache_path(search, build_id, name);
	if (*path == NULL)
		return false;
	if (elf_file_open(file, search->bundle, *path, &why)) {
		if (build_id_equal(&file->build_id, build_id))
			return true;
		elf_file_close(file);
	}
	free(*path);
	*path = NULL;
	return false;
}

/* Keep the file if it brings what is missing.  Takes file and path. */
static void consider(struct finding *finding, enum search_place place, struct elf_file *file,
		     char *path)
{
	struct object_files *files = finding->files;
	struct elf_file *kept = &files->list[files->nr];

	if (files->nr < OBJECT_FILES_MAX && ((files->symbols == NULL && file->symtab != NULL) ||
					     (files->runtime == NULL && file->dynsym != NULL) ||
					     (files->code == NULL && file->has_code) ||
					     (files->dwarf == NULL && file->has_dwarf))) {
		search_note(finding->search, place, path, OPENED_ELF);
		*kept = *file;
		files->places[files->nr] = place;
		files->paths[files->nr++] = path;
		if (files->symbols == NULL && kept->symtab != NULL)
			files->symbols = kept;
		if (files->runtime == NULL && kept->dynsym != NULL)
			files->runtime = kept;
		if (files->code == NULL && kept->has_code)
			files->code = kept;
		if (files->dwarf == NULL && kept->has_dwarf)
			files->dwarf = kept;
		return;
	}
	elf_file_close(file);
	free(path);
}

static void try_cache(struct finding *finding, const char *name)
{
	struct elf_file file;
	char *path;

	if (search_cache(finding->search, finding->build_id, name, &file, &path))
		consider(finding, SEARCH_CACHE, &file, path);
}

/* Takes path. */
static void try_path(struct finding *finding, char *path)
{
	struct elf_file file;
	const char *why = NULL;

	if (!elf_file_open(&file, finding->search->bundle, path, &why)) {
		if (search_has(finding->search, path)) {
			finding->files->why = why;
			search_note(finding->search, SEARCH_ROOT, path, OPENED_WRONG);
		}
		free(path);
		return;
	}
	if (finding->build_id->size && !build_id_equal(&file.build_id, finding->build_id)) {
		finding->files->why = "the file there has another build-id";
		search_note(finding->search, SEARCH_ROOT, path, OPENED_WRONG);
		elf_file_close(&file);
		free(path);
		return;
	}
	consider(finding, SEARCH_ROOT, &file, path);
}

static bool has_checksum(const struct search *search, const char *path, uint32_t wanted)
{
	FILE *file = bundle_file(search->bundle, path);
	unsigned char bytes[65536];
	uLong crc = crc32(0, NULL, 0);
	size_t size;

	if (file == NULL)
		return false;
	while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
		crc = crc32(crc, bytes, size);
	fclose(file);
	return crc == wanted;
}

/* A file that .gnu_debuglink names: the build-id decides, where there is
   one, else the checksum.  Takes path. */
static void try_linked(struct finding *finding, char *path, uint32_t crc)
{
	const struct search *search = finding->search;

	if (finding->build_id->size == 0 && search_has(search, path) &&
	    !has_checksum(search, path, crc)) {
		finding->files->why = "its .gnu_debuglink names a file with another checksum";
		search_note(search, SEARCH_ROOT, path, OPENED_WRONG);
		free(path);
		return;
	}
	if (finding->build_id->size == 0 && search_has(search, path))
		search_note(search, SEARCH_ROOT, path, OPENED_WHOLE);
	try_path(finding, path);
}

/* The places that the GDB manual ("Separate Debug Files") gives. */
static void try_debuglink(struct finding *finding, const char *object_path)
{
	const struct elf_file *code = finding->files->code;
	size_t folder = strrchr(object_path, '/') + 1 - object_path;
	const char *name, *root = finding->search->root;
	uint32_t crc;
	char *path;

	if (code == NULL || (name = elf_debuglink(code, &crc)) == NULL)
		return;
	if (asprintf(&path, "%s%.*s%s", root, (int)folder, object_path, name) < 0)
		abort();
	try_linked(finding, path, crc);
	if (asprintf(&path, "%s%.*s.debug/%s", root, (int)folder, object_path, name) < 0)
		abort();
	try_linked(finding, path, crc);
	if (asprintf(&path, "%s" SYSTEM_DEBUG "%.*s%s", root, (int)folder, object_path, name) < 0)
		abort();
	try_linked(finding, path, crc);
}

char *search_system_path(const struct search *search, const struct build_id *build_id)
{
	static const struct search system = {.build_id_dir = SYSTEM_DEBUG};
	char *path = search_cache_path(&system, build_id, ""), *whole;

	if (path == NULL)
		return NULL;
	path[strlen(path) - 1] = '\0'; /* the slash before the empty name */
	whole = join(search->root, path, ".debug");
	free(path);
	return whole;
}

static void try_system(struct finding *finding)
{
	char *path = search_system_path(finding->search, finding->build_id);

	if (path != NULL)
		try_path(finding, path);
}

void object_files_open(struct object_files *files, const struct search *search, const char *path,
		       const struct build_id *build_id)
{
	struct finding finding = {.files = files, .search = search, .build_id = build_id};

	memset(files, 0, sizeof *files);
	try_cache(&finding, strcmp(path, "[vdso]") == 0 ? "vdso" : "elf");
	try_cache(&finding, "debug");
	if (*path != '/')
		return;
	try_path(&finding, join(search->root, SYSTEM_DEBUG, path));
	try_system(&finding);
	try_path(&finding, join(search->root, path, ""));
	if (files->symbols == NULL || files->dwarf == NULL)
		try_debuglink(&finding, path);
}

void object_files_close(struct object_files *files)
{
	for (size_t i = 0; i < files->nr; i++) {
		elf_file_close(&files->list[i]);
		free(files->paths[i]);
	}
	memset(files, 0, sizeof *files);
}

const char *object_files_path(const struct object_files *files, const struct elf_file *file)
{
	return files->paths[file - files->list];
}

enum search_place object_files_place(const struct object_files *files, const struct elf_file *file)
{
	return files->places[file - files->list];
}
