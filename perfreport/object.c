/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "object.h"

void objects_init(struct objects *objects, struct search search)
{
	memset(objects, 0, sizeof *objects);
	objects->search = search;
}

void objects_free(struct objects *objects)
{
	for (size_t i = 0; i < objects->nr; i++) {
		struct object *object = objects->list[i];

		free(object->path);
		free(object->name);
		free(object->file);
		symtab_free(&object->symtab);
		free(object);
	}
	free(objects->list);
	memset(objects, 0, sizeof *objects);
}

/* perf-<tid>.map stands for memory without a file; a module is called
   [name], without directory, ".ko" and what follows it. */
static char *short_name(enum object_kind kind, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash && slash[1] ? slash + 1 : path;
	char *name, *end;
	int tid;

	if (kind == OBJECT_ANON && sscanf(path, "/tmp/perf-%d.map", &tid) == 1) {
		if (asprintf(&name, "[JIT] tid %d", tid) < 0)
			abort();
		return name;
	}
	if (kind != OBJECT_MODULE || *base == '[')
		return must_copy(base, strlen(base));
	name = must_calloc(strlen(base) + 3, 1);
	sprintf(name, "[%s", base);
	end = strstr(name, ".ko");
	strcpy(end ? end : name + strlen(name), "]");
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return name;
}

struct object *objects_get(struct objects *objects, enum object_kind kind, const char *path,
			   const struct build_id *build_id)
{
	struct object *object;

	for (size_t i = 0; i < objects->nr; i++) {
		object = objects->list[i];
		if (object->kind != kind || strcmp(object->path, path) != 0)
			continue;
		if (build_id == NULL || object->build_id.size == 0 ||
		    build_id_equal(&object->build_id, build_id)) {
			if (build_id != NULL && object->build_id.size == 0)
				object->build_id = *build_id;
			return object;
		}
	}
	object = must_calloc(1, sizeof *object);
	object->kind = kind;
	object->path = must_copy(path, strlen(path));
	object->name = short_name(kind, path);
	if (build_id != NULL)
		object->build_id = *build_id;
	symtab_init(&object->symtab);
	objects->list =
	    must_grow(objects->list, &objects->capacity, objects->nr + 1, sizeof *objects->list);
	objects->list[objects->nr++] = object;
	return object;
}

char *search_cache_path(const struct search *search, const struct build_id *build_id,
			const char *name)
{
	char hex[2 * BUILD_ID_MAX + 1] = "";
	char *path;

	if (search->build_id_dir == NULL || build_id->size < 2)
		return NULL;
	for (unsigned int i = 0; i < build_id->size; i++)
		sprintf(hex + 2 * i, "%02x", build_id->bytes[i]);
	if (asprintf(&path, "%s/.build-id/%.2s/%s/%s", search->build_id_dir, hex, hex + 2, name) <
	    0)
		abort();
	return path;
}

bool search_cache(const struct search *search, const struct build_id *build_id, const char *name,
		  struct elf_file *file, char **path)
{
	const char *why;

	*path = search_cache_path(search, build_id, name);
	if (*path == NULL)
		return false;
	if (elf_file_open(file, *path, &why)) {
		if (build_id_equal(&file->build_id, build_id))
			return true;
		elf_file_close(file);
	}
	free(*path);
	*path = NULL;
	return false;
}

/* The files that may hold the symbols of an object: one with a full table
   and one that is the program itself; they can be the same. */
struct sources {
	struct elf_file symbols, runtime;
	bool have_symbols, have_runtime;
	char *path;
	const char *why;
};

/* Take the file into the sources if it brings what is missing. */
static void consider(struct sources *sources, struct elf_file *file, char *path)
{
	bool used = false;

	if (!sources->have_symbols && file->symtab != NULL) {
		sources->symbols = *file;
		sources->have_symbols = used = true;
		free(sources->path);
		sources->path = must_copy(path, strlen(path));
	}
	if (!sources->have_runtime && file->dynsym != NULL) {
		const char *why;

		/* elf_file owns a descriptor: the second use opens it again. */
		if (!used || elf_file_open(file, path, &why)) {
			sources->runtime = *file;
			sources->have_runtime = used = true;
			if (sources->path == NULL)
				sources->path = must_copy(path, strlen(path));
		}
	}
	if (!used) {
		sources->why = "the file has no symbol table";
		elf_file_close(file);
	}
	free(path);
}

static void try_cache(struct sources *sources, const struct search *search,
		      const struct build_id *build_id, const char *name)
{
	struct elf_file file;
	char *path;

	if (search_cache(search, build_id, name, &file, &path))
		consider(sources, &file, path);
}

static void try_path(struct sources *sources, const struct object *object, char *path)
{
	struct elf_file file;
	const char *why = NULL;

	if (!elf_file_open(&file, path, &why)) {
		if (access(path, F_OK) == 0)
			sources->why = why;
		free(path);
		return;
	}
	if (object->build_id.size && !build_id_equal(&file.build_id, &object->build_id)) {
		sources->why = "the file there has another build-id";
		elf_file_close(&file);
		free(path);
		return;
	}
	consider(sources, &file, path);
}

static char *join(const char *a, const char *b, const char *c)
{
	char *path;

	if (asprintf(&path, "%s%s%s", a, b, c) < 0)
		abort();
	return path;
}

static void find_sources(struct sources *sources, const struct search *search,
			 const struct object *object)
{
	static const struct search system = {.build_id_dir = "/usr/lib/debug"};
	bool vdso = strcmp(object->path, "[vdso]") == 0;
	char *path, *debug;

	try_cache(sources, search, &object->build_id, vdso ? "vdso" : "elf");
	try_cache(sources, search, &object->build_id, "debug");
	if (*object->path != '/')
		return;
	try_path(sources, object, join(search->root, "/usr/lib/debug", object->path));
	path = search_cache_path(&system, &object->build_id, "");
	if (path != NULL) {
		path[strlen(path) - 1] = '\0'; /* the slash before the empty name */
		debug = join(search->root, path, ".debug");
		free(path);
		try_path(sources, object, debug);
	}
	try_path(sources, object, join(search->root, object->path, ""));
}

/* A recording without build-ids: the file of that name tells its own, which
   leads to its debug file. */
static void adopt_build_id(const struct search *search, struct object *object)
{
	struct elf_file file;
	const char *why;
	char *path;

	if (object->build_id.size || *object->path != '/')
		return;
	path = join(search->root, object->path, "");
	if (elf_file_open(&file, path, &why)) {
		object->build_id = file.build_id;
		elf_file_close(&file);
	}
	free(path);
}

void object_load(struct objects *objects, struct object *object)
{
	struct sources sources = {0};

	if (object->loaded)
		return;
	object->loaded = true;
	if (object->kind == OBJECT_ANON) {
		object->why = "memory without a file";
		return;
	}
	adopt_build_id(&objects->search, object);
	find_sources(&sources, &objects->search, object);
	if (sources.have_symbols || sources.have_runtime) {
		struct elf_file *symbols =
		    sources.have_symbols ? &sources.symbols : &sources.runtime;
		struct elf_file *runtime =
		    sources.have_runtime ? &sources.runtime : &sources.symbols;

		elf_add_symbols(&object->symtab, symbols, runtime);
		if (object->symtab.nr)
			elf_add_plt(&object->symtab, runtime);
	}
	if (object->symtab.nr == 0)
		object->why =
		    sources.why ? sources.why
		    : object->build_id.size
			? "not in the build-id cache"
			: "the recording has no build-id of it, and there is no file of that name";
	if (sources.have_symbols)
		elf_file_close(&sources.symbols);
	if (sources.have_runtime)
		elf_file_close(&sources.runtime);
	object->file = sources.path;
}

const struct symbol *object_symbol(struct objects *objects, struct object *object, uint64_t address)
{
	const struct symbol *symbol;

	if (object->kind == OBJECT_USER || object->kind == OBJECT_ANON)
		object_load(objects, object);
	symbol = symtab_find(&object->symtab, address);
	object->lookups++;
	object->misses += symbol == NULL;
	return symbol;
}
