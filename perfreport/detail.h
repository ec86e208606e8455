/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of an address by what debug information says of it: inlined
 * functions, source lines.
 */
#ifndef PERFREPORT_DETAIL_H
#define PERFREPORT_DETAIL_H

#include "profile.h"

struct detailed;

/* detailed_free() it. */
struct detailed *detailed_new(struct profile *profile, bool inlined, bool lines);
void detailed_free(struct detailed *detailed);

/* The frames of an address of an object under a symbol, from the innermost
   inlined one out: how many (INLINED_MOST at most); *first is the number of
   the first.  is_caller: it is returned to, and the call before is meant. */
uint16_t detailed_get(struct detailed *detailed, struct object *object, const struct symbol *symbol,
		      uint64_t address, bool is_caller, uint32_t *first);

/* The frames from this number on; valid until the next detailed_get(). */
const uint32_t *detailed_frames(const struct detailed *detailed, uint32_t first);

#endif /* PERFREPORT_DETAIL_H */
