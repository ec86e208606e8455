/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbols of one object: which name an address has.
 *
 * Our tables are to equal those of stock perf row for row, so the choices
 * are perf's (tools/perf/util/symbol.c, Linux 6.1): symbols without a size
 * reach to the next one; of several at one address one stays; and symbols
 * that overlap stand in a red-black tree ordered by start, where the first
 * hit on the way down wins.
 */
#ifndef PERFREPORT_SYMTAB_H
#define PERFREPORT_SYMTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYMBOL_NONE UINT32_MAX

struct symbol {
	uint64_t start, end; /* in the address space of the object, end exclusive */
	uint32_t name;	     /* offset in symtab.strings */
	uint8_t type;	     /* STT_* */
	uint8_t binding;     /* STB_* */
	bool red;	     /* the rest belongs to symtree.c */
	uint32_t parent;
	uint32_t child[2];
};

/* All zero but root = SYMBOL_NONE is an empty table: symtab_init(). */
struct symtab {
	struct symbol *symbols; /* in order of arrival; some are no longer in the tree */
	size_t nr, capacity;
	uint32_t root;
	char *strings;
	size_t strings_length, strings_capacity;
};

void symtab_init(struct symtab *symtab);
void symtab_free(struct symtab *symtab);

/* Add a symbol [start, start + size); its name is copied. */
void symtab_add(struct symtab *symtab, uint64_t start, uint64_t size, unsigned int type,
		unsigned int binding, const char *name);

/* Let each symbol of no size reach to the next; the last one to the end of
   the page behind it. */
void symtab_fix_ends(struct symtab *symtab);

/* Of the symbols with one start leave one: sized before unsized, typed
   before untyped, strong before weak, global before local, fewer leading
   underscores, the longer name. */
void symtab_drop_duplicates(struct symtab *symtab);

/* The symbol at an address, or NULL. */
const struct symbol *symtab_find(const struct symtab *symtab, uint64_t address);

/* The symbols in the tree in order of start: symtab_first(), then
   symtab_next() of each until NULL. */
struct symbol *symtab_first(const struct symtab *symtab);
struct symbol *symtab_next(const struct symtab *symtab, const struct symbol *symbol);

/* The name of a symbol; lives until the next symtab_add(). */
const char *symbol_name(const struct symtab *symtab, const struct symbol *symbol);

#endif /* PERFREPORT_SYMTAB_H */
