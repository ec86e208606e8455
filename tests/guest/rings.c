/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rings: nothing is lost silently, and a hostile recorder only harms itself. */
#include <string.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

#define PERIOD 1000

static uint64_t record[8192];

/* What a ring holds: its samples, and what its LOST records say. */
struct tally {
	uint64_t samples, lost;
	bool sane;
};

static void take(struct ring *ring, struct tally *tally)
{
	const struct perf_event_header *header = (const void *)record;
	const struct perf_record_lost *lost = (const void *)record;

	while (ring_next(ring, record)) {
		if (header->type == PERF_RECORD_SAMPLE)
			tally->samples++;
		else if (header->type == PERF_RECORD_LOST && lost->id != 0)
			tally->lost += lost->lost;
		else
			tally->sane = false;
	}
}

static struct perf_event_attr sampling(void)
{
	return attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, PERIOD,
			 PERF_ATTR_EXCLUDE_KERNEL | PERF_ATTR_DISABLED | PERF_ATTR_SAMPLE_ID_ALL);
}

static void check_conserved(const struct perf_event_values *values, const struct tally *tally,
			    const char *what)
{
	check(values->samples + values->lost + values->throttled + values->coalesced ==
		  values->value / PERIOD,
	      "%s: %lu events make %lu samples, %lu lost, %lu coalesced", what,
	      (unsigned long)values->value, (unsigned long)values->samples,
	      (unsigned long)values->lost, (unsigned long)values->coalesced);
	check(tally->samples == values->samples, "%s: %lu samples in the ring", what,
	      (unsigned long)tally->samples);
	check(tally->lost == values->lost, "%s: LOST records tell %lu", what,
	      (unsigned long)tally->lost);
	check(tally->sane, "%s: no other record", what);
}

void test_conservation(void)
{
	struct perf_event_attr attr = sampling();
	struct ring ring = ring_make(4096, 0);
	mach_port_t event = event_must_open(mach_task_self(), &attr, ring.buffer);
	struct tally tally = {.sane = true};
	struct perf_event_values values;

	perf_event_enable(event);
	for (unsigned i = 0; i < 20; i++) {
		burn(PERIOD * (i < 10 ? 5UL : 100UL)); /* from few to too many */
		take(&ring, &tally);
	}
	perf_event_disable(event);
	take(&ring, &tally);
	values = event_values(event); /* tells what is still untold */
	take(&ring, &tally);
	check(values.lost > 100, "a small ring loses samples: %lu", (unsigned long)values.lost);
	check_conserved(&values, &tally, "a ring of a page");
	drop(event);
	ring_drop(&ring);
}

/* Two events share a ring; each loss is told under its own id. */
void test_two_events(void)
{
	struct perf_event_attr attr = sampling();
	struct ring ring = ring_make(4096, 0);
	mach_port_t events[2];
	uint64_t ids[2], samples[2] = {0}, lost[2] = {0};
	const struct sample *sample = (const void *)record;
	const struct perf_record_lost *told = (const void *)record;

	for (unsigned i = 0; i < 2; i++) {
		attr.sample_period = PERIOD * (i + 1);
		check_kr(event_open(mach_task_self(), host_priv, &attr, ring.buffer, &events[i],
				    &ids[i]),
			 KERN_SUCCESS, "opened");
		perf_event_enable(events[i]);
	}
	burn(PERIOD * 200UL);
	for (unsigned i = 0; i < 2; i++)
		perf_event_disable(events[i]);
	for (unsigned round = 0; round < 2; round++) {
		while (ring_next(&ring, record))
			for (unsigned i = 0; i < 2; i++) {
				if (sample->header.type == PERF_RECORD_SAMPLE &&
				    sample->id == ids[i])
					samples[i]++;
				if (sample->header.type == PERF_RECORD_LOST && told->id == ids[i])
					lost[i] += told->lost;
			}
		for (unsigned i = 0; i < 2; i++)
			event_values(events[i]);
	}
	for (unsigned i = 0; i < 2; i++) {
		struct perf_event_values values = event_values(events[i]);

		check(values.samples == samples[i] && values.lost == lost[i] && lost[i] > 0,
		      "event %u: %lu samples and %lu lost, %lu and %lu in the ring", i,
		      (unsigned long)values.samples, (unsigned long)values.lost,
		      (unsigned long)samples[i], (unsigned long)lost[i]);
		drop(events[i]);
	}
	ring_drop(&ring);
}

/* Whatever stands in data_tail, the kernel keeps inside the ring. */
void test_hostile_tail(void)
{
	static const uint64_t tails[] = {8, 4096, ~0UL, ~0UL << 12, 1UL << 63, 12345, 3};
	struct perf_event_attr attr = sampling();
	struct ring ring = ring_make(4096, 0);
	struct ring guard = ring_make(4096, 0);
	mach_port_t event = event_must_open(mach_task_self(), &attr, ring.buffer);
	struct tally tally = {.sane = true};

	perf_event_enable(event);
	for (unsigned i = 0; i < sizeof tails / sizeof tails[0]; i++) {
		ring.page->data_tail = ring.page->data_head + tails[i];
		burn(PERIOD * 20UL);
	}
	check(event_values(event).lost > 0, "a tail beyond the head makes a full ring");
	ring.page->data_tail = ring.page->data_head;
	ring.page->data_head = 77;
	ring.page->data_size = 1UL << 40;
	ring.page->data_offset = 1UL << 40;
	ring.page->stride = 1UL << 40;
	burn(PERIOD * 20UL);
	ring.page->data_size = 4096;
	ring.page->data_offset = TASK_PAGE_SIZE;
	check(ring.page->data_head != 77, "the kernel puts its head right");
	perf_event_disable(event);
	take(&ring, &tally);
	check(tally.samples > 20, "sampling goes on: %lu samples", (unsigned long)tally.samples);
	for (unsigned i = 0; i < 4096; i++)
		if (((const char *)guard.page)[TASK_PAGE_SIZE + i] != 0)
			tally.sane = false;
	check(tally.sane, "only samples and losses, and nothing in another ring");
	drop(event);
	ring_drop(&guard);
	ring_drop(&ring);
}

/* A wait returns when the watermark is passed, and finds what it says. */
void test_wakeup(void)
{
	struct perf_event_attr attr = sampling();
	struct ring ring = ring_make(65536, 4096);
	mach_port_t event = event_must_open(mach_task_self(), &attr, ring.buffer);
	natural_t reason = 0;

	check_kr(perf_buffer_wait(ring.buffer, 10, &reason), KERN_SUCCESS, "a wait");
	check(reason == PERF_WAIT_TIMEOUT, "an empty ring: timed out");
	perf_event_enable(event);
	burn(PERIOD * 60UL);
	perf_event_disable(event);
	check_kr(perf_buffer_wait(ring.buffer, 10, &reason), KERN_SUCCESS, "a wait");
	check(reason == PERF_WAIT_DATA, "past the watermark: data (reason %u)", reason);
	drop(event);
	ring_drop(&ring);
}
