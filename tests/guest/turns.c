/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A period that is wider than its counter: the counter's turns are told apart
   from samples, and none is missing. */
#include <stdio.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

#define CYCLES 0x003c /* on a general counter, which starts at 2^31 at most */
#define PERIOD ((1UL << 31) + 1000)

#define LINE  64
#define LINES 65536 /* four times the last-level cache, so each access misses */

static uint64_t record[64];
static const struct sample *const sample = (const void *)record;

/* Load each line once: some 160 cycles each. */
static void load_all(const volatile char *memory)
{
	for (unsigned i = 0; i < LINES; i++)
		(void)memory[i * LINE];
}

void test_turns(void)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_RAW, CYCLES, PERIOD, PERF_ATTR_EXCLUDE_KERNEL);
	struct perf_event_attr other =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 0, PERF_ATTR_EXCLUDE_KERNEL);
	struct ring ring = ring_make(1 << 16, 0);
	mach_port_t fixed = event_must_open(mach_task_self(), &other, MACH_PORT_NULL);
	mach_port_t event = event_must_open(mach_task_self(), &attr, ring.buffer);
	struct perf_event_values values;
	vm_address_t memory = 0;
	unsigned samples = 0;

	vm_allocate(mach_task_self(), &memory, LINES * LINE, 1);

	/* The fixed counter of cycles, which is wider, is taken. */
	while (event_values(event).value < PERIOD + PERIOD / 100)
		load_all((const volatile char *)memory);
	perf_event_disable(event);
	while (ring_next(&ring, record))
		if (sample->header.type == PERF_RECORD_SAMPLE) {
			check(sample->period == PERIOD, "the sample's period is %lu",
			      (unsigned long)sample->period);
			samples++;
		}
	values = event_values(event);
	check(samples == 1 && values.samples == 1, "%u sample of %lu cycles", samples,
	      (unsigned long)values.value);
	check(values.coalesced == 1, "%lu turn before it", (unsigned long)values.coalesced);
	check(values.lost == 0 && values.throttled == 0, "and no other loss");
	printf("overflows %lu\n", (unsigned long)(values.samples + values.coalesced));
	drop(event);
	drop(fixed);
	ring_drop(&ring);
	vm_deallocate(mach_task_self(), memory, LINES * LINE);
}
