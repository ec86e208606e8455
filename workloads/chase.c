/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chase SETKB LOADS: follow pointers through a set of cache lines in a
 * scattered order that returns to its begin only after it was everywhere.
 * Every load waits for the one before; with a set several times the last
 * cache, all of them miss, with a set that fits none does after the first
 * round.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "arguments.h"

#define LINE 64

struct node {
	struct node *next;
	char rest[LINE - sizeof(struct node *)];
};

__attribute__((noinline)) static struct node *chase_loop(struct node *node, unsigned long loads)
{
	for (; loads > 0; loads--)
		node = node->next;
	return node;
}

/* Link the nodes by a linear congruential step.  It visits all of COUNT, a
   power of two, since the factor is 1 modulo 4 and the summand odd (Hull and
   Dobell), and it writes the nodes in order, so that this costs no misses
   beside those of fresh memory. */
static void link_nodes(struct node *nodes, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++)
		nodes[i].next =
		    &nodes[(i * 0x5851f42d4c957f2dUL + 0x14057b7ef767814fUL) & (count - 1)];
}

int main(int argc, char **argv)
{
	static const struct argument arguments[] = {
	    {"SETKB", "size of the set in KiB, rounded up to a power of two", 4096, 4, 131072},
	    {"LOADS", "pointers to follow", 4000000, 1, ARGUMENT_LIMIT(100000000000)},
	};
	static const struct program program = {
	    "chase", "Follow pointers through a set of cache lines.", arguments, 2};
	unsigned long values[2], count = 64;
	struct node *nodes, *last;
	char *memory;

	arguments_read(&program, argc, argv, values);
	while (count * LINE < values[0] * 1024)
		count *= 2;
	memory = malloc(count * LINE + LINE);
	if (memory == NULL) {
		dprintf(2, "chase: no memory for a set of %lu KiB\n", values[0]);
		return 1;
	}
	nodes = (struct node *)(((uintptr_t)memory + LINE - 1) & ~(uintptr_t)(LINE - 1));
	link_nodes(nodes, count);
	last = chase_loop(nodes, values[1]);
	printf("chase: %lu loads in %lu lines, at line %lu\n", values[1], count,
	       (unsigned long)(last - nodes));
	return 0;
}
