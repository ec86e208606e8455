/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's half of the address space.
 *
 * Until its symbols are read a kernel is one map, as the recorder saw it.
 * A kernel image then splits it: .text under the kernel's own name, every
 * other section that holds symbols (a graft's among them) as an object
 * "[kernel.kallsyms].section".  That is how stock perf shows them.
 */
#ifndef PERFREPORT_KERNEL_H
#define PERFREPORT_KERNEL_H

#include "object.h"
#include "space.h"

/* Read the symbols of the kernel or module that map belongs to, once; maps
   of space may change. */
void kernel_load(struct objects *objects, struct space *space, struct versions *versions,
		 struct object *object);

/* The name of the kernel a map's file name stands for, "[kernel.kallsyms]"
   of "[kernel.kallsyms]_text": the length of it, or 0 if it is no kernel. */
size_t kernel_name_length(const char *filename);

#endif /* PERFREPORT_KERNEL_H */
