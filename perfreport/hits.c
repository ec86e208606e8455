/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "hash.h"
#include "hits.h"

static void table_init(struct hit_table *table)
{
	table->nr = 1024;
	table->slots = must_calloc(table->nr, sizeof *table->slots);
}

void hits_init(struct hits *hits)
{
	memset(hits, 0, sizeof *hits);
	table_init(&hits->by_place);
	table_init(&hits->by_hit);
	table_init(&hits->by_chain);
	hits->chains = must_grow(NULL, &hits->chains_capacity, 1, sizeof *hits->chains);
	hits->chains[hits->nr_chains++] = (struct chain_words){0};
}

void hits_free(struct hits *hits)
{
	free(hits->places);
	free(hits->list);
	free(hits->chains);
	free(hits->words);
	free(hits->by_place.slots);
	free(hits->by_hit.slots);
	free(hits->by_chain.slots);
	memset(hits, 0, sizeof *hits);
}

/* Where a slot points: the lower 40 bits, less 1. */
#define SLOT_BITS 40
#define SLOT_MASK ((1ULL << SLOT_BITS) - 1)

static inline uint64_t make_slot(uint64_t hash, uint64_t index)
{
	return (hash & ~SLOT_MASK) | (index + 1);
}

/* May the slot be that of the hash? */
static inline bool slot_matches(uint64_t slot, uint64_t hash)
{
	return ((slot ^ hash) & ~SLOT_MASK) == 0;
}

static inline uint64_t slot_index(uint64_t slot)
{
	return (slot & SLOT_MASK) - 1;
}

/* Is there no room for one more of nr?  Then the table is made larger, and
   all have to be put in again. */
static bool table_grew(struct hit_table *table, size_t nr)
{
	if (nr * 2 <= table->nr)
		return false;
	free(table->slots);
	table->nr *= 2;
	table->slots = must_calloc(table->nr, sizeof *table->slots);
	return true;
}

/* Put in what is known not to be there. */
static void table_put(struct hit_table *table, uint64_t hash, uint64_t index)
{
	size_t at = hash & (table->nr - 1);

	while (table->slots[at])
		at = (at + 1) & (table->nr - 1);
	table->slots[at] = make_slot(hash, index);
}

static uint64_t hash_place(const struct place *place)
{
	return hash_bytes(place, sizeof *place);
}

uint32_t hits_place(struct hits *hits, const struct place *place)
{
	struct hit_table *table = &hits->by_place;
	uint64_t hash = hash_place(place);
	size_t at = hash & (table->nr - 1);

	for (; table->slots[at]; at = (at + 1) & (table->nr - 1)) {
		uint64_t index = slot_index(table->slots[at]);

		if (memcmp(&hits->places[index], place, sizeof *place) == 0)
			return index;
	}
	hits->places = must_grow(hits->places, &hits->places_capacity, hits->nr_places + 1,
				 sizeof *hits->places);
	hits->places[hits->nr_places++] = *place;
	if (!table_grew(table, hits->nr_places))
		table_put(table, hash, hits->nr_places - 1);
	else
		for (size_t i = 0; i < hits->nr_places; i++)
			table_put(table, hash_place(&hits->places[i]), i);
	return hits->nr_places - 1;
}

/* Four sums side by side, as each step of one waits for the one before. */
static uint64_t hash_words(const perfdata_u64 *values, uint64_t nr, uint64_t seed)
{
	const uint64_t factor = 0x9e3779b97f4a7c15ULL;
	uint64_t sums[4] = {seed, nr, 1, 2};
	uint64_t i = 0;

	for (; i + 4 <= nr; i += 4)
		for (unsigned int lane = 0; lane < 4; lane++) {
			uint64_t sum = sums[lane] ^ values[i + lane];

			sums[lane] = (sum << 23 | sum >> 41) * factor;
		}
	for (; i < nr; i++)
		sums[i & 3] = (sums[i & 3] ^ values[i]) * factor;
	return hash_number(sums[0] ^ hash_number(sums[1] ^ (sums[2] << 17 | sums[2] >> 47)) ^
			   sums[3] * 3);
}

/* What the addresses do not tell of a chain. */
static inline uint64_t chain_kind(const struct callers *callers)
{
	return callers->mode | (uint64_t)callers->returned_to << 8;
}

/* What stands before the words of a chain: its number, length and kind, so
   that one look at memory tells all.  No record holds 65536 addresses. */
static inline uint64_t chain_head(uint64_t number, const struct callers *callers)
{
	return number | callers->nr << 32 | chain_kind(callers) << 48;
}

static bool same_chain(const uint64_t *head, const struct callers *callers)
{
	return *head >> 32 == chain_head(0, callers) >> 32 &&
	       (callers->nr == 0 ||
		memcmp(head + 1, callers->values, callers->nr * sizeof *head) == 0);
}

static uint32_t new_chain(struct hits *hits, const struct callers *callers, uint64_t hash)
{
	struct hit_table *table = &hits->by_chain;
	uint32_t number = hits->nr_chains;

	hits->chains = must_grow(hits->chains, &hits->chains_capacity, hits->nr_chains + 1,
				 sizeof *hits->chains);
	hits->words = must_grow(hits->words, &hits->words_capacity,
				hits->nr_words + callers->nr + 1, sizeof *hits->words);
	hits->words[hits->nr_words++] = chain_head(number, callers);
	hits->chains[hits->nr_chains++] = (struct chain_words){.first = hits->nr_words,
							       .hash = hash,
							       .nr = callers->nr,
							       .mode = callers->mode,
							       .returned_to = callers->returned_to};
	if (callers->nr)
		memcpy(&hits->words[hits->nr_words], callers->values,
		       callers->nr * sizeof *hits->words);
	hits->nr_words += callers->nr;
	if (!table_grew(table, hits->nr_chains))
		table_put(table, hash, hits->chains[number].first - 1);
	else
		for (size_t i = 1; i < hits->nr_chains; i++)
			table_put(table, hits->chains[i].hash, hits->chains[i].first - 1);
	return number;
}

static uint32_t get_chain(struct hits *hits, const struct callers *callers, uint64_t hash)
{
	const struct hit_table *table = &hits->by_chain;
	size_t at = hash & (table->nr - 1);

	for (; table->slots[at]; at = (at + 1) & (table->nr - 1)) {
		const uint64_t *head = &hits->words[slot_index(table->slots[at])];

		if (slot_matches(table->slots[at], hash) && same_chain(head, callers))
			return (uint32_t)*head;
	}
	return new_chain(hits, callers, hash);
}

uint32_t hits_chain(struct hits *hits, const struct callers *callers)
{
	return get_chain(hits, callers,
			 hash_words(callers->values, callers->nr, chain_kind(callers)));
}

static inline uint64_t hash_hit(const struct hit *hit)
{
	return hash_number(hit->ip + ((uint64_t)hit->chain << 32 | hit->place));
}

static inline bool same_hit(const struct hit *a, const struct hit *b)
{
	return a->ip == b->ip && a->place == b->place && a->chain == b->chain;
}

static uint32_t add_hit(struct hits *hits, const struct hit *hit, uint64_t hash)
{
	struct hit_table *table = &hits->by_hit;
	size_t at = hash & (table->nr - 1);

	for (; table->slots[at]; at = (at + 1) & (table->nr - 1)) {
		uint64_t index = slot_index(table->slots[at]);

		if (slot_matches(table->slots[at], hash) && same_hit(&hits->list[index], hit)) {
			amount_add(&hits->list[index].amount, &hit->amount);
			return index;
		}
	}
	hits->list = must_grow(hits->list, &hits->capacity, hits->nr + 1, sizeof *hits->list);
	hits->list[hits->nr++] = *hit;
	if (!table_grew(table, hits->nr))
		table_put(table, hash, hits->nr - 1);
	else
		for (size_t i = 0; i < hits->nr; i++)
			table_put(table, hash_hit(&hits->list[i]), i);
	return hits->nr - 1;
}

static inline const uint64_t *first_slot(const struct hit_table *table, uint64_t hash)
{
	return &table->slots[hash & (table->nr - 1)];
}

static void find_chains(struct hits *hits, struct hits_item *items, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const struct callers *callers = &items[i].callers;

		if (!items[i].has_chain)
			continue;
		items[i].hash = hash_words(callers->values, callers->nr, chain_kind(callers));
		__builtin_prefetch(first_slot(&hits->by_chain, items[i].hash));
	}
	for (size_t i = 0; i < nr; i++) {
		uint64_t slot;
		const uint64_t *head;

		if (!items[i].has_chain)
			continue;
		slot = *first_slot(&hits->by_chain, items[i].hash);
		if (!slot)
			continue;
		head = &hits->words[slot_index(slot)];
		for (uint64_t word = 0; word <= items[i].callers.nr && word < 64; word += 8)
			__builtin_prefetch(head + word);
	}
	for (size_t i = 0; i < nr; i++)
		items[i].hit.chain = items[i].has_chain
					 ? get_chain(hits, &items[i].callers, items[i].hash)
					 : CHAIN_NONE;
}

void hits_add(struct hits *hits, struct hits_item *items, size_t nr)
{
	find_chains(hits, items, nr);
	for (size_t i = 0; i < nr; i++) {
		items[i].hash = hash_hit(&items[i].hit);
		__builtin_prefetch(first_slot(&hits->by_hit, items[i].hash));
	}
	for (size_t i = 0; i < nr; i++) {
		uint64_t slot = *first_slot(&hits->by_hit, items[i].hash);

		if (slot)
			__builtin_prefetch(&hits->list[slot_index(slot)], 1);
	}
	for (size_t i = 0; i < nr; i++)
		items[i].number = add_hit(hits, &items[i].hit, items[i].hash);
}

uint32_t *hits_merge(struct hits *hits, const struct hits *from, uint32_t **new_places)
{
	uint32_t *places = must_calloc(from->nr_places, sizeof *places);
	uint32_t *chains = must_calloc(from->nr_chains, sizeof *chains);
	uint32_t *numbers = must_calloc(from->nr, sizeof *numbers);

	for (size_t i = 0; i < from->nr_places; i++)
		places[i] = hits_place(hits, &from->places[i]);
	for (size_t i = 1; i < from->nr_chains; i++) {
		const struct chain_words *chain = &from->chains[i];
		struct callers callers = {.values =
					      (const perfdata_u64 *)&from->words[chain->first],
					  .nr = chain->nr,
					  .mode = chain->mode,
					  .returned_to = chain->returned_to};

		chains[i] = hits_chain(hits, &callers);
	}
	for (size_t i = 0; i < from->nr; i++) {
		struct hit hit = from->list[i];

		hit.place = places[hit.place];
		hit.chain = chains[hit.chain];
		numbers[i] = add_hit(hits, &hit, hash_hit(&hit));
	}
	free(chains);
	*new_places = places;
	return numbers;
}
