/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples before their addresses have names: each distinct address, with the
 * chain of its callers, in each place, and how often.  A recording has far
 * fewer of these than samples, and only these are looked up.
 */
#ifndef PERFREPORT_HITS_H
#define PERFREPORT_HITS_H

#include <stdbool.h>

#include "chain.h"
#include "tree.h"

#define CHAIN_NONE 0 /* the sample has no callchain */

/* In which event and thread, and with which maps: see history.h. */
struct place {
	uint32_t event;
	uint32_t owner;
	uint32_t pid, tid; /* where owner is OWNER_UNKNOWN, else 0 */
	uint32_t task;
	uint32_t epoch, kernel_epoch;
	uint32_t mode; /* enum cpu_mode of the address */
	uint32_t cpu;
};

struct hit {
	uint64_t ip;
	uint32_t place, chain;
	struct amount amount;
};

/* Samples come in batches: what one waits for in memory is fetched while
   others are looked at. */
#define HITS_BATCH 64

struct hits_item {
	struct hit hit; /* all but chain */
	struct callers callers;
	bool has_chain;
	uint64_t hash;	 /* private */
	uint32_t number; /* of the hit, when done */
};

/* A chain of callers: what stands in hits.words. */
struct chain_words {
	uint64_t first; /* index; before them stands what is private */
	uint64_t hash;
	uint32_t nr;
	uint16_t mode;
	bool returned_to;
};

/* An open-addressed table: the upper bits of a slot are those of the hash, the
   lower ones say where it is, + 1; 0 is free. */
struct hit_table {
	uint64_t *slots;
	size_t nr; /* a power of two */
};

/* hits_init(); everything stands in the order in which it was first added. */
struct hits {
	struct place *places;
	size_t nr_places, places_capacity;
	struct hit *list;
	size_t nr, capacity;
	struct chain_words *chains; /* the first is CHAIN_NONE */
	size_t nr_chains, chains_capacity;
	uint64_t *words;
	size_t nr_words, words_capacity;
	struct hit_table by_place, by_hit, by_chain;
};

void hits_init(struct hits *hits);
void hits_free(struct hits *hits);

/* The number of a place, of a chain; made if new. */
uint32_t hits_place(struct hits *hits, const struct place *place);
uint32_t hits_chain(struct hits *hits, const struct callers *callers);

/* Count samples, HITS_BATCH items at most. */
void hits_add(struct hits *hits, struct hits_item *items, size_t nr);

/* Add what from has behind what is there.  Returns the new number of each of
   its hits, and in *places that of each of its places; free() both. */
uint32_t *hits_merge(struct hits *hits, const struct hits *from, uint32_t **places);

#endif /* PERFREPORT_HITS_H */
