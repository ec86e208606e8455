/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of a session. */
#include <string.h>
#include <machperf/task.h>
#include "agent.h"
#include "perf_user.h"

void events_budget(struct agent *agent)
{
	kern_return_t kr;

	if (agent->config.budget == 0)
		return;
	kr = perf_budget(agent->host, (natural_t)agent->config.budget);
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_AGENT, 0, kr,
			   "sampling cannot be held under a budget: error %d", kr);
}

static struct perf_overhead_data overhead(struct agent *agent)
{
	struct perf_overhead_data data;
	perf_bytes_t bytes;
	mach_msg_type_number_t size = sizeof bytes;
	kern_return_t kr = perf_overhead(agent->host, bytes, &size);

	if (kr != KERN_SUCCESS || size < sizeof data)
		agent_fail(agent, PERF_ERROR_AGENT, 0, kr,
			   "the kernel does not tell what profiling costs: error %d", kr);
	memcpy(&data, bytes, sizeof data);
	return data;
}

static void open_one(struct agent *agent, unsigned part, unsigned index)
{
	struct perf_event_attr attr = agent->attrs[index];
	struct perf_frame_event frame = {.index = index};
	mach_port_t target = agent->config.system_scope ? agent->host : agent->workload.task;
	perf_bytes_t bytes;
	kern_return_t kr;

	attr.flags |= PERF_ATTR_DISABLED;
	memcpy(bytes, &attr, sizeof attr);
	kr = perf_event_open(target, agent->host, bytes, sizeof attr,
			     agent->config.per_cpu ? (int)part : -1, agent->rings.buffer,
			     &agent->events[part][index], &frame.id);
	if (kr != KERN_SUCCESS) {
		const char *name = task_error_name(kr);

		agent_fail(agent, PERF_ERROR_EVENT, index, kr,
			   "event %u (type %u, config 0x%lx) was refused: error %d%s%s", index,
			   attr.type, (unsigned long)attr.config, kr, name != NULL ? ", " : "",
			   name != NULL ? name : "");
	}
	if (part == 0)
		output_frame(agent, PERF_FRAME_EVENT, &frame, sizeof frame, NULL, 0);
}

/* Put an event that is open into the group it belongs to. */
static void join_group(struct agent *agent, unsigned part, unsigned index)
{
	unsigned leader = agent->config.leader[index];
	kern_return_t kr;

	if (leader == 0)
		return;
	kr = perf_event_group(agent->events[part][index], agent->events[part][leader - 1]);
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_GROUP, index, kr,
			   "event %u could not be put into the group of event %u: error %d", index,
			   leader - 1, kr);
}

void events_open(struct agent *agent)
{
	agent->nr_parts = agent->config.per_cpu ? agent->info.nr_cpus : 1;
	for (unsigned part = 0; part < agent->nr_parts; part++)
		for (unsigned i = 0; i < agent->nr_attrs; i++) {
			open_one(agent, part, i);
			join_group(agent, part, i);
		}
}

static void enable_one(struct agent *agent, unsigned part, unsigned index)
{
	kern_return_t kr = perf_event_enable(agent->events[part][index]);

	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_EVENT, index, kr,
			   "event %u could not be enabled: error %d", index, kr);
}

/* A leader comes after its members: with it all of them begin at once. */
static void enable_part(struct agent *agent, unsigned part)
{
	for (unsigned i = 0; i < agent->nr_attrs; i++) {
		if (agent->config.leader[i] != 0)
			continue;
		for (unsigned j = i + 1; j < agent->nr_attrs; j++)
			if (agent->config.leader[j] == i + 1)
				enable_one(agent, part, j);
		enable_one(agent, part, i);
	}
}

void events_enable(struct agent *agent)
{
	agent->overhead = overhead(agent);
	for (unsigned part = 0; part < agent->nr_parts; part++)
		enable_part(agent, part);
}

void events_disable(struct agent *agent)
{
	for (unsigned part = 0; part < agent->nr_parts; part++)
		for (unsigned i = 0; i < agent->nr_attrs; i++) {
			kern_return_t kr = perf_event_disable(agent->events[part][i]);

			if (kr != KERN_SUCCESS)
				agent_fail(agent, PERF_ERROR_AGENT, i, kr,
					   "event %u could not be disabled: error %d", i, kr);
		}
}

static void send_stats(struct agent *agent, unsigned part, unsigned index)
{
	struct perf_frame_stats stats = {.index = index, .cpu = part};
	perf_bytes_t bytes;
	mach_msg_type_number_t size = sizeof bytes;
	kern_return_t kr = perf_event_read(agent->events[part][index], bytes, &size);

	if (kr != KERN_SUCCESS || size < sizeof stats.values)
		agent_fail(agent, PERF_ERROR_AGENT, index, kr,
			   "the counts of event %u could not be read: error %d", index, kr);
	memcpy(&stats.values, bytes, sizeof stats.values);
	output_frame(agent, PERF_FRAME_STATS, &stats, sizeof stats, NULL, 0);
}

void events_send_stats(struct agent *agent)
{
	for (unsigned part = 0; part < agent->nr_parts; part++)
		for (unsigned i = 0; i < agent->nr_attrs; i++)
			send_stats(agent, part, i);
}

void events_send_overhead(struct agent *agent)
{
	const struct perf_overhead_data *before = &agent->overhead;
	struct perf_overhead_data spent = overhead(agent);

	spent.nmis -= before->nmis;
	spent.nmi_ns -= before->nmi_ns;
	spent.hooks -= before->hooks;
	spent.hook_ns -= before->hook_ns;
	spent.time -= before->time;
	output_frame(agent, PERF_FRAME_OVERHEAD, &spent, sizeof spent, NULL, 0);
}
