/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "hash.h"
#include "stacks.h"

#define NR_KNOWN 16384 /* a power of two */

struct known {
	const struct event *event; /* NULL: nothing here */
	struct callers callers;
	uint32_t user, kernel; /* versions of the maps */
	name_t comm;
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

static uint64_t hash_callers(const struct callers *callers, uint64_t seed)
{
	uint64_t hash = seed;

	for (uint64_t i = 0; i < callers->nr; i++)
		hash = (hash ^ callers->values[i]) * 0x9e3779b97f4a7c15ULL;
	return hash_number(hash);
}

static bool is_known(const struct known *a, const struct known *b)
{
	return a->event == b->event && a->comm == b->comm && a->user == b->user &&
	       a->kernel == b->kernel && a->callers.nr == b->callers.nr &&
	       a->callers.mode == b->callers.mode &&
	       (a->callers.nr == 0 || memcmp(a->callers.values, b->callers.values,
					     a->callers.nr * sizeof *a->callers.values) == 0);
}

static struct stack make(struct stacks *stacks, struct resolver *resolver, struct event *event,
			 const struct thread *thread, const struct known *key)
{
	struct profile *profile = resolver->profile;
	struct chain *chain = &stacks->chain;
	struct stack stack;

	chain_resolve(chain, resolver, thread, &key->callers);
	stack.has_user = chain->has_user;
	stack.to_the_end = chain->nr && chain_begins_thread(profile, chain->frames[chain->nr - 1]);
	stack.node = tree_child(&event->tree, TREE_ROOT, frames_task(&profile->frames, key->comm));
	for (size_t i = chain->nr; i > 0; i--)
		stack.node = tree_child(&event->tree, stack.node, chain->frames[i - 1]);
	return stack;
}

struct stack stacks_get(struct stacks *stacks, struct resolver *resolver, struct event *event,
			const struct thread *thread, const struct callers *callers)
{
	struct profile *profile = resolver->profile;
	struct known key = {
	    .event = event,
	    .callers = *callers,
	    .user = thread->task->space.version,
	    .kernel = profile->kernel.version,
	    .comm = profile->tasks.owners[thread->owner].comm,
	};
	uint64_t seed = (uint64_t)key.user << 32 | key.comm;
	struct known *known =
	    &stacks->known[hash_callers(callers, seed + (uintptr_t)(event - profile->events)) &
			   (NR_KNOWN - 1)];

	if (!is_known(known, &key)) {
		key.stack = make(stacks, resolver, event, thread, &key);
		/* Reading its symbols may have changed the kernel's maps. */
		key.kernel = profile->kernel.version;
		*known = key;
	}
	return known->stack;
}
