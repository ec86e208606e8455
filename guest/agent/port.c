/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of <mach/perf_stream.h> through the emulator's synchronous port. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mach/thread_switch.h>
#include <machperf/emulator.h>
#include <machperf/task.h>
#include "agent.h"
#include "gnumach_user.h"

#define BUFFER_SIZE (OUTPUT_FRAME_MAX + TASK_PAGE_SIZE)

void output_open(struct agent *agent)
{
	struct output *output = &agent->output;
	rpc_phys_addr_t physical;
	kern_return_t kr;

	if (emulator_open(agent->device) != KERN_SUCCESS) {
		printf("machperf agent: this machine has no machperf-port device: start it with "
		       "perfrec\n");
		exit(PERF_ERROR_AGENT);
	}
	/* The limit is one of the kernel's memory segments: it accepts no other. */
	kr = vm_allocate_contiguous(agent->host, mach_task_self(), &output->buffer, &physical,
				    BUFFER_SIZE, 0, 0x100000000UL, TASK_PAGE_SIZE);
	if (kr != KERN_SUCCESS) {
		printf("machperf agent: no memory for frames (error %d)\n", kr);
		emulator_exit(PERF_ERROR_AGENT);
	}
	output->physical = physical;
	output->lock = 1;
}

void output_lock(struct agent *agent)
{
	while (__atomic_exchange_n(&agent->output.lock, 1, __ATOMIC_ACQUIRE) != 0)
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_DEPRESS, 1);
}

void output_unlock(struct agent *agent)
{
	__atomic_store_n(&agent->output.lock, 0, __ATOMIC_RELEASE);
}

static void send(uint64_t physical, uint32_t size)
{
	int error = size > 0 ? emulator_write(physical, size) : 0;

	if (error != 0) {
		printf("machperf agent: the host takes no more data (its error %d)\n", error);
		emulator_exit(PERF_ERROR_OUTPUT);
	}
}

void output_frame(struct agent *agent, unsigned type, const void *part1, size_t size1,
		  const void *part2, size_t size2)
{
	struct output *output = &agent->output;
	char *at = (char *)output->buffer;
	struct perf_frame head = {
	    .magic = PERF_FRAME_MAGIC,
	    .type = (uint16_t)type,
	    .length = size1 + size2,
	};

	memcpy(at, &head, sizeof head);
	memcpy(at + sizeof head, part1, size1);
	memcpy(at + sizeof head + size1, part2, size2);
	send(output->physical, (uint32_t)(sizeof head + size1 + size2));
}

void output_data(struct agent *agent, unsigned cpu, const struct physical_range ranges[2])
{
	struct output *output = &agent->output;
	struct perf_frame head = {
	    .magic = PERF_FRAME_MAGIC,
	    .type = PERF_FRAME_DATA,
	    .cpu = (uint16_t)cpu,
	    .length = (uint64_t)ranges[0].size + ranges[1].size,
	};

	memcpy((void *)output->buffer, &head, sizeof head);
	send(output->physical, sizeof head);
	send(ranges[0].address, ranges[0].size);
	send(ranges[1].address, ranges[1].size);
}

void agent_fail(struct agent *agent, unsigned code, unsigned index, kern_return_t kr,
		const char *format, ...)
{
	struct perf_frame_error error = {.code = code, .index = index, .kern_return = kr};
	char text[256];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (length >= (int)sizeof text)
		length = sizeof text - 1;
	printf("machperf agent: %s\n", text);
	output_frame(agent, PERF_FRAME_ERROR, &error, sizeof error, text, (size_t)length);
	emulator_exit((int)code);
}
