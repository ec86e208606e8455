/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libdw can be asked for the scopes of an address, but walks the whole unit
 * for each; and tables of which unit an address is in (.debug_aranges) are
 * written by some compilers only.  So there are two tables of our own: of
 * the units' ranges, and in each unit of its functions' ranges.
 *
 * The files may be hostile: walks go forward only and have a limit.
 */
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "line_source.h"

#define DEPTH_MOST  128
#define RANGES_MOST (1U << 22) /* of one source */

struct range {
	uint64_t begin, end; /* end exclusive */
	uint64_t most;	     /* largest end of it and all before it */
	uint32_t owner;	     /* unit, function or inlined function */
};

struct ranges {
	struct range *list;
	size_t nr, capacity;
};

/* An inlined call in a function. */
struct call {
	Dwarf_Die die;
	uint32_t parent; /* index, or NO_CALL: the function itself */
	uint32_t depth;
};

#define NO_CALL UINT32_MAX

struct function {
	Dwarf_Die die;
	bool read;
	struct ranges ranges; /* of its calls */
	struct call *calls;
	size_t nr_calls, calls_capacity;
};

/* A file as the unit names it, and with the unit's directory before it. */
struct file {
	const char *name;
	char *path;
};

struct unit {
	Dwarf_Die die;
	struct file *files;
	size_t nr_files, files_capacity;
	bool read;
	struct ranges ranges; /* of its functions */
	struct function *functions;
	size_t nr_functions, functions_capacity;
};

struct line_source {
	Dwarf *dwarf;
	size_t nr_ranges; /* in all tables */
	struct ranges ranges;
	struct unit *units;
	size_t nr_units, units_capacity;
};

static void add_ranges(struct line_source *source, struct ranges *ranges, Dwarf_Die *die,
		       uint32_t owner)
{
	Dwarf_Addr base, begin, end;
	ptrdiff_t at = 0;

	while (source->nr_ranges < RANGES_MOST &&
	       (at = dwarf_ranges(die, at, &base, &begin, &end)) > 0) {
		if (begin >= end)
			continue;
		ranges->list = must_grow(ranges->list, &ranges->capacity, ranges->nr + 1,
					 sizeof(struct range));
		ranges->list[ranges->nr++] =
		    (struct range){.begin = begin, .end = end, .owner = owner};
		source->nr_ranges++;
	}
}

static int compare_ranges(const void *left, const void *right)
{
	const struct range *a = left, *b = right;

	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	return a->owner < b->owner ? -1 : a->owner > b->owner;
}

static void sort_ranges(struct ranges *ranges)
{
	uint64_t most = 0;

	if (ranges->nr)
		qsort(ranges->list, ranges->nr, sizeof *ranges->list, compare_ranges);
	for (size_t i = 0; i < ranges->nr; i++) {
		if (ranges->list[i].end > most)
			most = ranges->list[i].end;
		ranges->list[i].most = most;
	}
}

/* The range that holds an address, of several the one that begins last; at:
   begin before this index (ranges->nr at first), then where it was found.
   NULL: there is none (any more). */
static const struct range *range_before(const struct ranges *ranges, uint64_t address, size_t *at)
{
	while (*at > 0 && ranges->list[*at - 1].most > address) {
		const struct range *range = &ranges->list[--*at];

		if (address >= range->begin && address < range->end)
			return range;
	}
	return NULL;
}

/* How many ranges begin at or before an address. */
static size_t ranges_up_to(const struct ranges *ranges, uint64_t address)
{
	size_t low = 0, high = ranges->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranges->list[middle].begin <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct range *find_range(const struct ranges *ranges, uint64_t address)
{
	size_t at = ranges_up_to(ranges, address);

	return range_before(ranges, address, &at);
}

struct line_source *line_source_new(Dwarf *dwarf)
{
	struct line_source *source;
	Dwarf_CU *cu = NULL;
	Dwarf_Die die, sub;
	uint8_t type;

	if (dwarf == NULL)
		return NULL;
	source = must_calloc(1, sizeof *source);
	source->dwarf = dwarf;
	while (dwarf_get_units(dwarf, cu, &cu, NULL, &type, &die, &sub) == 0) {
		struct unit *unit;

		if (type == DW_UT_skeleton && sub.addr != NULL)
			die = sub;
		else if (type != DW_UT_compile && type != DW_UT_skeleton)
			continue;
		source->units = must_grow(source->units, &source->units_capacity,
					  source->nr_units + 1, sizeof *unit);
		unit = &source->units[source->nr_units];
		*unit = (struct unit){.die = die};
		add_ranges(source, &source->ranges, &die, source->nr_units++);
	}
	sort_ranges(&source->ranges);
	return source;
}

void line_source_free(struct line_source *source)
{
	if (source == NULL)
		return;
	for (size_t i = 0; i < source->nr_units; i++) {
		struct unit *unit = &source->units[i];

		for (size_t k = 0; k < unit->nr_functions; k++) {
			free(unit->functions[k].ranges.list);
			free(unit->functions[k].calls);
		}
		for (size_t k = 0; k < unit->nr_files; k++)
			free(unit->files[k].path);
		free(unit->files);
		free(unit->functions);
		free(unit->ranges.list);
	}
	free(source->units);
	free(source->ranges.list);
	free(source);
}

static struct unit *unit_at(struct line_source *source, uint64_t address)
{
	const struct range *range = source ? find_range(&source->ranges, address) : NULL;

	return range ? &source->units[range->owner] : NULL;
}

/* The path of a file; NULL for NULL. */
static const char *path_of(struct unit *unit, const char *name)
{
	Dwarf_Attribute attribute;
	const char *folder;
	struct file *file;

	if (name == NULL || *name == '/')
		return name;
	for (size_t i = unit->nr_files; i > 0; i--)
		if (unit->files[i - 1].name == name)
			return unit->files[i - 1].path;
	unit->files =
	    must_grow(unit->files, &unit->files_capacity, unit->nr_files + 1, sizeof *unit->files);
	file = &unit->files[unit->nr_files++];
	folder = dwarf_formstring(dwarf_attr(&unit->die, DW_AT_comp_dir, &attribute));
	file->name = name;
	if (asprintf(&file->path, "%s%s%s", folder ? folder : "", folder ? "/" : "", name) < 0)
		abort();
	return file->path;
}

static struct source_line line_in(struct unit *unit, uint64_t address)
{
	struct source_line found = {0};
	Dwarf_Line *line = dwarf_getsrc_die(&unit->die, address);
	int number;

	if (line == NULL || dwarf_lineno(line, &number) != 0 || number <= 0)
		return found;
	found.file = path_of(unit, dwarf_linesrc(line, NULL, NULL));
	found.number = found.file ? number : 0;
	return found;
}

struct source_line line_source_find(struct line_source *source, uint64_t address)
{
	struct unit *unit = unit_at(source, address);

	return unit ? line_in(unit, address) : (struct source_line){0};
}

/* The next die on its level; false: none, or one that is not behind it. */
static bool next_die(Dwarf_Die *die)
{
	Dwarf_Off before = dwarf_dieoffset(die);

	return dwarf_siblingof(die, die) == 0 && dwarf_dieoffset(die) > before;
}

static bool first_child(Dwarf_Die *die, Dwarf_Die *child)
{
	return dwarf_child(die, child) == 0 && dwarf_dieoffset(child) > dwarf_dieoffset(die);
}

/* Collect the functions below a die, but not what is in them. */
static void collect_functions(struct line_source *source, struct unit *unit, Dwarf_Die *parent,
			      unsigned int depth)
{
	Dwarf_Die die;

	if (depth > DEPTH_MOST || !first_child(parent, &die))
		return;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_subprogram:
			if (!dwarf_hasattr(&die, DW_AT_low_pc) &&
			    !dwarf_hasattr(&die, DW_AT_ranges))
				break;
			unit->functions =
			    must_grow(unit->functions, &unit->functions_capacity,
				      unit->nr_functions + 1, sizeof(struct function));
			unit->functions[unit->nr_functions] = (struct function){.die = die};
			add_ranges(source, &unit->ranges, &die, unit->nr_functions++);
			break;
		case DW_TAG_namespace:
		case DW_TAG_module:
		case DW_TAG_class_type:
		case DW_TAG_structure_type:
		case DW_TAG_union_type:
			collect_functions(source, unit, &die, depth + 1);
			break;
		default:
			break;
		}
	} while (next_die(&die));
}

static struct function *function_at(struct line_source *source, struct unit *unit, uint64_t address)
{
	const struct range *range;

	if (!unit->read) {
		unit->read = true;
		collect_functions(source, unit, &unit->die, 0);
		sort_ranges(&unit->ranges);
	}
	range = find_range(&unit->ranges, address);
	return range ? &unit->functions[range->owner] : NULL;
}

/* Collect the inlined calls below a die. */
static void collect_calls(struct line_source *source, struct function *function, Dwarf_Die *parent,
			  uint32_t of, unsigned int depth)
{
	Dwarf_Die die;

	if (depth > DEPTH_MOST || !first_child(parent, &die))
		return;
	do {
		uint32_t inner = of;

		switch (dwarf_tag(&die)) {
		case DW_TAG_inlined_subroutine:
			inner = function->nr_calls;
			function->calls = must_grow(function->calls, &function->calls_capacity,
						    function->nr_calls + 1, sizeof(struct call));
			function->calls[function->nr_calls++] = (struct call){
			    .die = die,
			    .parent = of,
			    .depth = of == NO_CALL ? 0 : function->calls[of].depth + 1};
			add_ranges(source, &function->ranges, &die, inner);
			collect_calls(source, function, &die, inner, depth + 1);
			break;
		case DW_TAG_lexical_block:
		case DW_TAG_try_block:
		case DW_TAG_catch_block:
		case DW_TAG_with_stmt:
			collect_calls(source, function, &die, inner, depth + 1);
			break;
		default:
			break;
		}
	} while (next_die(&die));
}

/* The innermost call that holds an address, or NO_CALL. */
static uint32_t call_at(struct line_source *source, struct function *function, uint64_t address)
{
	uint32_t innermost = NO_CALL;
	const struct range *range;
	size_t at;

	if (!function->read) {
		function->read = true;
		collect_calls(source, function, &function->die, NO_CALL, 0);
		sort_ranges(&function->ranges);
	}
	at = ranges_up_to(&function->ranges, address);
	while ((range = range_before(&function->ranges, address, &at)) != NULL)
		if (innermost == NO_CALL ||
		    function->calls[range->owner].depth > function->calls[innermost].depth)
			innermost = range->owner;
	return innermost;
}

static const char *name_of(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	const char *name = NULL;

	if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute) != NULL ||
	    dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &attribute) != NULL)
		name = dwarf_formstring(&attribute);
	if (name == NULL && dwarf_attr_integrate(die, DW_AT_name, &attribute) != NULL)
		name = dwarf_formstring(&attribute);
	return name;
}

/* Where a function was inlined. */
static struct source_line call_line(struct unit *unit, Dwarf_Die *die)
{
	struct source_line line = {0};
	Dwarf_Attribute attribute;
	Dwarf_Word file, number;
	Dwarf_Files *files;
	size_t nr;

	if (dwarf_formudata(dwarf_attr(die, DW_AT_call_file, &attribute), &file) != 0 ||
	    dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute), &number) != 0 ||
	    dwarf_getsrcfiles(&unit->die, &files, &nr) != 0 || file >= nr || number == 0 ||
	    number > UINT32_MAX)
		return line;
	line.file = path_of(unit, dwarf_filesrc(files, file, NULL, NULL));
	line.number = line.file ? number : 0;
	return line;
}

size_t line_source_inlined(struct line_source *source, uint64_t address,
			   struct inlined list[INLINED_MOST])
{
	struct unit *unit = unit_at(source, address);
	struct function *function = unit ? function_at(source, unit, address) : NULL;
	struct source_line line;
	size_t nr = 0;
	uint32_t call;

	if (function == NULL)
		return 0;
	line = line_in(unit, address);
	for (call = call_at(source, function, address); call != NO_CALL && nr < INLINED_MOST - 1;
	     call = function->calls[call].parent) {
		Dwarf_Die *die = &function->calls[call].die;

		list[nr++] = (struct inlined){.name = name_of(die), .line = line};
		line = call_line(unit, die);
	}
	list[nr++] = (struct inlined){.name = name_of(&function->die), .line = line};
	return nr;
}
