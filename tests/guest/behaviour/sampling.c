/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything sampled while the other tests run, by a task of its own that
   takes the records; on grafted kernels only. */
#include <machperf/task.h>
#include "../harness.h"
#include "mach_user.h"
#include "mach_port_user.h"
#include "perf_user.h"

#define PERIOD	    10000
#define BUFFER_NAME 0x5a5a /* of the buffer's port in the recorder */

static mach_port_t event;
static struct ring ring;

/* The recorder: throws away what comes. */
static void records(void *argument)
{
	struct ring *mine = argument;
	natural_t reason;
	vm_address_t address;
	vm_size_t size;

	if (perf_buffer_map(BUFFER_NAME, mach_task_self(), &address, &size) != KERN_SUCCESS)
		thread_end();
	mine->page = (struct perf_ring_page *)address;
	while (perf_buffer_wait(BUFFER_NAME, 0, &reason) == KERN_SUCCESS)
		for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
			struct perf_ring_page *page = ring_page(mine, cpu);

			page->data_tail = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
		}
	thread_end();
}

/* From here on. */
void test_sampling(void)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, PERIOD,
		      PERF_ATTR_COMM | PERF_ATTR_TASK | PERF_ATTR_MMAP2 | PERF_ATTR_SAMPLE_ID_ALL);
	thread_t thread;
	task_t task;

	attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	ring = ring_make(1 << 16, 0);
	task = child_make(records, &ring, &thread);
	must(mach_port_insert_right(task, BUFFER_NAME, ring.buffer, MACH_MSG_TYPE_COPY_SEND),
	     "the recorder's right");
	event = event_must_open(host_priv, &attr, ring.buffer);
	task_resume(task);
	drop(thread);
	drop(task);
}

/* Until here. */
void test_sampled(void)
{
	struct perf_event_values values;

	perf_event_disable(event);
	values = event_values(event);
	check(values.samples > 500, "%lu samples every %u instructions, %lu lost",
	      (unsigned long)values.samples, PERIOD, (unsigned long)values.lost);
	check(values.samples + values.lost + values.throttled + values.coalesced <=
		      values.value / PERIOD &&
		  values.samples + values.lost + values.throttled + values.coalesced + nr_cpus >
		      values.value / PERIOD,
	      "of %lu instructions", (unsigned long)values.value);
	check(ring_page(&ring, 0)->data_tail > 65536, "its ring was emptied");
}
