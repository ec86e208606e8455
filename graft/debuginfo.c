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
	unsigned word;	      /* bytes of a machine word */
	bool assembly;	      /* the compilation unit is not C */
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

/* Size in bytes of the type a DIE has; 0 when it has none (void). */
static Dwarf_Word type_size(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Die type;
	Dwarf_Word size = 0;

	if (!dwarf_attr_integrate(die, DW_AT_type, &attribute) ||
	    !dwarf_formref_die(&attribute, &type) || dwarf_peel_type(&type, &type) != 0 ||
	    dwarf_aggregate_size(&type, &size) != 0)
		return 0;
	return size;
}

static void read_prototype(struct function_info *info, Dwarf_Die *function, unsigned word)
{
	Dwarf_Die child;

	info->result_size = (unsigned)type_size(function);
	if (dwarf_child(function, &child) != 0)
		return;
	do {
		Dwarf_Word size;

		switch (dwarf_tag(&child)) {
		case DW_TAG_unspecified_parameters:
			info->variadic = true;
			break;
		case DW_TAG_formal_parameter:
			size = type_size(&child);
			info->nr_args++;
			info->arg_words += (unsigned)((size + word - 1) / word);
			if (size == 0 || size > word)
				info->large_args = true;
			break;
		}
	} while (dwarf_siblingof(&child, &child) == 0);
}

/* The function that has the symbol's address tells its arguments; assembly knows none. */
static void see_function(struct walk *walk, Dwarf_Die *die)
{
	const struct hook *hook;
	struct function_info *info;
	Dwarf_Attribute attribute;
	Dwarf_Die origin = *die;
	Dwarf_Addr address;

	walk->function = name_of(die);
	info = info_of(walk, walk->function);
	if (!info || info->found || walk->assembly || dwarf_lowpc(die, &address))
		return;
	hook = &walk->hooks->all[info - walk->info->functions];
	if (address != hook->symbol->value)
		return;
	info->found = true;
	if (dwarf_attr(die, DW_AT_abstract_origin, &attribute))
		dwarf_formref_die(&attribute, &origin);
	read_prototype(info, &origin, walk->word);
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

/* Whether code at two addresses may have been compiled together; unknown is taken as yes. */
static bool same_unit(Dwarf *dwarf, uint64_t a, uint64_t b)
{
	Dwarf_Die cu_a, cu_b;

	if (!dwarf_addrdie(dwarf, a, &cu_a) || !dwarf_addrdie(dwarf, b, &cu_b))
		return true;
	return dwarf_dieoffset(&cu_a) == dwarf_dieoffset(&cu_b);
}

static void look_at_sites(struct debuginfo *info, const struct hooks *hooks)
{
	for (size_t i = 0; i < hooks->count; i++) {
		const struct hook *hook = &hooks->all[i];

		for (size_t s = 0; s < hook->nr_sites && info->functions[i].found; s++)
			if (same_unit(info->dwarf, hook->sites[s].address, hook->symbol->value))
				info->functions[i].own_unit_sites = true;
	}
}

int debuginfo_read(struct debuginfo *info, const struct image *image, const struct hooks *hooks)
{
	struct walk walk = {.info = info, .hooks = hooks, .word = image->is64 ? 8 : 4};
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
		walk.assembly = dwarf_srclang(&die) == DW_LANG_Mips_Assembler;
		walk_die(&walk, &die);
	}
	if (next < 0)
		return refuse("%s: unknown kernel layout: debug information: %s", image->path,
			      dwarf_errmsg(-1));
	look_at_sites(info, hooks);
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
