/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The objects code came from: programs, libraries, the kernel and what is
 * in it.  Their symbols are read when the first address is looked up.
 */
#ifndef PERFREPORT_OBJECT_H
#define PERFREPORT_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <elfutils/libdw.h>

#include "alternate.h"
#include "elf_file.h"
#include "image.h"
#include "object_files.h"
#include "symtab.h"

enum object_kind {
	OBJECT_USER,   /* a program or library */
	OBJECT_ANON,   /* memory without a file */
	OBJECT_KERNEL, /* the kernel's .text */
	OBJECT_KERNEL_SECTION,
	OBJECT_MODULE, /* a module of Linux */
};

struct object {
	enum object_kind kind;
	char *path; /* as the recording calls it */
	char *name; /* as stock perf calls it: the short name */
	struct build_id build_id;
	bool loaded;	 /* an attempt was made */
	const char *why; /* no symbols: the reason, static; NULL: it has some */
	char *file;	 /* where the symbols came from, or NULL */
	bool opened;	 /* its files were looked for */
	struct object_files files;
	struct image image;	    /* no segments: none */
	Dwarf *dwarf;		    /* NULL: none, or not asked for yet */
	struct alternate alternate; /* that it refers to */
	struct cfi_source *cfi;	    /* likewise */
	struct line_source *lines;  /* likewise */
	bool lines_opened;
	uint64_t lookups; /* addresses looked for, and not found */
	uint64_t misses;
	uint64_t lineless; /* distinct addresses whose lines were wanted, and are not all here */
	struct symtab symtab;
};

struct objects {
	struct search search;
	struct object **list;
	size_t nr, capacity;
	uint32_t *slots; /* by kind and path: index + 1 */
	size_t nr_slots;
};

void objects_init(struct objects *objects, struct search search);
void objects_free(struct objects *objects);

/* The object with this kind, path and build-id (NULL: not known), made if
   new.  It lives as long as the table. */
struct object *objects_get(struct objects *objects, enum object_kind kind, const char *path,
			   const struct build_id *build_id);

/* The files of a program or library; they stay open as long as the object
   lives. */
const struct object_files *object_files(struct objects *objects, struct object *object);

/* The object whose files hold the code of this one: of a section of the
   kernel the kernel, else itself. */
struct object *object_of_code(struct objects *objects, struct object *object);

/* Its machine code; NULL: it is not here. */
const struct image *object_image(struct objects *objects, struct object *object);

/* Its call frame information for unwind_libdw.h; only if it has an image. */
struct cfi_source *object_cfi(struct objects *objects, struct object *object);

/* Its source lines for line_source.h; NULL: there is no debug information. */
struct line_source *object_lines(struct objects *objects, struct object *object);

/* Read the symbols of a program or library, once. */
void object_load(struct objects *objects, struct object *object);

/* The symbol at an address of the object (an offset in its file), or NULL.
   Kernel objects are loaded by kernel.h. */
const struct symbol *object_symbol(struct objects *objects, struct object *object,
				   uint64_t address);

#endif /* PERFREPORT_OBJECT_H */
