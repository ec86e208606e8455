/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "kallsyms.h"
#include "kernel.h"

static const char running[] = "/proc/kallsyms";
static const char kernel_name[] = "[kernel.kallsyms]";

size_t kernel_name_length(const char *filename)
{
	size_t length = strlen(kernel_name);

	return strncmp(filename, kernel_name, length) == 0 ? length : 0;
}

/* Lay out the kernel's maps as its image says. */
static void apply_layout(struct objects *objects, struct space *space, struct versions *versions,
			 struct object *kernel, struct kernel_layout *layout)
{
	for (size_t i = 0; i < space->nr && layout->has_text; i++) {
		struct map *map = &space->maps[i];

		if (map->object != kernel)
			continue;
		map->start = layout->start;
		map->end = layout->end;
		map->offset = layout->offset;
		map->absolute = false;
		break;
	}
	space->version = ++versions->last;
	for (size_t i = 0; i < layout->nr_sections; i++) {
		struct kernel_section *section = &layout->sections[i];
		struct object *object;
		struct map map;
		char *path;

		if (asprintf(&path, "%s%s", kernel->name, section->name) < 0)
			abort();
		object = objects_get(objects, OBJECT_KERNEL_SECTION, path, NULL);
		free(path);
		if (object->loaded)
			continue;
		object->loaded = true;
		object->symtab = section->symbols;
		symtab_init(&section->symbols);
		map = (struct map){.start = section->start,
				   .end = section->end,
				   .offset = section->offset,
				   .object = object};
		space_map(space, versions, &map);
	}
}

static bool load_image(struct objects *objects, struct space *space, struct versions *versions,
		       struct object *kernel)
{
	struct kernel_layout layout = {0};
	struct elf_file file;

	if (!search_cache(&objects->search, &kernel->build_id, "elf", &file, &kernel->file))
		return false;
	if (file.symtab != NULL) {
		search_note(&objects->search, SEARCH_CACHE, kernel->file, OPENED_ELF);
		elf_add_kernel_symbols(&kernel->symtab, &layout, &file);
		apply_layout(objects, space, versions, kernel, &layout);
		kernel_layout_free(&layout);
	} else {
		free(kernel->file);
		kernel->file = NULL;
	}
	elf_file_close(&file);
	return kernel->file != NULL;
}

/* In a bundle the symbols of the kernel we run on stand where a recorder would
   have copied them. */
static void note_running(const struct search *search, const struct build_id *build_id)
{
	const struct search none = {.build_id_dir = ""};
	char *rest = search_cache_path(&none, build_id, "kallsyms");

	if (rest != NULL)
		opened_add(search->opened, BUNDLE_CACHE, rest, running, OPENED_WHOLE);
	free(rest);
}

/* The symbols of a running Linux: as copied into the cache by the recorder,
   or of this machine, if it runs the very same kernel. */
static bool load_kallsyms(struct objects *objects, struct object *kernel, struct object *module)
{
	const struct search *search = &objects->search;
	struct object *object = module ? module : kernel;
	const char *name = module ? module->name : NULL;
	char *path = search_cache_path(search, &kernel->build_id, "kallsyms");

	if (path != NULL && kallsyms_read(search->bundle, path, name, &object->symtab)) {
		search_note(search, SEARCH_CACHE, path, OPENED_WHOLE);
		object->file = path;
		return true;
	}
	free(path);
	if (search->bundle != NULL || !kallsyms_is_running(&kernel->build_id) ||
	    !kallsyms_read(NULL, running, name, &object->symtab))
		return false;
	note_running(search, &kernel->build_id);
	object->file = must_copy(running, strlen(running));
	return true;
}

static struct object *kernel_of(struct objects *objects)
{
	for (size_t i = 0; i < objects->nr; i++)
		if (objects->list[i]->kind == OBJECT_KERNEL)
			return objects->list[i];
	return NULL;
}

static const char *why_not(const struct object *kernel)
{
	return kernel->build_id.size ? "not in the build-id cache"
				     : "the recording has no build-id of it";
}

void kernel_load(struct objects *objects, struct space *space, struct versions *versions,
		 struct object *object)
{
	struct object *kernel;

	if (object->loaded)
		return;
	object->loaded = true;
	kernel = object->kind == OBJECT_KERNEL ? object : kernel_of(objects);
	if (kernel == NULL) {
		object->why = "the recording names no kernel";
	} else if (object == kernel) {
		if (!load_image(objects, space, versions, kernel) &&
		    !load_kallsyms(objects, kernel, NULL))
			kernel->why = why_not(kernel);
	} else if (load_kallsyms(objects, kernel, object)) {
		for (size_t i = 0; i < space->nr; i++)
			if (space->maps[i].object == object)
				space->maps[i].absolute = true;
		space->version = ++versions->last;
	} else {
		object->why = why_not(kernel);
	}
}
