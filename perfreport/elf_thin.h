/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF file without what reports do not read.
 */
#ifndef PERFREPORT_ELF_THIN_H
#define PERFREPORT_ELF_THIN_H

#include <stddef.h>

/* A copy of an ELF file in which data, relocations, places of variables and
   indexes for debuggers are zeros: nothing moves, and zeros compress well.
   size bytes; free() it. */
char *elf_thin(const char *bytes, size_t size);

/* An ELF file of which nothing but its header is left, *head_size bytes; none
   of what is no ELF file.  free() it. */
char *elf_head(const char *bytes, size_t size, size_t *head_size);

#endif /* PERFREPORT_ELF_THIN_H */
