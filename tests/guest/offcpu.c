/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Context switches told, and the time that threads are blocked. */
#include <machperf/traps.h>
#include "harness.h"
#include "perf_user.h"

#define SLEEPS	 20
#define SLEEP_MS 50

static uint64_t record[8192];
static const struct sample *const sample = (const void *)record;

static volatile bool stop;

/* Somebody to switch to. */
static void spinner(void *argument)
{
	while (!stop)
		burn(1000);
	thread_end();
}

__attribute__((noinline)) static void sleep_often(void)
{
	for (unsigned i = 0; i < SLEEPS; i++)
		sleep_ms(SLEEP_MS);
}

/* Each sleep is a sample of as many nanoseconds, with the stack that went to
   sleep. */
void test_off_cpu(void)
{
	struct perf_event_attr attr = attr_make(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_BPF_OUTPUT, 1, 0);
	struct ring ring = ring_make(1 << 16, 0);
	struct perf_event_values values;
	uint64_t samples = 0, sum = 0, asleep = 0, kernel = 0, user = 0;
	mach_port_t event;

	attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	event = event_must_open(mach_thread_self(), &attr, ring.buffer);
	sleep_often();
	check_kr(perf_event_disable(event), KERN_SUCCESS, "disabled");
	values = event_values(event);
	while (ring_next(&ring, record)) {
		bool in_user = false;

		if (sample->header.type != PERF_RECORD_SAMPLE)
			continue;
		samples++;
		sum += sample->period;
		/* A badly calibrated APIC has the kernel's clock run twice as fast. */
		asleep += sample->period > (SLEEP_MS / 2 - 5) * 1000000UL &&
			  sample->period < (SLEEP_MS + 50) * 1000000UL;
		kernel += sample->nr > 2 && sample->ips[0] == PERF_CONTEXT_KERNEL &&
			  sample->ips[1] == sample->ip;
		for (uint64_t i = 0; i < sample->nr; i++)
			in_user |= sample->ips[i] - (uintptr_t)sleep_often < 128;
		user += in_user;
	}
	check(samples == values.samples && values.lost == 0, "%lu samples, %lu told",
	      (unsigned long)samples, (unsigned long)values.samples);
	check(sum == values.value, "%lu ns in them, %lu counted", (unsigned long)sum,
	      (unsigned long)values.value);
	check(asleep == SLEEPS, "%lu as long as a sleep", (unsigned long)asleep);
	check(kernel == samples && user >= SLEEPS, "%lu with kernel frames, %lu with the sleeper",
	      (unsigned long)kernel, (unsigned long)user);
	drop(event);
	ring_drop(&ring);
}

/* SWITCH records of a thread come out and in by turns. */
void test_switch_records(void)
{
	struct perf_event_attr attr = attr_make(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY, 0,
						PERF_ATTR_CONTEXT_SWITCH | PERF_ATTR_SAMPLE_ID_ALL);
	struct ring ring = ring_make(1 << 16, 0);
	thread_t other = thread_start(spinner, NULL);
	uint64_t out = 0, in = 0, preempted = 0, wrong = 0;
	mach_port_t event = event_must_open(mach_thread_self(), &attr, ring.buffer);

	sleep_often();
	burn(200000000); /* the other wants its turns */
	drop(event);
	stop = true;
	while (ring_next(&ring, record)) {
		const struct perf_event_header *header = (const void *)record;

		if (header->type != PERF_RECORD_SWITCH)
			continue;
		if (header->misc & PERF_RECORD_MISC_SWITCH_OUT) {
			wrong += out != in;
			out++;
			preempted += (header->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT) != 0;
		} else {
			in++;
			wrong += out != in;
		}
	}
	check(out >= SLEEPS && in + 1 >= out && wrong == 0, "%lu out, %lu in, by turns: %lu not",
	      (unsigned long)out, (unsigned long)in, (unsigned long)wrong);
	check(preempted >= 1 && out - preempted >= SLEEPS, "%lu of them preempted",
	      (unsigned long)preempted);
	drop(other);
	ring_drop(&ring);
}
