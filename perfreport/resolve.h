/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From addresses to frames.
 */
#ifndef PERFREPORT_RESOLVE_H
#define PERFREPORT_RESOLVE_H

#include "profile.h"

enum cpu_mode { MODE_KERNEL, MODE_USER, MODE_OTHER };

/* How finely frames are told apart. */
struct resolve_options {
	bool inlined; /* functions that were inlined are frames too */
	bool lines;   /* frames are of one source line each */
	bool exact;   /* frames that ran are of one address each */
};

/* A memory of answers in front of maps, symbols and debug information. */
struct resolver {
	struct profile *profile;
	struct resolve_options options;
	struct resolved *recent;
	struct placed *placed;
	struct detailed *detailed; /* only with inlined or lines */
};

/* Of an address: from the innermost inlined function out. */
struct resolved_frames {
	const uint32_t *list;
	size_t nr; /* at least 1 */
};

/* What an address is. */
enum resolve_as {
	RESOLVE_RAN,	/* what ran, or was interrupted */
	RESOLVE_CALLER, /* returned to: the call before it is meant */
	RESOLVE_CALL,	/* of a call itself */
};

void resolver_init(struct resolver *resolver, struct profile *profile,
		   struct resolve_options options);
void resolver_free(struct resolver *resolver);

/* The frames of an address in a task (NULL: none is known), in user or kernel
   mode; they live until the next call. */
struct resolved_frames resolve(struct resolver *resolver, const struct task *task,
			       enum cpu_mode mode, uint64_t address, enum resolve_as as);

/* The frame of an address that ran, alone, whatever the options. */
uint32_t resolve_exact(struct resolver *resolver, const struct task *task, enum cpu_mode mode,
		       uint64_t address);

#endif /* PERFREPORT_RESOLVE_H */
