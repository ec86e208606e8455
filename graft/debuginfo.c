/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debuginfo.h"

#include "status.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

struct walk {
	struct debuginfo *info;
	const struct hooks *hooks;
	const char *cu;	      /* source file of the compilation unit */
	const char *function; /* the concrete function the walk is in, or NULL */
};

/* The name of a DIE, its origin's when it has none of its own. */
static const char *name_of(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;

	return dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attribute));
}

static struct function_info *info_of(const struct walk *walk, const char *name)
{
	for (size_t i = 0; name && i < walk->hooks->count; i++)
		if (!strcmp(walk->hooks->all[i].function, name))
			return &walk->info->functions[i];
	return NULL;
}

static unsigned count_args(Dwarf_Die *function)
{
	Dwarf_Die child;
	unsigned count = 0;

	if (dwarf_child(function, &child) != 0)
		return 0;
	do {
		if (dwarf_tag(&child) == DW_TAG_formal_parameter)
			count++;
	} while (dwarf_siblingof(&child, &child) == 0);
	return count;
}

static void see_function(struct walk *walk, Dwarf_Die *die)
{
	struct function_info *function;
	Dwarf_Attribute attribute;

	walk->function = name_of(die);
	function = info_of(walk, walk->function);
	if (!function || dwarf_attr(die, DW_AT_declaration, &attribute))
		return;
	function->found = true;
	if (!dwarf_attr(die, DW_AT_abstract_origin, &attribute))
		function->nr_args = count_args(die);
}

static void see_inlined(const struct walk *walk, Dwarf_Die *die)
{
	struct function_info *function = info_of(walk, name_of(die));
	const char *in = walk->function ? walk->function : "?";
	const char *cu = walk->cu ? walk->cu : "?";

	if (!function)
		return;
	for (size_t i = 0; i < function->nr_inlined; i++)
		if (!strcmp(function->inlined[i].function, in) &&
		    !strcmp(function->inlined[i].cu, cu))
			return;
	function->inlined =
	    xrealloc(function->inlined, (function->nr_inlined + 1) * sizeof *function->inlined);
	function->inlined[function->nr_inlined++] = (struct inlined){in, cu};
}

/* Depth first; the kernel's nesting is shallow. */
static void walk_die(struct walk *walk, Dwarf_Die *die)
{
	Dwarf_Die child;

	if (dwarf_child(die, &child) != 0)
		return;
	do {
		switch (dwarf_tag(&child)) {
		case DW_TAG_subprogram:
			see_function(walk, &child);
			walk_die(walk, &child);
			walk->function = NULL;
			break;
		case DW_TAG_inlined_subroutine:
			see_inlined(walk, &child);
			walk_die(walk, &child);
			break;
		case DW_TAG_lexical_block:
			walk_die(walk, &child);
			break;
		}
	} while (dwarf_siblingof(&child, &child) == 0);
}

int debuginfo_read(struct debuginfo *info, const struct image *image, const struct hooks *hooks)
{
	struct walk walk = {.info = info, .hooks = hooks};
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	int next;

	*info = (struct debuginfo){
	    .functions = xcalloc(hooks->count, sizeof *info->functions),
	    .count = hooks->count,
	};
	info->dwarf = dwarf_begin_elf(image->elf, DWARF_C_READ, NULL);
	if (!info->dwarf)
		return refuse("%s: unknown kernel layout: debug information: %s", image->path,
			      dwarf_errmsg(-1));
	while ((next = dwarf_get_units(info->dwarf, cu, &cu, NULL, NULL, &die, NULL)) == 0) {
		walk.cu = dwarf_diename(&die);
		walk_die(&walk, &die);
	}
	if (next < 0)
		return refuse("%s: unknown kernel layout: debug information: %s", image->path,
			      dwarf_errmsg(-1));
	return STATUS_OK;
}

void debuginfo_free(struct debuginfo *info)
{
	if (info->dwarf)
		dwarf_end(info->dwarf);
	for (size_t i = 0; i < info->count; i++)
		free(info->functions[i].inlined);
	free(info->functions);
	*info = (struct debuginfo){0};
}
