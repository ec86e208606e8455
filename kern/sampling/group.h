/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of events that are on a PMU together or not at all. */
#ifndef _KERN_SAMPLING_GROUP_H_
#define _KERN_SAMPLING_GROUP_H_

#include <kern/sampling/event.h>

/* Put event into leader's group: on the PMU together or not at all, and only
   while the leader is enabled.
   KERN_INVALID_ARGUMENT: one of them is closed, event is in a group already,
   leader is no leader, or they do not have the same targets and inheritance;
   KERN_RESOURCE_SHORTAGE: the PMU could never count all of them at once. */
kern_return_t perf_event_group (struct perf_event *event,
				struct perf_event *leader);

/* Take event out of its group; when it is the leader the group ends, and each
   member goes on by itself.  As pmu_call (). */
void perf_event_ungroup (struct perf_event *event);

#endif /* _KERN_SAMPLING_GROUP_H_ */
