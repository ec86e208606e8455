/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layouts: the same session with things in other places.  What a program does
 * to caches, TLBs and the kernel depends on where its code and data happen to
 * lie and on when the clock ticks; how much, other layouts show.
 */
#ifndef PERFREC_LAYOUT_H
#define PERFREC_LAYOUT_H

struct layout {
	unsigned int number;	  /* 0: the usual one, all else is 0 */
	unsigned int order;	  /* of the boot modules: 0 .. 2 */
	unsigned int padding;	  /* pages of one more module */
	unsigned int stack_shift; /* bytes the workload's stack begins lower, a multiple of 16 */
	unsigned int delay; /* loops of the agent before the workload starts: the tick's phase */
};

#define LAYOUT_ORDERS 3

/* The layout of a number, the same each time. */
struct layout layout_make(unsigned int number);

#endif /* PERFREC_LAYOUT_H */
