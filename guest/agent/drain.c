/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rings: what the kernel wrote goes to the host straight from where it
 * stands, by its physical address.
 */
#include <machperf/task.h>
#include "agent.h"
#include "perf_user.h"

void rings_open(struct agent *agent)
{
	struct rings *rings = &agent->rings;
	vm_size_t size;
	rpc_phys_addr_t physical = 0;
	unsigned cpu;
	kern_return_t kr;

	kr = perf_buffer_create(agent->host, agent->config.ring_size, agent->config.watermark,
				&rings->buffer);
	if (kr == KERN_SUCCESS)
		kr = perf_buffer_map(rings->buffer, mach_task_self(), &rings->address, &size);
	for (cpu = 0; kr == KERN_SUCCESS && cpu < agent->info.nr_cpus; cpu++) {
		kr = perf_buffer_phys(rings->buffer, agent->host, cpu, &physical);
		rings->physical[cpu] = physical;
	}
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_AGENT, 0, kr,
			   "no rings of %lu bytes could be had: error %d",
			   (unsigned long)agent->config.ring_size, kr);
}

static struct perf_ring_page *ring_page(const struct rings *rings, uint64_t offset)
{
	return (struct perf_ring_page *)(rings->address + (vm_offset_t)offset);
}

static void drain_one(struct agent *agent, unsigned cpu, uint64_t offset)
{
	struct perf_ring_page *page = ring_page(&agent->rings, offset);
	uint64_t data = agent->rings.physical[cpu] + page->data_offset;
	/* Pairs with the kernel's release of data_head: the records up to it
	   are whole. */
	uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = page->data_tail;
	uint64_t from = tail & (page->data_size - 1);
	uint64_t size = head - tail;
	uint64_t first = page->data_size - from;

	if (size == 0)
		return;
	if (first > size)
		first = size;
	output_data(agent, cpu,
		    (struct physical_range[2]){{data + from, (uint32_t)first},
					       {data, (uint32_t)(size - first)}});
	/* The kernel may write over them from here on: pairs with its
	   acquire of data_tail. */
	__atomic_store_n(&page->data_tail, head, __ATOMIC_RELEASE);
}

void rings_drain(struct agent *agent)
{
	uint64_t stride = ring_page(&agent->rings, 0)->stride;

	for (unsigned cpu = 0; cpu < agent->info.nr_cpus; cpu++)
		drain_one(agent, cpu, cpu * stride);
}
