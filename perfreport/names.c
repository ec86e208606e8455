/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts lie in blocks that never move; an open-addressed hash table
 * finds a text's number.
 */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "hash.h"
#include "names.h"

#define BLOCK_SIZE 65536

struct block {
	struct block *next;
	size_t used, room;
	char bytes[];
};

struct names {
	struct block *blocks;
	const char **texts; /* by number */
	size_t nr, capacity;
	uint32_t *slots; /* number + 1; 0: free */
	size_t nr_slots; /* a power of two */
};

struct names *names_new(void)
{
	struct names *names = must_calloc(1, sizeof *names);

	names->nr_slots = 1024;
	names->slots = must_calloc(names->nr_slots, sizeof *names->slots);
	names_add(names, "");
	return names;
}

void names_free(struct names *names)
{
	if (names == NULL)
		return;
	while (names->blocks != NULL) {
		struct block *block = names->blocks;

		names->blocks = block->next;
		free(block);
	}
	free(names->texts);
	free(names->slots);
	free(names);
}

static const char *keep(struct names *names, const char *text, size_t length)
{
	struct block *block = names->blocks;
	char *copy;

	if (block == NULL || block->room - block->used < length + 1) {
		size_t room = length + 1 > BLOCK_SIZE ? length + 1 : BLOCK_SIZE;

		block = must_calloc(1, sizeof *block + room);
		block->room = room;
		block->next = names->blocks;
		names->blocks = block;
	}
	copy = block->bytes + block->used;
	memcpy(copy, text, length);
	block->used += length + 1;
	return copy;
}

static void rehash(struct names *names)
{
	size_t mask;

	free(names->slots);
	names->nr_slots *= 2;
	names->slots = must_calloc(names->nr_slots, sizeof *names->slots);
	mask = names->nr_slots - 1;
	for (size_t i = 0; i < names->nr; i++) {
		size_t at = hash_bytes(names->texts[i], strlen(names->texts[i])) & mask;

		while (names->slots[at])
			at = (at + 1) & mask;
		names->slots[at] = i + 1;
	}
}

name_t names_add(struct names *names, const char *text)
{
	size_t length = strlen(text);
	size_t at = hash_bytes(text, length) & (names->nr_slots - 1);

	while (names->slots[at]) {
		if (strcmp(names->texts[names->slots[at] - 1], text) == 0)
			return names->slots[at] - 1;
		at = (at + 1) & (names->nr_slots - 1);
	}
	names->texts =
	    must_grow(names->texts, &names->capacity, names->nr + 1, sizeof *names->texts);
	names->texts[names->nr] = keep(names, text, length);
	names->slots[at] = ++names->nr;
	if (names->nr * 2 > names->nr_slots)
		rehash(names);
	return names->nr - 1;
}

const char *names_text(const struct names *names, name_t name)
{
	return names->texts[name];
}
