/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function instruction by instruction: what the code is, where it comes
 * from, and how many samples of each event fell on it.
 */
#ifndef PERFREPORT_ANNOTATE_H
#define PERFREPORT_ANNOTATE_H

#include <stdbool.h>

#include "failure.h"
#include "profile.h"

struct instruction {
	uint64_t address;      /* as linked; where the file is not here, in the object */
	const uint8_t *bytes;  /* of the file; NULL: no instruction is known to begin here */
	uint8_t size;	       /* of bytes */
	char *text;	       /* AT&T syntax; NULL likewise */
	name_t file;	       /* of its source line; 0: not known */
	uint32_t line;	       /* likewise */
	uint64_t target;       /* of a jump within the function; 0: none */
	struct amount *counts; /* by event; NULL: no samples */
};

/* Samples at an address. */
struct annotate_point {
	uint64_t address; /* in the object */
	uint32_t frame, event;
	struct amount amount;
};

struct annotation {
	const struct frame *frame; /* one of the function's; lives as long as the profile */
	uint64_t start, end;	   /* of the addresses of instructions; end exclusive */
	const char *why;	   /* static: why no code, or not all; NULL: all is there */
	struct amount *totals;	   /* by event */
	struct instruction *list;  /* by address */
	size_t nr, capacity;
	const struct annotate_point *points; /* private */
	size_t nr_points;
};

struct annotations {
	struct annotation *list; /* the hottest first */
	size_t nr, capacity;
	size_t nr_events;
	struct amount *unnamed; /* by event: samples in code without symbols */
	struct annotate_point *points;
	size_t nr_points, points_capacity;
};

/* The functions with samples, not read yet, of a profile with exact frames
   (LOAD_EXACT): those called symbol, or all if it is NULL; of event, or of
   all if it is NULL.  The one with most events of the first event that has
   any is the hottest.  annotations_free() them. */
void annotations_make(struct annotations *annotations, const struct profile *profile,
		      const char *symbol, const struct event *event);
void annotations_free(struct annotations *annotations);

/* Read a function's code and lines, and put its samples to them.  Errors:
   EXIT_MEMORY, the disassembler cannot be started. */
bool annotation_read(struct annotation *annotation, const struct annotations *all,
		     struct profile *profile, struct failure *failure);

#endif /* PERFREPORT_ANNOTATE_H */
