/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "wall.h"

static const char name[] = "wall-clock", blocked[] = "offcpu-time";

static bool is_clock(const struct perfdata_event *event)
{
	const struct perf_event_attr *attr = &event->attr;

	return attr->type == PERF_TYPE_SOFTWARE && (attr->config == PERF_COUNT_SW_CPU_CLOCK ||
						    attr->config == PERF_COUNT_SW_TASK_CLOCK);
}

/* perf's files have other things under that number, too. */
bool wall_is_blocked(const struct perfdata_event *event)
{
	return event->attr.type == PERF_TYPE_SOFTWARE &&
	       event->attr.config == PERF_COUNT_SW_BPF_OUTPUT &&
	       strncmp(event->name, blocked, sizeof blocked - 1) == 0;
}

bool wall_is_time(const struct perfdata_event *event)
{
	return is_clock(event) || wall_is_blocked(event);
}

bool wall_find(struct wall *wall, const struct perfdata *file, const char *path,
	       struct failure *failure)
{
	bool on = false, off = false;

	for (uint32_t i = 0; i < file->nr_events; i++) {
		const struct perfdata_event *event = &file->events[i];

		if (!on && is_clock(event)) {
			on = true;
			wall->on = i;
		}
		if (!off && wall_is_blocked(event)) {
			off = true;
			wall->off = i;
		}
	}
	if (!on || !off)
		failure_set(failure, EXIT_USAGE,
			    "%s: --wall needs the events cpu-clock and offcpu-time: record with "
			    "-e cpu-clock --off-cpu",
			    path);
	return on && off;
}

void wall_join(struct profile *profile, const struct wall *wall)
{
	struct event *on = &profile->events[wall->on];
	const struct event *off = &profile->events[wall->off];

	free(on->name);
	on->name = must_copy(name, sizeof name - 1);
	on->period = on->frequency = 0;
	on->lost += off->lost;
	on->throttled += off->throttled;
	on->coalesced += off->coalesced;
	on->throttles += off->throttles;
	/* Nothing is in its tree and cells. */
	profile_remove_event(profile, wall->off);
}
