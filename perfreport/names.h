/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interned strings: each distinct text once, known by a small number.
 */
#ifndef PERFREPORT_NAMES_H
#define PERFREPORT_NAMES_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t name_t; /* 0 is the empty string */

struct names;

/* An empty table; names_free() it. */
struct names *names_new(void);
void names_free(struct names *names);

/* The number of a text; a new one if it was not there. */
name_t names_add(struct names *names, const char *text);

/* The text of a number that names_add() gave; lives as long as the table. */
const char *names_text(const struct names *names, name_t name);

#endif /* PERFREPORT_NAMES_H */
