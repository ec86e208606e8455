/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames: the distinct places of code that samples and callchains name.  A
 * frame is a symbol of an object, an address nothing names, or the name of
 * a task.
 */
#ifndef PERFREPORT_FRAMES_H
#define PERFREPORT_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "names.h"
#include "object.h"

enum frame_kind {
	FRAME_TASK,
	FRAME_USER,
	FRAME_KERNEL,
	FRAME_GRAFT,   /* our own code in the kernel */
	FRAME_UNKNOWN, /* no symbol */
	FRAME_KINDS
};

struct frame {
	name_t symbol; /* or the address in hex, or the task's name */
	name_t dso;    /* the short name of the object, "[unknown]", or empty */
	enum frame_kind kind;
	/* What tells frames apart; 0 where it does not. */
	const struct object *object;
	uint64_t start;	  /* of the symbol, or the address */
	uint64_t address; /* in the object, of a frame of one address; else 0 */
	name_t line;	  /* "file:number" of a frame of one line; else empty */
};

struct frames {
	struct names *names; /* not ours */
	struct frame *list;
	size_t nr, capacity;
	uint32_t *slots; /* index + 1 */
	size_t nr_slots;
};

void frames_init(struct frames *frames, struct names *names);
void frames_free(struct frames *frames);

/* What of a symbol a frame is alone; 0: of all. */
struct frame_part {
	uint64_t address;
	name_t line;
};

/* The frame of a symbol of the object; part: NULL for all of it. */
uint32_t frames_symbol(struct frames *frames, const struct object *object,
		       const struct symbol *symbol, const struct frame_part *part);

/* The frame of a function that was inlined, wherever in the object. */
uint32_t frames_inlined(struct frames *frames, const struct object *object, name_t name,
			name_t line);

/* The frame of an address that has no symbol; object is NULL where nothing
   is mapped.  The address is one of the object, if there is one. */
uint32_t frames_address(struct frames *frames, const struct object *object, uint64_t address);

/* The frame of these names, of whatever object or address. */
uint32_t frames_named(struct frames *frames, name_t symbol, name_t dso, enum frame_kind kind);

/* The frame of a task. */
uint32_t frames_task(struct frames *frames, name_t comm);

#endif /* PERFREPORT_FRAMES_H */
