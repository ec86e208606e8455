/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Callchains of kernel code whose depth is known. */
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"
#include "perf_test_user.h"

#define PERIOD	   10007
#define ITERATIONS 5000000UL
#define SAMPLES	   (2 * ITERATIONS / PERIOD)

static uint64_t record[8192];
static const struct sample *const sample = (const void *)record;

/* How often site stands in the chain, one behind the other. */
static unsigned returns_to(uint64_t site)
{
	unsigned all = 0, together = 0;

	for (uint64_t i = 0; i < sample->nr; i++) {
		all += sample->ips[i] == site;
		together += i > 0 && sample->ips[i] == site && sample->ips[i - 1] == site;
	}
	return all == together + 1 ? all : 0;
}

/* Samples below DEPTH calls have that many in their chains, the loop before and
   the way from the system call behind them. */
static void chains_at(unsigned depth)
{
	struct perf_event_attr attr = attr_make(
	    PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, PERIOD,
	    PERF_ATTR_DISABLED | PERF_ATTR_EXCLUDE_USER | PERF_ATTR_EXCLUDE_CALLCHAIN_USER);
	struct ring ring = ring_make(1 << 20, 0);
	uint64_t start, end, site, inside = 0, good = 0, frames = 0;
	mach_port_t event;

	attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	event = event_must_open(mach_task_self(), &attr, ring.buffer);
	perf_event_enable(event);
	check_kr(perf_test_recurse(host_priv, depth, ITERATIONS, &start, &end, &site), KERN_SUCCESS,
		 "a loop below so many calls");
	perf_event_disable(event);
	while (ring_next(&ring, record)) {
		if (sample->header.type != PERF_RECORD_SAMPLE || sample->ip < start ||
		    sample->ip >= end)
			continue;
		inside++;
		frames += sample->nr - 1; /* the first word says whose they are */
		good += sample->ips[0] == PERF_CONTEXT_KERNEL && sample->ips[1] == sample->ip &&
			returns_to(site) == depth;
	}
	check(event_values(event).lost == 0, "nothing is lost");
	check(inside * 100 >= SAMPLES * 99 && good == inside,
	      "%lu samples below %u calls, %lu of them with so many", (unsigned long)inside, depth,
	      (unsigned long)good);
	/* For tests/bench/sample_cost.py. */
	check(frames == inside * (frames / inside) && frames / inside > depth + 3,
	      "%lu frames in each", (unsigned long)(frames / inside));
	drop(event);
	ring_drop(&ring);
}

void test_kernel_chains(void)
{
	for (unsigned depth = 1; depth <= 32; depth += 31)
		chains_at(depth);
}

void test_kernel_chain_8(void)
{
	chains_at(8);
}

void test_kernel_chain_24(void)
{
	chains_at(24);
}
