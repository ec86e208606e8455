/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A memory of recent callers: to which node of the call tree they led.
 */
#ifndef PERFREPORT_STACKS_H
#define PERFREPORT_STACKS_H

#include "chain.h"

struct stacks;

/* What is known of a sample's callers. */
struct stack {
	uint32_t node;	 /* of the innermost caller, or of the task */
	bool has_user;	 /* there are user frames among them */
	bool to_the_end; /* the outermost is where a thread begins */
};

/* stacks_free() it. */
struct stacks *stacks_new(void);
void stacks_free(struct stacks *stacks);

/* Whose stack it is, and with which maps. */
struct stack_key {
	uint32_t event, task;
	uint32_t epoch, kernel_epoch; /* see history.h */
	uint32_t chain;		      /* the number of the callers: equal ones have the same */
	name_t comm;
};

/* The stack of callers in the tree of an event, nodes made as needed. */
struct stack stacks_get(struct stacks *stacks, struct resolver *resolver,
			const struct stack_key *key, const struct callers *callers);

#endif /* PERFREPORT_STACKS_H */
