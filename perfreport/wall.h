/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time on and off the CPU as one event.  The samples of cpu-clock (or
 * task-clock) weigh nanoseconds on it, those of offcpu-time nanoseconds
 * blocked; both together are what a thread's time went to.
 */
#ifndef PERFREPORT_WALL_H
#define PERFREPORT_WALL_H

#include <perfdata.h>

#include "failure.h"
#include "profile.h"

/* The events of a recording that become one: what blocked is counted as on. */
struct wall {
	uint32_t on, off;
};

/* Whether an event counts nanoseconds; whether those of threads that are
   blocked. */
bool wall_is_time(const struct perfdata_event *event);
bool wall_is_blocked(const struct perfdata_event *event);

/* Find them.  path: for the message.  Errors: EXIT_USAGE, the recording does
   not have both. */
bool wall_find(struct wall *wall, const struct perfdata *file, const char *path,
	       struct failure *failure);

/* The samples have been counted so: make the two events of the profile one,
   called wall-clock. */
void wall_join(struct profile *profile, const struct wall *wall);

#endif /* PERFREPORT_WALL_H */
