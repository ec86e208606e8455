/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "hash.h"
#include "history.h"
#include "stacks.h"

#define NR_KNOWN 16384 /* a power of two */

struct known {
	bool valid;
	struct stack_key key;
	struct stack stack;
};

struct stacks {
	struct known known[NR_KNOWN];
	struct chain chain;
};

struct stacks *stacks_new(void)
{
	return must_calloc(1, sizeof(struct stacks));
}

void stacks_free(struct stacks *stacks)
{
	if (stacks != NULL)
		chain_free(&stacks->chain);
	free(stacks);
}

static uint64_t hash_key(const struct stack_key *key)
{
	return hash_number(((uint64_t)key->chain << 32 | key->comm) ^
			   hash_number(((uint64_t)key->task << 32 | key->epoch) +
				       key->event * 0x9e3779b97f4a7c15ULL));
}

static struct stack make(struct stacks *stacks, struct resolver *resolver,
			 const struct stack_key *key, const struct callers *callers)
{
	struct profile *profile = resolver->profile;
	struct tree *tree = &profile->events[key->event].tree;
	const struct task *task = key->task == TASK_NONE ? NULL : profile->tasks.tasks[key->task];
	struct chain *chain = &stacks->chain;
	struct stack stack;

	chain_resolve(chain, resolver, task, callers);
	stack.has_user = chain->has_user;
	stack.to_the_end = chain->nr && chain_begins_thread(profile, chain->frames[chain->nr - 1]);
	stack.node = tree_child(tree, TREE_ROOT, frames_task(&profile->frames, key->comm));
	for (size_t i = chain->nr; i > 0; i--)
		stack.node = tree_child(tree, stack.node, chain->frames[i - 1]);
	return stack;
}

struct stack stacks_get(struct stacks *stacks, struct resolver *resolver,
			const struct stack_key *key, const struct callers *callers)
{
	struct known *known = &stacks->known[hash_key(key) & (NR_KNOWN - 1)];

	if (!known->valid || memcmp(&known->key, key, sizeof *key) != 0) {
		known->stack = make(stacks, resolver, key, callers);
		known->key = *key;
		known->valid = true;
	}
	return known->stack;
}
