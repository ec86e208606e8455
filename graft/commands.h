/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands. Each gets its options const from main and returns a status. */
#ifndef GRAFT_COMMANDS_H
#define GRAFT_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

struct options {
	const char *kernel;
	const char *out;
	const char *hooks;
	const char *elf32;
	const char *map;
	const char *expect;
	const char *report; /* NULL: standard output */
	const char *object;
	const char *structs; /* comma-separated; NULL: all */
	bool update_expect;
	char *const *operands; /* object files */
	size_t nr_operands;
};

/* graft link: the kernel with our objects behind it and its calls redirected. */
int command_link(const struct options *options);

/* graft types: a C header of the kernel's types, from its debug information. */
int command_types(const struct options *options);

/* graft check-types: compares the types an object was compiled with against the kernel's. */
int command_check_types(const struct options *options);

#endif
