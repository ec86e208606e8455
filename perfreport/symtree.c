/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symtree.h"

enum side { LEFT, RIGHT };

static bool is_red(const struct symbol *s, uint32_t node)
{
	return node != SYMBOL_NONE && s[node].red;
}

static enum side side_of(const struct symbol *s, uint32_t node)
{
	return s[s[node].parent].child[RIGHT] == node ? RIGHT : LEFT;
}

/* Let new stand where old stands below parent. */
static void replace(struct symtab *symtab, uint32_t parent, uint32_t old, uint32_t new)
{
	struct symbol *s = symtab->symbols;

	if (parent == SYMBOL_NONE)
		symtab->root = new;
	else if (s[parent].child[LEFT] == old)
		s[parent].child[LEFT] = new;
	else
		s[parent].child[RIGHT] = new;
	if (new != SYMBOL_NONE)
		s[new].parent = parent;
}

/* Move node down to the given side; its other child takes its place. */
static void rotate(struct symtab *symtab, uint32_t node, enum side side)
{
	struct symbol *s = symtab->symbols;
	uint32_t up = s[node].child[!side];

	replace(symtab, s[node].parent, node, up);
	s[node].child[!side] = s[up].child[side];
	if (s[up].child[side] != SYMBOL_NONE)
		s[s[up].child[side]].parent = node;
	s[up].child[side] = node;
	s[node].parent = up;
}

static void fix_insert(struct symtab *symtab, uint32_t node)
{
	struct symbol *s = symtab->symbols;

	while (is_red(s, s[node].parent)) {
		uint32_t parent = s[node].parent, grand = s[parent].parent;
		enum side side = side_of(s, parent);
		uint32_t uncle = s[grand].child[!side];

		if (is_red(s, uncle)) {
			s[parent].red = s[uncle].red = false;
			s[grand].red = true;
			node = grand;
			continue;
		}
		if (s[parent].child[!side] == node) {
			rotate(symtab, parent, side);
			parent = node;
		}
		s[parent].red = false;
		s[grand].red = true;
		rotate(symtab, grand, !side);
		break;
	}
	s[symtab->root].red = false;
}

void symtree_insert(struct symtab *symtab, uint32_t node)
{
	struct symbol *s = symtab->symbols;
	uint32_t at = symtab->root, parent = SYMBOL_NONE;
	enum side side = LEFT;

	while (at != SYMBOL_NONE) {
		parent = at;
		side = s[node].start < s[at].start ? LEFT : RIGHT;
		at = s[at].child[side];
	}
	s[node].parent = parent;
	s[node].child[LEFT] = s[node].child[RIGHT] = SYMBOL_NONE;
	s[node].red = true;
	if (parent == SYMBOL_NONE)
		symtab->root = node;
	else
		s[parent].child[side] = node;
	fix_insert(symtab, node);
}

/* The subtree at node, below parent, lacks one black node. */
static void fix_erase(struct symtab *symtab, uint32_t node, uint32_t parent)
{
	struct symbol *s = symtab->symbols;

	while (node != symtab->root && !is_red(s, node)) {
		enum side side = s[parent].child[LEFT] == node ? LEFT : RIGHT;
		uint32_t sibling = s[parent].child[!side];

		if (s[sibling].red) {
			s[sibling].red = false;
			s[parent].red = true;
			rotate(symtab, parent, side);
			sibling = s[parent].child[!side];
		}
		if (!is_red(s, s[sibling].child[LEFT]) && !is_red(s, s[sibling].child[RIGHT])) {
			s[sibling].red = true;
			node = parent;
			parent = s[node].parent;
			continue;
		}
		if (!is_red(s, s[sibling].child[!side])) {
			s[s[sibling].child[side]].red = false;
			s[sibling].red = true;
			rotate(symtab, sibling, !side);
			sibling = s[parent].child[!side];
		}
		s[sibling].red = s[parent].red;
		s[parent].red = false;
		s[s[sibling].child[!side]].red = false;
		rotate(symtab, parent, side);
		node = symtab->root;
	}
	if (node != SYMBOL_NONE)
		s[node].red = false;
}

void symtree_erase(struct symtab *symtab, uint32_t node)
{
	struct symbol *s = symtab->symbols;
	uint32_t next, child, parent;
	bool lost_black;

	if (s[node].child[LEFT] == SYMBOL_NONE || s[node].child[RIGHT] == SYMBOL_NONE) {
		child = s[node].child[s[node].child[LEFT] == SYMBOL_NONE ? RIGHT : LEFT];
		parent = s[node].parent;
		lost_black = !s[node].red;
		replace(symtab, parent, node, child);
	} else {
		next = s[node].child[RIGHT];
		while (s[next].child[LEFT] != SYMBOL_NONE)
			next = s[next].child[LEFT];
		child = s[next].child[RIGHT];
		lost_black = !s[next].red;
		parent = next;
		if (s[next].parent != node) {
			parent = s[next].parent;
			replace(symtab, parent, next, child);
			s[next].child[RIGHT] = s[node].child[RIGHT];
			s[s[next].child[RIGHT]].parent = next;
		}
		replace(symtab, s[node].parent, node, next);
		s[next].child[LEFT] = s[node].child[LEFT];
		s[s[next].child[LEFT]].parent = next;
		s[next].red = s[node].red;
	}
	if (lost_black)
		fix_erase(symtab, child, parent);
}
