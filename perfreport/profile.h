/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile: all that the views need to know of a recording.
 */
#ifndef PERFREPORT_PROFILE_H
#define PERFREPORT_PROFILE_H

#include <stdbool.h>

#include "cells.h"
#include "frames.h"
#include "moments.h"
#include "names.h"
#include "object.h"
#include "tasks.h"
#include "tree.h"
#include "unwind.h"

/* One event of the recording. */
struct event {
	char *name;
	uint64_t period;    /* events per sample; 0: each sample says */
	uint64_t frequency; /* samples per second asked for; 0 in period mode */
	struct amount total;
	uint64_t lost;		       /* samples that found no room in the ring */
	uint64_t throttled;	       /* overflows the throttle dropped */
	uint64_t coalesced;	       /* overflows that shared another's sample */
	uint64_t throttles;	       /* THROTTLE records (Linux says no more) */
	uint64_t chains;	       /* samples with a callchain */
	uint64_t user_chains;	       /* of these, with user frames */
	uint64_t broken;	       /* of these, not back to where their thread began */
	uint64_t unwound[UNWIND_ENDS]; /* stack dumps by how their callchain ended */
	bool nanoseconds;	       /* what it counts */
	bool counted;		       /* throttled and coalesced are known */
	bool imported;		       /* from folded stacks: loss and broken callchains are
					  not known, the period neither */
	uint64_t filtered;	       /* samples the user did not want to see */
	struct tree tree;	       /* root, tasks, frames from the outermost in */
	struct cells cells;
	struct moments moments; /* empty unless asked for */
};

/* Something the recording says of itself. */
struct fact {
	char *label, *value;
};

struct profile {
	struct names *names;
	struct frames frames;
	struct tasks tasks;
	struct history history; /* of the tasks and maps */
	struct versions versions;
	struct objects objects;
	struct space kernel;
	struct event *events;
	size_t nr_events;
	struct fact *facts;
	size_t nr_facts, facts_capacity;
	uint64_t lost_unassigned;	/* lost, of no known event */
	uint64_t samples_unassigned;	/* samples of no known event */
	uint64_t damaged;		/* records that made no sense */
	uint64_t first_time, last_time; /* of the samples, ns; first > last: none */
	size_t threads;			/* that are to read it; 0: as many as there are CPUs */
	struct bundle *bundle;		/* it came in one, with its files; or NULL */
	bool named;			/* samples stand in trees and cells; else only counted */
	char *incomplete;		/* the recording was cut or damaged: how; or NULL */
};

void profile_init(struct profile *profile, struct search search);
void profile_free(struct profile *profile);

/* Forget an event and its samples. */
void profile_remove_event(struct profile *profile, size_t index);

/* Both texts are copied.  A label has one value, the last. */
void profile_add_fact(struct profile *profile, const char *label, const char *value);

/* The value of a fact, or NULL. */
const char *profile_fact(const struct profile *profile, const char *label);

/* All samples of all events. */
uint64_t profile_samples(const struct profile *profile);

/* All samples the user did not want to see. */
uint64_t profile_filtered(const struct profile *profile);

/* The event called name, or NULL. */
const struct event *profile_event(const struct profile *profile, const char *name);

#endif /* PERFREPORT_PROFILE_H */
