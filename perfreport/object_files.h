/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of an object: the program itself, and debug files stripped from
 * it.  Looked for by build-id, by path and by .gnu_debuglink; one that
 * belongs to another build is never used.
 */
#ifndef PERFREPORT_OBJECT_FILES_H
#define PERFREPORT_OBJECT_FILES_H

#include "elf_file.h"
#include "opened.h"

/* Where files of symbols are looked for. */
struct search {
	const char *build_id_dir;    /* laid out as ~/.debug of perf; NULL: none */
	const char *root;	     /* put before the paths of the recording; "" : nothing */
	const struct bundle *bundle; /* where both are; NULL: in the file system */
	struct opened *opened;	     /* what is opened is noted there; NULL: nowhere */
};

/* Where a file was found. */
enum search_place { SEARCH_CACHE, SEARCH_ROOT };

#define OBJECT_FILES_MAX 4

struct object_files {
	struct elf_file list[OBJECT_FILES_MAX];
	char *paths[OBJECT_FILES_MAX];
	enum search_place places[OBJECT_FILES_MAX];
	size_t nr;
	/* What each is good for; NULL: no file is.  They may be the same. */
	struct elf_file *symbols; /* a full symbol table */
	struct elf_file *runtime; /* the dynamic symbols */
	struct elf_file *code;	  /* machine code */
	struct elf_file *dwarf;	  /* debug information */
	const char *why;	  /* static: why the last file that was no good was not; or NULL */
};

/* Find the files of the object called path in the recording ("[vdso]", or
   an absolute path) with this build-id (size 0: not known).  To be closed. */
void object_files_open(struct object_files *files, const struct search *search, const char *path,
		       const struct build_id *build_id);
void object_files_close(struct object_files *files);

/* The path of one of the files above, and where that is. */
const char *object_files_path(const struct object_files *files, const struct elf_file *file);
enum search_place object_files_place(const struct object_files *files, const struct elf_file *file);

/* Is there a file at the path? */
bool search_has(const struct search *search, const char *path);

/* Note that the file at the path, found in one of the places, was opened. */
void search_note(const struct search *search, enum search_place place, const char *path,
		 enum opened_how how);

/* Open the file with this build-id in the cache under one of its names
   ("elf", "vdso", "debug"); *path is then its path, to be freed. */
bool search_cache(const struct search *search, const struct build_id *build_id, const char *name,
		  struct elf_file *file, char **path);

/* The path below the root of the system's debug file with this build-id,
   whether it is there or not; free() it; NULL: no build-id. */
char *search_system_path(const struct search *search, const struct build_id *build_id);

/* The path of such a file whether it is there or not; free() it; NULL: no
   cache or no build-id. */
char *search_cache_path(const struct search *search, const struct build_id *build_id,
			const char *name);

#endif /* PERFREPORT_OBJECT_FILES_H */
