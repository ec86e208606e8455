/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session from beginning to end; <mach/perf_stream.h> says what the host
 * gives and gets.  Arguments: ${host-port} ${device-port}.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mach/host_info.h>
#include <mach/mig_errors.h>
#include <machperf/emulator.h>
#include <machperf/task.h>
#include "agent.h"
#include "mach_host_user.h"
#include "mach_user.h"
#include "perf_user.h"

static struct archive_file find(struct agent *agent, const struct archive *archive,
				const char *name)
{
	struct archive_file file;
	const char *wrong = archive_find(archive, name, &file);

	if (wrong != NULL)
		agent_fail(agent, PERF_ERROR_CONFIG, 0, 0, "the session's archive: %s", wrong);
	return file;
}

static void read_config(struct agent *agent, const struct archive *archive)
{
	struct archive_file file = find(agent, archive, "config");
	struct config_error error;

	if (file.bytes == NULL)
		agent_fail(agent, PERF_ERROR_CONFIG, 0, 0, "the session's archive has no config");
	error = config_parse((char *)file.bytes, file.size, &agent->config);
	if (error.what != NULL && error.line != 0)
		agent_fail(agent, PERF_ERROR_CONFIG, 0, 0, "config, line %u: %s", error.line,
			   error.what);
	if (error.what != NULL)
		agent_fail(agent, PERF_ERROR_CONFIG, 0, 0, "config: %s", error.what);
}

static void read_attrs(struct agent *agent, const struct archive *archive)
{
	struct archive_file file = find(agent, archive, "attrs");
	struct perf_event_attr *attrs;

	if (file.size == 0 || file.size % sizeof *attrs != 0 ||
	    file.size / sizeof *attrs > AGENT_MAX_EVENTS)
		agent_fail(agent, PERF_ERROR_CONFIG, 0, 0,
			   "attrs: %zu bytes are not 1 to %d event attributes", file.size,
			   AGENT_MAX_EVENTS);
	attrs = malloc(file.size);
	if (attrs == NULL)
		agent_fail(agent, PERF_ERROR_AGENT, 0, 0, "out of memory");
	memcpy(attrs, file.bytes, file.size);
	agent->attrs = attrs;
	agent->nr_attrs = (unsigned)(file.size / sizeof *attrs);
}

/* Ask the kernel for its perf interface. */
static void probe(struct agent *agent)
{
	perf_bytes_t bytes;
	mach_msg_type_number_t size = sizeof bytes;
	kern_return_t kr = perf_info(agent->host, bytes, &size);

	if (kr == MIG_BAD_ID)
		agent_fail(agent, PERF_ERROR_NO_INTERFACE, 0, kr,
			   "this kernel has no perf interface");
	if (kr != KERN_SUCCESS || size < sizeof agent->info)
		agent_fail(agent, PERF_ERROR_AGENT, 0, kr,
			   "the kernel does not describe its perf interface: error %d", kr);
	memcpy(&agent->info, bytes, sizeof agent->info);
	if (agent->info.nr_cpus > AGENT_MAX_CPUS)
		agent_fail(agent, PERF_ERROR_AGENT, 0, 0,
			   "the kernel has %u processors, more than the %d we are made for",
			   agent->info.nr_cpus, AGENT_MAX_CPUS);
	if (agent->info.abi_version != PERF_ABI_VERSION)
		agent_fail(agent, PERF_ERROR_NO_INTERFACE, 0, 0,
			   "the kernel's perf interface has version %u, not %u",
			   agent->info.abi_version, PERF_ABI_VERSION);
}

static void hello(struct agent *agent)
{
	struct perf_frame_hello frame = {.version = PERF_STREAM_VERSION, .info = agent->info};
	host_basic_info_data_t basic;
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;

	if (host_info(mach_host_self(), HOST_BASIC_INFO, (host_info_t)&basic, &count) ==
	    KERN_SUCCESS)
		frame.memory = basic.memory_size;
	output_frame(agent, PERF_FRAME_HELLO, &frame, sizeof frame, NULL, 0);
}

static void prepare_workload(struct agent *agent, const struct archive *archive,
			     struct elf_image *image)
{
	struct archive_file file = find(agent, archive, "workload");
	const char *wrong;
	kern_return_t kr;

	if (file.bytes == NULL)
		agent_fail(agent, PERF_ERROR_CONFIG, 0, 0, "the session's archive has no workload");
	wrong =
	    elf_parse(file.bytes, file.size, WORKLOAD_MACHINE, WORKLOAD_LOW, WORKLOAD_HIGH, image);
	if (wrong != NULL)
		agent_fail(agent, PERF_ERROR_WORKLOAD, 0, 0, "%s: %s", agent->config.workload,
			   wrong);
	kr = workload_create(agent);
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_WORKLOAD, 0, kr, "no task for %s: error %d",
			   agent->config.workload, kr);
	serve_attach(agent);
}

/* Open everything and let the workload go. */
static void start(struct agent *agent, const struct archive *archive)
{
	static struct elf_image image;
	bool has_workload = agent->config.workload != NULL;
	kern_return_t kr;

	serve_start(agent);
	if (has_workload)
		prepare_workload(agent, archive, &image);
	rings_open(agent);
	events_budget(agent);
	events_open(agent);
	if (has_workload)
		workload_load(agent, &image);
	/* Another phase of the clock's tick, if asked for. */
	for (uint64_t loops = agent->config.delay; loops != 0; loops--)
		__asm__ volatile("");
	/* As late as can be: what the agent did so far is forgotten. */
	kr = perf_pmu_reset(agent->host);
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_AGENT, 0, kr, "the PMU cannot be reset: error %d", kr);
	events_enable(agent);
	interval_start(agent);
	if (has_workload) {
		kr = task_resume(agent->workload.task);
		if (kr != KERN_SUCCESS)
			agent_fail(agent, PERF_ERROR_WORKLOAD, 0, kr,
				   "%s could not be resumed: error %d", agent->config.workload, kr);
	}
}

void agent_finish(struct agent *agent)
{
	output_lock(agent);
	events_disable(agent);
	events_send_overhead(agent);
	rings_drain(agent);
	interval_end(agent);
	events_send_stats(agent);
	if (agent->workload.task != MACH_PORT_NULL)
		output_frame(agent, PERF_FRAME_EXIT, &agent->workload.exit,
			     sizeof agent->workload.exit, NULL, 0);
	output_frame(agent, PERF_FRAME_END, NULL, 0, NULL, 0);
	emulator_exit(0);
}

/* Drain the rings when they fill, until the events have nothing to count. */
static _Noreturn void record(struct agent *agent)
{
	natural_t reason = 0;

	while ((reason & PERF_WAIT_HANGUP) == 0) {
		kern_return_t kr = perf_buffer_wait(agent->rings.buffer, 0, &reason);

		output_lock(agent);
		if (kr != KERN_SUCCESS)
			agent_fail(agent, PERF_ERROR_AGENT, 0, kr,
				   "waiting for records failed: error %d", kr);
		rings_drain(agent);
		output_unlock(agent);
	}
	serve_sync(agent);
	agent_finish(agent);
}

int main(int argc, char **argv)
{
	static struct agent agent;
	struct archive archive;
	kern_return_t kr;

	agent.host = argc > 1 ? task_port_argument(argv[1]) : MACH_PORT_NULL;
	agent.device = argc > 2 ? task_port_argument(argv[2]) : MACH_PORT_NULL;
	if (agent.host == MACH_PORT_NULL || agent.device == MACH_PORT_NULL) {
		printf("machperf agent: usage: agent ${host-port} ${device-port}\n");
		return PERF_ERROR_AGENT;
	}
	output_open(&agent);
	kr = disk_read(agent.device, &archive);
	if (kr != KERN_SUCCESS)
		agent_fail(&agent, PERF_ERROR_CONFIG, 0, kr,
			   "the session's archive (RAM disk rd0) cannot be read: error %d", kr);
	read_config(&agent, &archive);
	read_attrs(&agent, &archive);
	probe(&agent);
	hello(&agent);
	processors_gather(&agent);
	start(&agent, &archive);
	output_unlock(&agent);
	record(&agent);
}
