/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The throttle: sampling stays within its budget, and what it withheld is
   counted and told. */
#include <stdio.h>
#include <string.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

/* burn() takes two instructions at a time. */
#define PERIOD 1000 /* dear: a sample takes a third as many instructions */

static uint64_t record[8192];
static const struct sample *const sample = (const void *)record;

/* What the emulator must have seen of the events that were closed. */
static uint64_t overflows;

static struct perf_overhead_data overhead(void)
{
	struct perf_overhead_data data = {0};
	perf_bytes_t bytes;
	mach_msg_type_number_t size = sizeof bytes;

	must(perf_overhead(host_priv, bytes, &size), "perf_overhead");
	memcpy(&data, bytes, sizeof data);
	return data;
}

/* THROTTLE or UNTHROTTLE. */
struct throttle_record {
	struct perf_event_header header;
	uint64_t time, id, stream_id;
};

/* What a ring told of one event. */
struct story {
	uint64_t samples, throttles, releases;
	uint64_t last; /* when the event's counter last did anything */
	bool held, sane;
};

static void hear(struct story *story, uint64_t id)
{
	const struct throttle_record *told = (const void *)record;

	switch (sample->header.type) {
	case PERF_RECORD_SAMPLE:
		if (sample->id != id)
			return;
		story->samples++;
		story->sane &= !story->held && sample->time >= story->last;
		story->last = sample->time;
		return;
	case PERF_RECORD_THROTTLE:
	case PERF_RECORD_UNTHROTTLE:
		if (told->id != id)
			return;
		story->sane &= story->held == (sample->header.type == PERF_RECORD_UNTHROTTLE) &&
			       told->stream_id == id && told->time >= story->last;
		story->last = told->time;
		story->held = !story->held;
		if (story->held)
			story->throttles++;
		else
			story->releases++;
		return;
	}
	story->sane = false;
}

/* Close EVENT and hold what it says against the STORY of its ring. */
static void conclude(mach_port_t event, const struct story *story, uint64_t period,
		     const char *what)
{
	struct perf_event_values values = event_values(event);
	uint64_t dropped = values.throttled - values.held;

	check(values.samples + values.lost + values.throttled == values.value / period &&
		  values.lost == 0 && values.coalesced == 0,
	      "%s: %lu events are %lu samples, %lu throttled, %lu lost", what,
	      (unsigned long)values.value, (unsigned long)values.samples,
	      (unsigned long)values.throttled, (unsigned long)values.lost);
	check(values.samples == story->samples && dropped == story->throttles,
	      "%s: the ring has %lu samples of %lu and %lu throttles of %lu", what,
	      (unsigned long)story->samples, (unsigned long)values.samples,
	      (unsigned long)story->throttles, (unsigned long)dropped);
	check(story->sane && story->throttles - story->releases <= 1,
	      "%s: samples stand between releases and throttles", what);
	overflows += values.samples + dropped;
	drop(event);
}

static mach_port_t sampling(uint64_t config, struct ring *ring, uint64_t *id)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, config, PERIOD,
		      PERF_ATTR_EXCLUDE_KERNEL | PERF_ATTR_DISABLED | PERF_ATTR_SAMPLE_ID_ALL);
	mach_port_t event = MACH_PORT_NULL;

	must(event_open(mach_thread_self(), host_priv, &attr, ring->buffer, &event, id),
	     "an event");
	return event;
}

/* Two events for a while of this thread under a budget of PERCENT; how many
   samples of the first that gave. */
static uint64_t within(unsigned percent)
{
	static const uint64_t configs[] = {PERF_COUNT_HW_INSTRUCTIONS,
					   PERF_COUNT_HW_BRANCH_INSTRUCTIONS};
	struct ring ring = ring_make(1 << 21, 0);
	struct perf_overhead_data before, after;
	struct story stories[2] = {{.sane = true}, {.sane = true}};
	mach_port_t events[2];
	uint64_t ids[2], spent, time, throttles, enough = percent == 100 ? 200000000 : 500000000;
	unsigned i;

	check_kr(perf_budget(host_priv, percent), KERN_SUCCESS, "perf_budget");
	burn(5000000); /* from the next tick on */
	for (i = 0; i < 2; i++)
		events[i] = sampling(configs[i], &ring, &ids[i]);
	before = overhead();
	for (i = 0; i < 2; i++)
		perf_event_enable(events[i]);
	do {
		burn(1000000);
		after = overhead();
	} while (after.time - before.time < enough);
	for (i = 0; i < 2; i++)
		perf_event_disable(events[i]);
	after = overhead();
	while (ring_next(&ring, record))
		for (i = 0; i < 2; i++) {
			if (sample->header.type == PERF_RECORD_SAMPLE && sample->id != ids[i])
				continue;
			hear(&stories[i], ids[i]);
		}
	for (i = 0; i < 2; i++)
		conclude(events[i], &stories[i], PERIOD, i == 0 ? "instructions" : "branches");
	ring_drop(&ring);

	spent = after.nmi_ns - before.nmi_ns;
	time = after.time - before.time;
	throttles = stories[0].throttles + stories[1].throttles;
	check(after.budget == percent && after.nr_cpus == nr_cpus && after.hooks > before.hooks &&
		  after.hook_ns > before.hook_ns,
	      "%u %%: %lu interrupts of %lu ns, %lu hooks of %lu ns", percent,
	      (unsigned long)(after.nmis - before.nmis),
	      (unsigned long)(spent / (after.nmis - before.nmis)),
	      (unsigned long)(after.hooks - before.hooks),
	      (unsigned long)((after.hook_ns - before.hook_ns) / (after.hooks - before.hooks)));
	if (percent == 100)
		check(throttles == 0, "no budget, and no throttle");
	else
		/* The first tick has a whole budget, the last may be a part. */
		check(throttles > 10 && spent * 100 <= time * percent * 21 / 20 &&
			  spent * 100 >= time * percent * 3 / 4,
		      "a budget of %u %%: %lu.%02lu %% were spent, %lu throttles", percent,
		      (unsigned long)(spent * 100 / time),
		      (unsigned long)(spent * 10000 / time % 100), (unsigned long)throttles);
	return stories[0].samples;
}

/* A thread that never runs for a whole tick is sampled all the same. */
static void test_short_runs(void)
{
	struct ring ring = ring_make(1 << 20, 0);
	struct story story = {.sane = true};
	uint64_t id, half = 0;
	mach_port_t event = sampling(PERF_COUNT_HW_INSTRUCTIONS, &ring, &id);

	check_kr(perf_budget(host_priv, 1), KERN_SUCCESS, "perf_budget");
	perf_event_enable(event);
	for (unsigned i = 0; i < 40; i++) {
		burn(400000);
		sleep_ms(20);
		while (ring_next(&ring, record))
			hear(&story, id);
		if (i == 20)
			half = story.samples;
	}
	perf_event_disable(event);
	while (ring_next(&ring, record))
		hear(&story, id);
	check(story.throttles > 10 && half > 10 && story.samples > half + 10,
	      "short runs: %lu throttles, %lu samples, %lu of them early",
	      (unsigned long)story.throttles, (unsigned long)story.samples, (unsigned long)half);
	conclude(event, &story, PERIOD, "short runs");
	ring_drop(&ring);
}

/* A counter that is held is reset, and given another period. */
static void test_changes(void)
{
	struct ring ring = ring_make(1 << 20, 0);
	struct story story = {.sane = true};
	struct perf_event_values before, after;
	uint64_t id;
	mach_port_t event = sampling(PERF_COUNT_HW_INSTRUCTIONS, &ring, &id);

	check_kr(perf_budget(host_priv, 1), KERN_SUCCESS, "perf_budget");
	perf_event_enable(event);
	do {
		burn(100000);
		while (ring_next(&ring, record))
			hear(&story, id);
	} while (!story.held);
	before = event_values(event);
	perf_event_reset(event);
	burn(5 * PERIOD);
	after = event_values(event);
	check(after.value < 12 * PERIOD + 5000, "reset while it is held: %lu events, not %lu",
	      (unsigned long)after.value, (unsigned long)before.value);
	check(after.samples + after.throttled >= before.samples + before.throttled + 9 &&
		  after.samples + after.throttled <= before.samples + before.throttled + 17,
	      "its periods go on: %lu and %lu", (unsigned long)(before.samples + before.throttled),
	      (unsigned long)(after.samples + after.throttled));
	check_kr(perf_budget(host_priv, 100), KERN_SUCCESS, "perf_budget");
	check_kr(perf_event_period(event, 4 * PERIOD), KERN_SUCCESS, "perf_event_period");
	burn(5000000); /* the old budget's tick is over */
	before = event_values(event);
	burn(200 * PERIOD);
	after = event_values(event);
	check(after.samples >= before.samples + 100 && after.samples <= before.samples + 103 &&
		  after.throttled == before.throttled,
	      "another period: %lu samples", (unsigned long)(after.samples - before.samples));
	perf_event_disable(event);
	while (ring_next(&ring, record))
		hear(&story, id);
	after = event_values(event);
	check(story.sane && story.throttles == story.releases && story.samples == after.samples,
	      "and all of it is told: %lu samples of %lu", (unsigned long)story.samples,
	      (unsigned long)after.samples);
	overflows += after.samples + after.throttled - after.held;
	drop(event);
	ring_drop(&ring);
}

void test_throttle(void)
{
	uint64_t samples[3];

	thread_place(mach_thread_self(), 0);
	/* The emulator counts overflows from here on. */
	check_kr(perf_pmu_reset(host_priv), KERN_SUCCESS, "perf_pmu_reset");
	check_kr(perf_budget(host_priv, 0), KERN_INVALID_VALUE, "a budget of nothing");
	check_kr(perf_budget(host_priv, 101), KERN_INVALID_VALUE, "a budget of too much");
	samples[0] = within(2);
	samples[1] = within(8);
	samples[2] = within(100);
	check(samples[0] * 3 < samples[1] && samples[1] < samples[2], "more budget, more samples");
	test_short_runs();
	test_changes();
	check_kr(perf_budget(host_priv, 100), KERN_SUCCESS, "perf_budget");
	printf("overflows %lu\n", (unsigned long)overflows); /* run.py asks the emulator */
}
