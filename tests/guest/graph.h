/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the functions made by graph.py do at a call: note in a list whom they
 * are about to call, and strike it out when it has returned.  So the list is
 * the truth of who is in whom, but for the few instructions of a call that
 * was noted and not made yet, or made and not struck out.
 *
 * The list lies on the stack, in the frame of whoever called the first of
 * them, so that a sample with a dump of the stack has it.
 */
#ifndef GRAPH_H
#define GRAPH_H

#define GRAPH_DEPTH 62
#define GRAPH_MAGIC 0x67726170682e6d70UL

struct graph_list {
	unsigned long magic;
	unsigned depth; /* functions entered */
	unsigned char functions[GRAPH_DEPTH];
};

extern struct graph_list *volatile graph_list;

/* The functions, in no order of their addresses, and the number of what an
   exception calls. */
extern unsigned (*const graph_functions[])(unsigned n, int left);
extern const unsigned graph_nr;
void graph_handler(void);

/* The section they are all in; the linker knows its ends. */
#define GRAPH_CODE __attribute__((noipa, section("graph_code")))
extern const char __start_graph_code[], __stop_graph_code[];

#define FUNCTION(number) unsigned GRAPH_CODE graph_##number(unsigned n, int left)

static inline void graph_enter(unsigned number)
{
	volatile struct graph_list *list = graph_list;

	list->functions[list->depth] = (unsigned char)number;
	list->depth = list->depth + 1;
}

static inline void graph_leave(void)
{
	volatile struct graph_list *list = graph_list;

	list->depth = list->depth - 1;
}

#define CALL(number, argument, left)                                                               \
	({                                                                                         \
		unsigned result_;                                                                  \
		graph_enter(number);                                                               \
		result_ = graph_##number(argument, left);                                          \
		graph_leave();                                                                     \
		result_;                                                                           \
	})

/* An exception: whoever takes it has this thread call graph_handler() before
   the next instruction. */
#define TRAP()                                                                                     \
	do {                                                                                       \
		graph_enter(graph_nr);                                                             \
		__asm__ volatile("ud2"                                                             \
				 :                                                                 \
				 :                                                                 \
				 : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11",    \
				   "cc", "memory");                                                \
		graph_leave();                                                                     \
	} while (0)

#endif
