/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events read every so often, while the workload runs. */
#include <mach/thread_switch.h>
#include <machperf/task.h>
#include "agent.h"
#include "mach_user.h"

#define STACK_SIZE 65536

static uint64_t began; /* of the time stamp counter; set before the thread is */

/* Nanoseconds since then. */
static uint64_t elapsed(const struct agent *agent)
{
	return (__builtin_ia32_rdtsc() - began) * 1000000 / agent->info.tsc_khz;
}

static void send(struct agent *agent)
{
	struct perf_frame_interval frame = {.time = elapsed(agent)};

	output_frame(agent, PERF_FRAME_INTERVAL, &frame, sizeof frame, NULL, 0);
	events_send_stats(agent);
}

static void read_often(void *argument)
{
	struct agent *agent = argument;
	const uint64_t interval = agent->config.interval * 1000000;
	uint64_t next = interval, now;

	for (;;) {
		/* The kernel wakes at a tick of its clock, so now and then early. */
		while ((now = elapsed(agent)) < next)
			thread_switch(MACH_PORT_NULL, SWITCH_OPTION_WAIT,
				      (mach_msg_timeout_t)((next - now) / 1000000 + 1));
		output_lock(agent);
		send(agent);
		output_unlock(agent);
		/* One that was missed does not come twice. */
		next += (now - next) / interval * interval + interval;
	}
}

void interval_start(struct agent *agent)
{
	thread_t thread;
	kern_return_t kr;

	if (agent->config.interval == 0)
		return;
	if (agent->info.tsc_khz == 0)
		agent_fail(agent, PERF_ERROR_AGENT, 0, 0,
			   "the kernel does not know the rate of its time stamp counter");
	began = __builtin_ia32_rdtsc();
	kr = task_thread_start(read_often, agent, STACK_SIZE, &thread);
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_AGENT, 0, kr, "no thread for intervals: error %d", kr);
}

void interval_end(struct agent *agent)
{
	if (agent->config.interval != 0)
		send(agent);
}
