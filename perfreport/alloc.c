/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "failure.h"

static void out_of_memory(void)
{
	fputs("perfreport: out of memory: the recording needs more than this machine gives\n",
	      stderr);
	exit(EXIT_MEMORY);
}

void *must_calloc(size_t nr, size_t size)
{
	void *memory = calloc(nr ? nr : 1, size);

	if (memory == NULL)
		out_of_memory();
	return memory;
}

char *must_copy(const char *text, size_t length)
{
	char *copy = must_calloc(length + 1, 1);

	memcpy(copy, text, length);
	return copy;
}

void *must_grow(void *array, size_t *capacity, size_t need, size_t size)
{
	size_t room = *capacity ? *capacity : 16;

	if (need <= *capacity)
		return array;
	while (room < need) {
		if (room > SIZE_MAX / 2)
			out_of_memory();
		room *= 2;
	}
	if (room > SIZE_MAX / size)
		out_of_memory();
	array = realloc(array, room * size);
	if (array == NULL)
		out_of_memory();
	*capacity = room;
	return array;
}
