/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code that runs with interrupts off gets its true share of the samples. */
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"
#include "perf_test_user.h"

#define PERIOD	   10007 /* the few instructions of an NMI that count are noise then */
#define ITERATIONS 10000000UL

static uint64_t record[8192];

void cli_loop_share(uint32_t type, uint64_t config, uint64_t period, unsigned weight)
{
	struct perf_event_attr attr = attr_make(type, config, period, PERF_ATTR_DISABLED);
	struct ring ring = ring_make(1 << 20, 0);
	mach_port_t event = event_must_open(mach_task_self(), &attr, ring.buffer);
	const struct sample *sample = (const void *)record;
	uint64_t start, end, inside = 0, all = 0, expected = 2 * ITERATIONS * weight / period;

	perf_event_enable(event);
	check_kr(perf_test_loop(host_priv, ITERATIONS, &start, &end), KERN_SUCCESS,
		 "a loop of 20000000 instructions under cli");
	perf_event_disable(event);
	while (ring_next(&ring, record)) {
		all += sample->header.type == PERF_RECORD_SAMPLE;
		inside += sample->header.type == PERF_RECORD_SAMPLE && sample->ip >= start &&
			  sample->ip < end;
	}
	check(event_values(event).lost == 0, "nothing is lost");
	check(inside * 100 >= expected * 99 && inside * 100 <= expected * 101,
	      "%lu of %lu samples in the loop, its true share is %lu", (unsigned long)inside,
	      (unsigned long)all, (unsigned long)expected);
	drop(event);
	ring_drop(&ring);
}

void test_cli_loop(void)
{
	cli_loop_share(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, PERIOD, 1);
}
