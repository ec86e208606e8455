/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "symtab.h"
#include "symtree.h"

#define PAGE 4096

void symtab_init(struct symtab *symtab)
{
	memset(symtab, 0, sizeof *symtab);
	symtab->root = SYMBOL_NONE;
}

void symtab_free(struct symtab *symtab)
{
	free(symtab->symbols);
	free(symtab->strings);
	symtab_init(symtab);
}

void symtab_add(struct symtab *symtab, uint64_t start, uint64_t size, unsigned int type,
		unsigned int binding, const char *name)
{
	size_t length = strlen(name) + 1;
	struct symbol *symbol;

	if (symtab->nr >= SYMBOL_NONE || symtab->strings_length + length > UINT32_MAX)
		return;
	symtab->strings = must_grow(symtab->strings, &symtab->strings_capacity,
				    symtab->strings_length + length, 1);
	memcpy(symtab->strings + symtab->strings_length, name, length);
	symtab->symbols =
	    must_grow(symtab->symbols, &symtab->capacity, symtab->nr + 1, sizeof *symbol);
	symbol = &symtab->symbols[symtab->nr];
	*symbol = (struct symbol){
	    .start = start,
	    .end = size > UINT64_MAX - start ? UINT64_MAX : start + size,
	    .name = symtab->strings_length,
	    .type = type,
	    .binding = binding,
	};
	symtab->strings_length += length;
	symtree_insert(symtab, symtab->nr++);
}

struct symbol *symtab_first(const struct symtab *symtab)
{
	struct symbol *s = symtab->symbols;
	uint32_t node = symtab->root;

	if (node == SYMBOL_NONE)
		return NULL;
	while (s[node].child[0] != SYMBOL_NONE)
		node = s[node].child[0];
	return &s[node];
}

struct symbol *symtab_next(const struct symtab *symtab, const struct symbol *symbol)
{
	struct symbol *s = symtab->symbols;
	uint32_t node = symbol - s, parent;

	if (s[node].child[1] != SYMBOL_NONE) {
		node = s[node].child[1];
		while (s[node].child[0] != SYMBOL_NONE)
			node = s[node].child[0];
		return &s[node];
	}
	parent = s[node].parent;
	while (parent != SYMBOL_NONE && s[parent].child[1] == node) {
		node = parent;
		parent = s[node].parent;
	}
	return parent == SYMBOL_NONE ? NULL : &s[parent];
}

void symtab_fix_ends(struct symtab *symtab)
{
	struct symbol *symbol = symtab_first(symtab);
	struct symbol *next;

	for (; symbol != NULL; symbol = next) {
		next = symtab_next(symtab, symbol);
		if (symbol->end != symbol->start)
			continue;
		if (next != NULL)
			symbol->end = next->start;
		else if (symbol->start < UINT64_MAX - 2 * PAGE)
			symbol->end = (symbol->start + PAGE - 1) / PAGE * PAGE + PAGE;
	}
}

static size_t leading_underscores(const char *name)
{
	return strspn(name, "_");
}

/* Is a, which came first, the better of two names for one address? */
static bool first_is_better(const struct symtab *symtab, const struct symbol *a,
			    const struct symbol *b)
{
	const char *name_a = symbol_name(symtab, a), *name_b = symbol_name(symtab, b);
	bool sized_a = a->end != a->start, sized_b = b->end != b->start;

	if (sized_a != sized_b)
		return sized_a;
	if (a->type != b->type && (a->type == STT_NOTYPE || b->type == STT_NOTYPE))
		return b->type == STT_NOTYPE;
	if ((a->binding == STB_WEAK) != (b->binding == STB_WEAK))
		return b->binding == STB_WEAK;
	if ((a->binding == STB_GLOBAL) != (b->binding == STB_GLOBAL))
		return a->binding == STB_GLOBAL;
	if (leading_underscores(name_a) != leading_underscores(name_b))
		return leading_underscores(name_a) < leading_underscores(name_b);
	if (strlen(name_a) != strlen(name_b))
		return strlen(name_a) > strlen(name_b);
	return strncmp(name_a, "SyS", 3) != 0 && strncmp(name_a, "compat_SyS", 10) != 0;
}

void symtab_drop_duplicates(struct symtab *symtab)
{
	struct symbol *symbol = symtab_first(symtab);

	while (symbol != NULL) {
		struct symbol *next = symtab_next(symtab, symbol);

		if (next == NULL || next->start != symbol->start) {
			symbol = next;
		} else if (first_is_better(symtab, symbol, next)) {
			symtree_erase(symtab, next - symtab->symbols);
		} else {
			symtree_erase(symtab, symbol - symtab->symbols);
			symbol = next;
		}
	}
}

const struct symbol *symtab_find(const struct symtab *symtab, uint64_t address)
{
	const struct symbol *s = symtab->symbols;
	uint32_t node = symtab->root;

	while (node != SYMBOL_NONE) {
		if (address < s[node].start)
			node = s[node].child[0];
		else if (address > s[node].end ||
			 (address == s[node].end && address != s[node].start))
			node = s[node].child[1];
		else
			return &s[node];
	}
	return NULL;
}

const char *symbol_name(const struct symtab *symtab, const struct symbol *symbol)
{
	return symtab->strings + symbol->name;
}
