/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which hooks are safe: each unsafe one is refused with its reason. */
#ifndef GRAFT_CHECKS_H
#define GRAFT_CHECKS_H

#include "debuginfo.h"

/* Gives each hook its symbol; a missing or ambiguous one is refused. Returns a status. */
int checks_resolve(const struct image *image, struct hooks *hooks);

/*
 * After sites_find and debuginfo_read: refuses a hook that some calls would pass by.  All hooks are
 * looked at, so that one run names everything that is wrong. Returns a status.
 */
int checks_hooks(const struct image *image, const struct hooks *hooks,
		 const struct debuginfo *info);

#endif
