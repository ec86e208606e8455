/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbols of a running Linux kernel: lines of address, type as in nm(1),
 * name, and for a module's a tab and "[module]".
 */
#ifndef PERFREPORT_KALLSYMS_H
#define PERFREPORT_KALLSYMS_H

#include <stdbool.h>

#include "elf_file.h"
#include "symtab.h"

/* Add the symbols of the kernel (module NULL) or of "[module]" at path, in a
   bundle (NULL: in the file system), with absolute addresses; false: no file,
   or one without addresses. */
bool kallsyms_read(const struct bundle *bundle, const char *path, const char *module,
		   struct symtab *symtab);

/* Is this the build-id of the kernel we run on (/sys/kernel/notes)? */
bool kallsyms_is_running(const struct build_id *build_id);

#endif /* PERFREPORT_KALLSYMS_H */
