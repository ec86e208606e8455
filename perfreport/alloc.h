/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is there or the program ends.
 *
 * perfreport writes its output in one step at the very end (output.h), so
 * ending anywhere before leaves nothing half-written behind.
 */
#ifndef PERFREPORT_ALLOC_H
#define PERFREPORT_ALLOC_H

#include <stddef.h>

/* Zeroed memory for nr objects of size bytes; free() it. */
void *must_calloc(size_t nr, size_t size);

/* A copy of the length bytes at text, NUL ended; free() it. */
char *must_copy(const char *text, size_t length);

/* Make room for at least need objects of size bytes in array, whose room is
   *capacity objects; the new ones are not set.  Returns the array, moved or
   not; free() it. */
void *must_grow(void *array, size_t *capacity, size_t need, size_t size);

#endif /* PERFREPORT_ALLOC_H */
