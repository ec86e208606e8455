/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From addresses to frames.
 */
#ifndef PERFREPORT_RESOLVE_H
#define PERFREPORT_RESOLVE_H

#include "profile.h"

enum cpu_mode { MODE_KERNEL, MODE_USER, MODE_OTHER };

/* A memory of recent answers in front of maps and symbols. */
struct resolver {
	struct profile *profile;
	struct resolved *recent;
};

void resolver_init(struct resolver *resolver, struct profile *profile);
void resolver_free(struct resolver *resolver);

/* The frame of an address in a task (NULL: none is known), in user or kernel
   mode. */
uint32_t resolve(struct resolver *resolver, const struct task *task, enum cpu_mode mode,
		 uint64_t address);

/* The frame of the address alone, likewise. */
uint32_t resolve_exact(struct resolver *resolver, const struct task *task, enum cpu_mode mode,
		       uint64_t address);

#endif /* PERFREPORT_RESOLVE_H */
