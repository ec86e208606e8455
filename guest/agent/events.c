/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of a session. */
#include <string.h>
#include <machperf/task.h>
#include "agent.h"
#include "perf_user.h"

static void open_one(struct agent *agent, unsigned index)
{
	struct perf_event_attr attr = agent->attrs[index];
	struct perf_frame_event frame = {.index = index};
	mach_port_t target = agent->config.system_scope ? agent->host : agent->workload.task;
	perf_bytes_t bytes;
	kern_return_t kr;

	attr.flags |= PERF_ATTR_DISABLED;
	memcpy(bytes, &attr, sizeof attr);
	kr = perf_event_open(target, agent->host, bytes, sizeof attr, -1, agent->rings.buffer,
			     &agent->events[index], &frame.id);
	if (kr != KERN_SUCCESS) {
		const char *name = task_error_name(kr);

		agent_fail(agent, PERF_ERROR_EVENT, index, kr,
			   "event %u (type %u, config 0x%lx) was refused: error %d%s%s", index,
			   attr.type, (unsigned long)attr.config, kr, name != NULL ? ", " : "",
			   name != NULL ? name : "");
	}
	agent->nr_events++;
	output_frame(agent, PERF_FRAME_EVENT, &frame, sizeof frame, NULL, 0);
}

/* Put an event that is open into the group it belongs to. */
static void join_group(struct agent *agent, unsigned index)
{
	unsigned leader = agent->config.leader[index];
	kern_return_t kr;

	if (leader == 0)
		return;
	kr = perf_event_group(agent->events[index], agent->events[leader - 1]);
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_GROUP, index, kr,
			   "event %u could not be put into the group of event %u: error %d", index,
			   leader - 1, kr);
}

void events_open(struct agent *agent)
{
	for (unsigned i = 0; i < agent->nr_attrs; i++) {
		open_one(agent, i);
		join_group(agent, i);
	}
}

static void enable_one(struct agent *agent, unsigned index)
{
	kern_return_t kr = perf_event_enable(agent->events[index]);

	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_EVENT, index, kr,
			   "event %u could not be enabled: error %d", index, kr);
}

/* A leader comes after its members: with it all of them begin at once. */
void events_enable(struct agent *agent)
{
	for (unsigned i = 0; i < agent->nr_events; i++) {
		if (agent->config.leader[i] != 0)
			continue;
		for (unsigned j = i + 1; j < agent->nr_events; j++)
			if (agent->config.leader[j] == i + 1)
				enable_one(agent, j);
		enable_one(agent, i);
	}
}

void events_disable(struct agent *agent)
{
	for (unsigned i = 0; i < agent->nr_events; i++) {
		kern_return_t kr = perf_event_disable(agent->events[i]);

		if (kr != KERN_SUCCESS)
			agent_fail(agent, PERF_ERROR_AGENT, i, kr,
				   "event %u could not be disabled: error %d", i, kr);
	}
}

void events_send_stats(struct agent *agent)
{
	for (unsigned i = 0; i < agent->nr_events; i++) {
		struct perf_frame_stats stats = {.index = i};
		perf_bytes_t bytes;
		mach_msg_type_number_t size = sizeof bytes;
		kern_return_t kr = perf_event_read(agent->events[i], bytes, &size);

		if (kr != KERN_SUCCESS || size < sizeof stats.values)
			agent_fail(agent, PERF_ERROR_AGENT, i, kr,
				   "the counts of event %u could not be read: error %d", i, kr);
		memcpy(&stats.values, bytes, sizeof stats.values);
		output_frame(agent, PERF_FRAME_STATS, &stats, sizeof stats, NULL, 0);
	}
}
