/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is expected of a kernel, committed beside the hook list:
 *
 *   kernel SHA256
 *   sites FUNCTION COUNT
 *
 * '#' starts a comment. The file may name more functions than a hook list uses.
 */
#ifndef GRAFT_EXPECT_H
#define GRAFT_EXPECT_H

#include "hooks.h"

/* Compares kernel and call sites with the file; every difference is refused. Returns a status. */
int expect_check(const char *path, const struct image *image, const struct hooks *hooks);

/*
 * Writes the file anew from what was found. Lines about functions that are not in the list stay,
 * unless the file was about another kernel. Returns a status.
 */
int expect_update(const char *path, const struct image *image, const struct hooks *hooks);

#endif
