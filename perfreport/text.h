/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing text, and how strings are written into JSON and HTML.
 */
#ifndef PERFREPORT_TEXT_H
#define PERFREPORT_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* All zero is an empty text; bytes need not be NUL ended. */
struct text {
	char *bytes;
	size_t length, capacity;
};

void text_free(struct text *text);

/* Append: a string, bytes, a text as printf(3) makes it. */
void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const void *bytes, size_t length);
void text_print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A JSON string with its quotes (RFC 8259, section 7).  Bytes that are not
   UTF-8 become U+FFFD.  "<", ">" and "&" are escaped too, so that the text
   may stand in an HTML script element. */
void text_add_json(struct text *text, const char *string);

/* A field of CSV (RFC 4180), in quotes where it needs them. */
void text_add_csv(struct text *text, const char *string);

/* The string with the characters escaped that mean something in HTML text
   and in quoted attributes; what is not UTF-8 and control characters become
   U+FFFD. */
void text_add_html(struct text *text, const char *string);

/* The bytes in base64 (RFC 4648, section 4). */
void text_add_base64(struct text *text, const void *bytes, size_t length);

/* Little-endian base-128 (as in DWARF: ULEB128). */
void text_add_varint(struct text *text, uint64_t number);

#endif /* PERFREPORT_TEXT_H */
