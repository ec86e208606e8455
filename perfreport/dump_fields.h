/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record as one line: fields with names, as text (name=value) or as a JSON
 * object; or as CSV, a line for each field and for each value of a list.
 */
#ifndef PERFREPORT_DUMP_FIELDS_H
#define PERFREPORT_DUMP_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump.h"
#include "text.h"

struct dump_fields {
	struct text *text;
	enum dump_form form;
	uint64_t offset;  /* CSV: of the record, */
	const char *type; /* and what it is */
	bool in_list;	  /* the next value is one of a list, */
	const char *list; /* called so */
	bool first;	  /* nothing stands yet in the object or list */
};

/* A line begins with the first and ends with the second. */
void fields_begin(struct dump_fields *fields);
void fields_end(struct dump_fields *fields);

/* One field: a decimal number, an address or set of bits in hex, a string,
   a word of ours, bytes in hex.  In a list the name is not used. */
void fields_number(struct dump_fields *fields, const char *name, uint64_t number);
void fields_signed(struct dump_fields *fields, const char *name, int64_t number);
void fields_hex(struct dump_fields *fields, const char *name, uint64_t number);
void fields_string(struct dump_fields *fields, const char *name, const char *string);
void fields_word(struct dump_fields *fields, const char *name, const char *word);
void fields_bytes(struct dump_fields *fields, const char *name, const void *bytes, size_t size);

/* A field that is a list of such values. */
void fields_list_begin(struct dump_fields *fields, const char *name);
void fields_list_end(struct dump_fields *fields);

#endif /* PERFREPORT_DUMP_FIELDS_H */
