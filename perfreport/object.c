/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "hash.h"
#include "line_source.h"
#include "jit_map.h"
#include "object.h"
#include "unwind_libdw.h"

void objects_init(struct objects *objects, struct search search)
{
	memset(objects, 0, sizeof *objects);
	objects->search = search;
	objects->nr_slots = 256;
	objects->slots = must_calloc(objects->nr_slots, sizeof *objects->slots);
}

void objects_free(struct objects *objects)
{
	for (size_t i = 0; i < objects->nr; i++) {
		struct object *object = objects->list[i];

		free(object->path);
		free(object->name);
		free(object->file);
		line_source_free(object->lines);
		cfi_source_free(object->cfi);
		dwarf_end(object->dwarf);
		alternate_close(&object->alternate);
		image_free(&object->image);
		object_files_close(&object->files);
		symtab_free(&object->symtab);
		free(object);
	}
	free(objects->list);
	free(objects->slots);
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

static size_t first_slot(const struct objects *objects, enum object_kind kind, const char *path)
{
	return hash_number(hash_bytes(path, strlen(path)) + kind) & (objects->nr_slots - 1);
}

static void put(struct objects *objects, size_t index)
{
	const struct object *object = objects->list[index];
	size_t at = first_slot(objects, object->kind, object->path);

	while (objects->slots[at])
		at = (at + 1) & (objects->nr_slots - 1);
	objects->slots[at] = index + 1;
}

static void add(struct objects *objects, struct object *object)
{
	objects->list =
	    must_grow(objects->list, &objects->capacity, objects->nr + 1, sizeof *objects->list);
	objects->list[objects->nr++] = object;
	if (objects->nr * 2 <= objects->nr_slots) {
		put(objects, objects->nr - 1);
		return;
	}
	free(objects->slots);
	objects->nr_slots *= 2;
	objects->slots = must_calloc(objects->nr_slots, sizeof *objects->slots);
	for (size_t i = 0; i < objects->nr; i++)
		put(objects, i);
}

struct object *objects_get(struct objects *objects, enum object_kind kind, const char *path,
			   const struct build_id *build_id)
{
	struct object *object;

	/* Objects of one name stand behind each other as they were added. */
	for (size_t at = first_slot(objects, kind, path); objects->slots[at];
	     at = (at + 1) & (objects->nr_slots - 1)) {
		object = objects->list[objects->slots[at] - 1];
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
	add(objects, object);
	return object;
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
	if (asprintf(&path, "%s%s", search->root, object->path) < 0)
		abort();
	if (elf_file_open(&file, search->bundle, path, &why)) {
		object->build_id = file.build_id;
		search_note(search, SEARCH_ROOT, path, OPENED_ELF);
		elf_file_close(&file);
	}
	free(path);
}

const struct object_files *object_files(struct objects *objects, struct object *object)
{
	if (!object->opened) {
		object->opened = true;
		adopt_build_id(&objects->search, object);
		object_files_open(&object->files, &objects->search, object->path,
				  &object->build_id);
		if (object->files.code != NULL)
			image_init(&object->image, object->files.code);
	}
	return &object->files;
}

const struct image *object_image(struct objects *objects, struct object *object)
{
	object_files(objects, object);
	return object->image.nr_segments ? &object->image : NULL;
}

struct object *object_of_code(struct objects *objects, struct object *object)
{
	for (size_t i = 0; object->kind == OBJECT_KERNEL_SECTION && i < objects->nr; i++)
		if (objects->list[i]->kind == OBJECT_KERNEL)
			return objects->list[i];
	return object;
}

static Dwarf *dwarf_of(struct objects *objects, struct object *object)
{
	const struct object_files *files = object_files(objects, object);

	if (object->dwarf == NULL && files->dwarf != NULL) {
		object->dwarf = dwarf_begin_elf(files->dwarf->elf, DWARF_C_READ, NULL);
		if (object->dwarf != NULL)
			alternate_open(&object->alternate, &objects->search, object->dwarf, files);
	}
	return object->dwarf;
}

struct cfi_source *object_cfi(struct objects *objects, struct object *object)
{
	const struct object_files *files = object_files(objects, object);

	GElf_Shdr header;
	bool has_frames;

	if (object->cfi == NULL) {
		/* All debug sections are unpacked when it is opened. */
		has_frames = files->dwarf != NULL &&
			     (elf_section(files->dwarf, ".debug_frame", &header) != NULL ||
			      elf_section(files->dwarf, ".zdebug_frame", &header) != NULL);
		object->cfi =
		    cfi_source_new(files->code->elf, has_frames ? dwarf_of(objects, object) : NULL);
	}
	return object->cfi;
}

struct line_source *object_lines(struct objects *objects, struct object *object)
{
	if (!object->lines_opened) {
		object->lines_opened = true;
		object->lines = line_source_new(dwarf_of(objects, object));
	}
	return object->lines;
}

void object_load(struct objects *objects, struct object *object)
{
	const struct object_files *files;

	if (object->loaded)
		return;
	object->loaded = true;
	if (object->kind == OBJECT_ANON) {
		object->why =
		    jit_map_read(&object->symtab, &objects->search, object->path, &object->file);
		return;
	}
	files = object_files(objects, object);
	if (files->symbols != NULL || files->runtime != NULL) {
		struct elf_file *symbols = files->symbols ? files->symbols : files->runtime;
		struct elf_file *runtime = files->runtime ? files->runtime : files->symbols;
		const char *path = object_files_path(files, symbols);

		object->file = must_copy(path, strlen(path));
		elf_add_symbols(&object->symtab, symbols, runtime);
		if (object->symtab.nr)
			elf_add_plt(&object->symtab, runtime);
	}
	if (object->symtab.nr == 0)
		object->why =
		    files->nr	 ? "the file has no symbol table"
		    : files->why ? files->why
		    : object->build_id.size
			? "not in the build-id cache"
			: "the recording has no build-id of it, and there is no file of that name";
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
