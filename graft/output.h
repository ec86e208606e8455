/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grafted image: the patched kernel, the blob as one more segment, our symbols. */
#ifndef GRAFT_OUTPUT_H
#define GRAFT_OUTPUT_H

#include "blob.h"

/*
 * Builds the whole file in out (empty before; the caller frees it): the kernel's bytes, the blob,
 * symbol and section tables. The blob's segment takes the place of the PT_GNU_STACK header, which a
 * kernel has no use for; without one it is added behind the last. A PT_NOTE for the build-id
 * follows where there is room.  The build-id is the start of the SHA-256 of the file with the id's
 * own bytes zero, so that equal inputs give equal ids. Returns a status.
 */
int output_build(struct buffer *out, const struct image *image, struct blob *blob);

/*
 * The same segments as an ELF32 file, at their physical addresses: for multiboot loaders (stock
 * QEMU's) that take only ELF32. It has no symbols. Returns a status.
 */
int output_elf32(struct buffer *out, const struct buffer *grafted, const char *path);

#endif
