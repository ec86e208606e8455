/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call sites of the hooked functions, found by decoding the kernel's code. */
#ifndef GRAFT_SITES_H
#define GRAFT_SITES_H

#include "hooks.h"

/*
 * Finds, for each hook whose symbol is set, the jumps and calls to it (all forms with a 32-bit
 * displacement), its calls of itself, short jumps to it and instructions that take its address.
 *
 * Code is decoded one function at a time, starting again at each symbol. As a check of that, every
 * byte sequence that would be a call or jump to a hooked function must have been decoded as one;
 * where it was not, the kernel is refused.  Returns a status.
 */
int sites_find(const struct image *image, struct hooks *hooks);

/* Sends one call site to target. The field is known to be in the file. */
void site_patch(struct image *image, const struct site *site, uint64_t target);

#endif
