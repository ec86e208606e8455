/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The red-black tree of symtab.h over indexes of an array.
 *
 * Insertion and deletion follow Cormen, Leiserson, Rivest, Stein:
 * Introduction to Algorithms, chapter 13, and so give the shape that the
 * trees of stock perf have.  Equal starts go to the right.
 */
#ifndef PERFREPORT_SYMTREE_H
#define PERFREPORT_SYMTREE_H

#include "symtab.h"

/* Put symbols[node] into the tree. */
void symtree_insert(struct symtab *symtab, uint32_t node);

/* Take it out. */
void symtree_erase(struct symtab *symtab, uint32_t node);

#endif /* PERFREPORT_SYMTREE_H */
