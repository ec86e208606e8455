/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types header went from DWARF to BTF to C to a compiler.  This compares the two ends: every
 * struct and union an object was compiled with must have the size, the members and the offsets that
 * the kernel's own debug information gives it.
 */
#include "commands.h"
#include "status.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One struct or union definition. */
struct layout {
	const char *name;
	Dwarf_Die die;
};

struct layouts {
	const char *path;
	Dwfl *dwfl;
	Dwarf *dwarf; /* dwfl's */
	struct layout *all;
	size_t count;
};

static int order(const void *a, const void *b)
{
	return strcmp(((const struct layout *)a)->name, ((const struct layout *)b)->name);
}

/* Collects the named definitions at the top of each compilation unit. */
static int collect(struct layouts *layouts)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit, die;
	Dwarf_Attribute attribute;
	int next;

	while ((next = dwarf_get_units(layouts->dwarf, cu, &cu, NULL, NULL, &unit, NULL)) == 0) {
		if (dwarf_child(&unit, &die) != 0)
			continue;
		do {
			int tag = dwarf_tag(&die);
			const char *name = dwarf_diename(&die);

			if ((tag != DW_TAG_structure_type && tag != DW_TAG_union_type) || !name ||
			    dwarf_attr(&die, DW_AT_declaration, &attribute))
				continue;
			layouts->all =
			    xrealloc(layouts->all, (layouts->count + 1) * sizeof *layouts->all);
			layouts->all[layouts->count++] = (struct layout){name, die};
		} while (dwarf_siblingof(&die, &die) == 0);
	}
	if (next < 0)
		return refuse("%s: unreadable debug information: %s", layouts->path,
			      dwarf_errmsg(-1));
	if (!layouts->count)
		return refuse("%s: no types in its debug information (compile with -g "
			      "-fno-eliminate-unused-debug-types)",
			      layouts->path);
	qsort(layouts->all, layouts->count, sizeof *layouts->all, order);
	return STATUS_OK;
}

/* libdwfl, and not libdw alone, because the debug information of an object needs relocating. */
static int layouts_open(struct layouts *layouts, const char *path)
{
	static const Dwfl_Callbacks callbacks = {
	    .find_elf = dwfl_build_id_find_elf,
	    .find_debuginfo = dwfl_standard_find_debuginfo,
	    .section_address = dwfl_offline_section_address,
	};
	Dwfl_Module *module;
	Dwarf_Addr bias;

	layouts->path = path;
	layouts->dwfl = dwfl_begin(&callbacks);
	module = layouts->dwfl ? dwfl_report_offline(layouts->dwfl, path, path, -1) : NULL;
	if (!module)
		return fail("%s: %s", path, dwfl_errmsg(-1));
	dwfl_report_end(layouts->dwfl, NULL, NULL);
	layouts->dwarf = dwfl_module_getdwarf(module, &bias);
	if (!layouts->dwarf)
		return refuse("%s: no debug information: %s", path, dwfl_errmsg(-1));
	return collect(layouts);
}

static void layouts_close(struct layouts *layouts)
{
	free(layouts->all);
	if (layouts->dwfl)
		dwfl_end(layouts->dwfl);
}

/* First definition of a name, or NULL. */
static const struct layout *find(const struct layouts *layouts, const char *name)
{
	size_t low = 0, high = layouts->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(layouts->all[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < layouts->count && !strcmp(layouts->all[low].name, name))
		return &layouts->all[low];
	return NULL;
}

/* A number attribute of a DIE, or none when it has none. */
static int64_t number(Dwarf_Die *die, unsigned name, int64_t none)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	if (!dwarf_attr(die, name, &attribute) || dwarf_formudata(&attribute, &value))
		return none;
	return (int64_t)value;
}

/* Offset of a member in bits from the start of its struct. */
static int64_t member_bits(Dwarf_Die *member)
{
	int64_t bits = number(member, DW_AT_data_bit_offset, -1);

	return bits >= 0 ? bits : 8 * number(member, DW_AT_data_member_location, 0);
}

/* Strips typedefs and qualifiers off a member's type. Returns false when it has none. */
static bool member_type(Dwarf_Die *member, Dwarf_Die *type)
{
	Dwarf_Attribute attribute;

	return dwarf_attr(member, DW_AT_type, &attribute) && dwarf_formref_die(&attribute, type) &&
	       dwarf_peel_type(type, type) == 0;
}

static bool next_member(Dwarf_Die *parent, Dwarf_Die *member, bool first)
{
	int next = first ? dwarf_child(parent, member) : dwarf_siblingof(member, member);

	while (next == 0 && dwarf_tag(member) != DW_TAG_member)
		next = dwarf_siblingof(member, member);
	return next == 0;
}

/* What differs between two definitions, as text, or NULL. The caller frees it. */
static char *difference(Dwarf_Die *theirs, Dwarf_Die *ours, const char *path);

static char *member_difference(Dwarf_Die *theirs, Dwarf_Die *ours, const char *path)
{
	const char *name = dwarf_diename(theirs);
	const char *our_name = dwarf_diename(ours);
	Dwarf_Die their_type, our_type;
	Dwarf_Word their_size, our_size;

	if (strcmp(name ? name : "", our_name ? our_name : ""))
		return xformat("member %s%s where the kernel has %s", path,
			       our_name ? our_name : "(unnamed)", name ? name : "(unnamed)");
	if (member_bits(theirs) != member_bits(ours))
		return xformat("member %s%s at bit %" PRId64 ", the kernel's at %" PRId64, path,
			       name ? name : "(unnamed)", member_bits(ours), member_bits(theirs));
	if (number(theirs, DW_AT_bit_size, -1) != number(ours, DW_AT_bit_size, -1))
		return xformat("member %s%s has another bit-field width", path, name ? name : "");
	if (!member_type(theirs, &their_type) || !member_type(ours, &our_type))
		return NULL;
	if (dwarf_tag(&their_type) != dwarf_tag(&our_type))
		return xformat("member %s%s has another kind of type", path, name ? name : "");
	if (dwarf_aggregate_size(&their_type, &their_size) == 0 &&
	    dwarf_aggregate_size(&our_type, &our_size) == 0 && their_size != our_size)
		return xformat("member %s%s has %" PRIu64 " bytes, the kernel's %" PRIu64, path,
			       name ? name : "(unnamed)", our_size, their_size);
	/* A named type is compared under its own name. */
	if (dwarf_diename(&their_type) || (dwarf_tag(&their_type) != DW_TAG_structure_type &&
					   dwarf_tag(&their_type) != DW_TAG_union_type))
		return NULL;
	return difference(&their_type, &our_type, name ? name : "(unnamed)");
}

static char *difference(Dwarf_Die *theirs, Dwarf_Die *ours, const char *path)
{
	char *prefix = *path ? xformat("%s.", path) : xstrdup("");
	char *text = NULL;
	Dwarf_Die their_member, our_member;
	bool more_theirs, more_ours;

	if (number(theirs, DW_AT_byte_size, -1) != number(ours, DW_AT_byte_size, -1))
		text =
		    xformat("%s%" PRId64 " bytes, the kernel's %" PRId64, *path ? prefix : "",
			    number(ours, DW_AT_byte_size, -1), number(theirs, DW_AT_byte_size, -1));
	more_theirs = next_member(theirs, &their_member, true);
	more_ours = next_member(ours, &our_member, true);
	while (!text && more_theirs && more_ours) {
		text = member_difference(&their_member, &our_member, prefix);
		more_theirs = next_member(theirs, &their_member, false);
		more_ours = next_member(ours, &our_member, false);
	}
	if (!text && more_theirs != more_ours)
		text = xformat("%s%s members than the kernel's", prefix,
			       more_theirs ? "fewer" : "more");
	free(prefix);
	return text;
}

/* Compares ours with each definition the kernel has of that name: one of them must agree. */
static int compare(const struct layouts *kernel, const struct layouts *object,
		   const struct layout *ours)
{
	const struct layout *theirs = find(kernel, ours->name);
	Dwarf_Die our_die = ours->die;
	char *text = NULL;
	int status;

	for (; theirs < kernel->all + kernel->count && !strcmp(theirs->name, ours->name);
	     theirs++) {
		Dwarf_Die their_die = theirs->die;
		char *other = difference(&their_die, &our_die, "");

		if (!other) {
			free(text);
			return STATUS_OK;
		}
		if (text)
			free(other);
		else
			text = other;
	}
	status = refuse("%s: %s differs from the kernel's: %s", object->path, ours->name, text);
	free(text);
	return status;
}

/* Compares the structs of a comma-separated list, which both sides must have. */
static int compare_list(const struct layouts *kernel, const struct layouts *object,
			const char *list, size_t *count)
{
	char *copy = xstrdup(list);
	char *rest = NULL;
	int status = STATUS_OK;

	for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		const struct layout *ours = find(object, name);

		if (!find(kernel, name))
			status = refuse("%s: no struct %s in the kernel", kernel->path, name);
		else if (!ours)
			status = refuse("%s: no struct %s in the object", object->path, name);
		else if (compare(kernel, object, ours))
			status = STATUS_REFUSED;
		++*count;
	}
	free(copy);
	return status;
}

/* Compares every definition of the object that the kernel has too. */
static int compare_all(const struct layouts *kernel, const struct layouts *object, size_t *count)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < object->count; i++) {
		const struct layout *ours = &object->all[i];

		if (!find(kernel, ours->name))
			continue;
		if (compare(kernel, object, ours))
			status = STATUS_REFUSED;
		++*count;
	}
	return status;
}

int command_check_types(const struct options *options)
{
	struct layouts kernel = {0}, object = {0};
	size_t count = 0;
	int status = layouts_open(&kernel, options->kernel);

	if (!status)
		status = layouts_open(&object, options->object);
	if (!status && options->structs)
		status = compare_list(&kernel, &object, options->structs, &count);
	else if (!status)
		status = compare_all(&kernel, &object, &count);
	if (!status && !count)
		status = refuse("%s: no struct of it is the kernel's", options->object);
	if (!status)
		printf("%s: %zu structs and unions agree with %s\n", options->object, count,
		       options->kernel);
	layouts_close(&object);
	layouts_close(&kernel);
	return status;
}
