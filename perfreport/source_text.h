/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of source files, each file read once.
 */
#ifndef PERFREPORT_SOURCE_TEXT_H
#define PERFREPORT_SOURCE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "object_files.h"
#include "text.h"

struct source_text;

/* Files are looked for below the root of search, which must live as long.
   source_text_free() it. */
struct source_text *source_text_new(const struct search *search);
void source_text_free(struct source_text *source);

/* Append a line (from 1 on) of a file to text, without its end and with what
   is no text replaced; false: the file is not here or has no such line. */
bool source_text_line(struct source_text *source, const char *path, size_t line, struct text *text);

#endif /* PERFREPORT_SOURCE_TEXT_H */
