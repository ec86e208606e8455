/* SPDX-License-Identifier: GPL-2.0-or-later */
/* More events than counters: shares, groups, and periods that survive. */
#include <mach/thread_switch.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

#define NR_COUNTERS 4 /* general ones of this machine */
#define ROTATION    10000000UL
#define USER_OFF    (PERF_ATTR_EXCLUDE_KERNEL | PERF_ATTR_DISABLED)

/* Encodings that only a general counter counts. */
#define BRANCHES 0x00c4
#define LOADS	 0x010b
#define STORES	 0x020b

#define MAX_EVENTS 16

static uint64_t record[8192];
static const struct sample *const sample = (const void *)record;

/* N rounds of one load, one store and one branch. */
static void work(uint64_t n)
{
	static volatile uint64_t cell;

	__asm__ volatile("1: mov %1, %%rax\n\tmov %%rax, %1\n\tdec %0\n\tjnz 1b"
			 : "+r"(n), "+m"(cell)
			 :
			 : "cc", "rax");
}

static mach_port_t open_raw(uint64_t encoding, uint64_t period, mach_port_t buffer)
{
	struct perf_event_attr attr = attr_make(PERF_TYPE_RAW, encoding, period, USER_OFF);

	return event_must_open(mach_task_self(), &attr, buffer);
}

static void all(const mach_port_t *events, unsigned nr, kern_return_t (*call)(mach_port_t))
{
	for (unsigned i = 0; i < nr; i++)
		call(events[i]);
}

static void drop_all(const mach_port_t *events, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		drop(events[i]);
}

/* What it would have counted had it counted all the time. */
static uint64_t scaled(const struct perf_event_values *values)
{
	if (values->time_running == 0)
		return 0;
	return (unsigned __int128)values->value * values->time_enabled / values->time_running;
}

static bool within(uint64_t value, uint64_t wanted, unsigned per_mille)
{
	uint64_t off = value > wanted ? value - wanted : wanted - value;

	return off * 1000 <= wanted * per_mille;
}

/* Work until EVENT has been enabled for NS; the rounds it took. */
static uint64_t work_for(mach_port_t event, uint64_t ns)
{
	uint64_t rounds = 0;

	do {
		work(50000);
		rounds += 50000;
	} while (event_values(event).time_enabled < ns);
	return rounds;
}

void test_multiplex(void)
{
	static const uint64_t encodings[] = {LOADS, STORES, BRANCHES};
	enum { NR = 12 };
	struct perf_event_values values;
	uint64_t rounds, enabled = 0, running = 0;
	mach_port_t events[NR];

	for (unsigned i = 0; i < NR; i++)
		events[i] = open_raw(encodings[i % 3], 0, MACH_PORT_NULL);
	all(events, NR, perf_event_enable);
	rounds = work_for(events[0], 51 * ROTATION);
	all(events, NR, perf_event_disable);
	for (unsigned i = 0; i < NR; i++) {
		values = event_values(events[i]);
		check(within(scaled(&values), rounds, 20),
		      "event %u: %lu counted in %lu of %lu us give %lu, truth is %lu", i,
		      (unsigned long)values.value, (unsigned long)values.time_running / 1000,
		      (unsigned long)values.time_enabled / 1000, (unsigned long)scaled(&values),
		      (unsigned long)rounds);
		check(within(values.time_running, values.time_enabled / 3, 60),
		      "its share is a third");
		enabled += values.time_enabled;
		running += values.time_running;
	}
	check(within(running, enabled * NR_COUNTERS / NR, 5), "every counter was always in use");
	drop_all(events, NR);
}

/* One event that fits nowhere beside others takes nothing from those that have
   a counter of their own. */
void test_own_counters(void)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, USER_OFF);
	struct perf_event_values values;
	mach_port_t events[6];

	for (unsigned i = 0; i < 5; i++)
		events[i] = open_raw(BRANCHES, 0, MACH_PORT_NULL);
	/* Last in the queue, and there is a fixed counter for it. */
	events[5] = event_must_open(mach_task_self(), &attr, MACH_PORT_NULL);
	all(events, 6, perf_event_enable);
	work_for(events[0], 20 * ROTATION);
	all(events, 6, perf_event_disable);
	values = event_values(events[5]);
	check(values.time_running == values.time_enabled && values.value > 0,
	      "an event with a counter of its own always counts");
	values = event_values(events[0]);
	check(within(values.time_running, values.time_enabled * 4 / 5, 60),
	      "five share four counters: %lu of %lu us", (unsigned long)values.time_running / 1000,
	      (unsigned long)values.time_enabled / 1000);
	drop_all(events, 6);
}

/* A group of four with four events beside it. */
static void check_group(void)
{
	struct perf_event_values values[8];
	mach_port_t events[8];
	unsigned same = 0;

	for (unsigned i = 0; i < 8; i++)
		events[i] = open_raw(BRANCHES, 0, MACH_PORT_NULL);
	for (unsigned i = 1; i < 4; i++)
		check_kr(perf_event_group(events[i], events[0]), KERN_SUCCESS, "perf_event_group");
	/* The leader last: with it all four begin at one moment. */
	for (unsigned i = 8; i > 0; i--)
		perf_event_enable(events[i - 1]);
	for (unsigned round = 0; round < 40; round++) {
		work(200000);
		for (unsigned i = 0; i < 4; i++)
			values[i] = event_values(events[i]);
	}
	perf_event_disable(events[0]);
	all(events, 8, perf_event_disable);
	for (unsigned i = 0; i < 8; i++)
		values[i] = event_values(events[i]);
	for (unsigned i = 0; i < 4; i++)
		same += values[i].value == values[0].value &&
			values[i].time_running == values[0].time_running;
	check(same == 4, "four in a group counted the same in the same time: %lu in %lu us",
	      (unsigned long)values[0].value, (unsigned long)values[0].time_running / 1000);
	for (unsigned i = 0; i < 8; i++)
		check(within(values[i].time_running, values[i].time_enabled / 2, 100),
		      "event %u: %lu of %lu us, its share is a half", i,
		      (unsigned long)values[i].time_running / 1000,
		      (unsigned long)values[i].time_enabled / 1000);

	/* Without its leader a group is no more. */
	drop(events[0]);
	all(events + 1, 3, perf_event_enable);
	work(1000);
	all(events + 1, 3, perf_event_disable);
	for (unsigned i = 1; i < 4; i++)
		check(event_values(events[i]).value > values[i].value,
		      "event %u goes on without its leader", i);
	drop_all(events + 1, 7);
}

/* Only the leader is enabled: its members wait for their own turn to be. */
static void check_member_state(void)
{
	mach_port_t events[2];

	for (unsigned i = 0; i < 2; i++)
		events[i] = open_raw(BRANCHES, 0, MACH_PORT_NULL);
	perf_event_group(events[1], events[0]);
	perf_event_enable(events[1]);
	work(1000);
	check(event_values(events[1]).value == 0, "a member counts nothing without its leader");
	perf_event_enable(events[0]);
	work(1000);
	check(event_values(events[1]).value > 0, "and counts with it");
	check(event_values(events[0]).value > event_values(events[1]).value - 200,
	      "as much as the leader");
	drop_all(events, 2);
}

static void check_group_errors(void)
{
	struct perf_event_attr inherit =
	    attr_make(PERF_TYPE_RAW, BRANCHES, 0, USER_OFF | PERF_ATTR_INHERIT);
	struct perf_event_attr attr = attr_make(PERF_TYPE_RAW, BRANCHES, 0, USER_OFF);
	mach_port_t events[5], other, of_thread;

	for (unsigned i = 0; i < 5; i++)
		events[i] = open_raw(BRANCHES, 0, MACH_PORT_NULL);
	for (unsigned i = 1; i < 4; i++)
		perf_event_group(events[i], events[0]);
	check_kr(perf_event_group(events[4], events[0]), KERN_RESOURCE_SHORTAGE,
		 "five in a group on four counters");
	check_kr(perf_event_group(events[4], events[1]), KERN_INVALID_ARGUMENT,
		 "a leader that is none");
	check_kr(perf_event_group(events[1], events[4]), KERN_INVALID_ARGUMENT,
		 "an event that is in a group");
	check_kr(perf_event_group(events[0], events[4]), KERN_INVALID_ARGUMENT,
		 "an event that leads a group");
	check_kr(perf_event_group(events[4], events[4]), KERN_INVALID_ARGUMENT,
		 "an event and itself");
	check_kr(perf_event_group(events[4], mach_task_self()), KERN_INVALID_ARGUMENT,
		 "a leader that is a task");
	other = event_must_open(mach_task_self(), &inherit, MACH_PORT_NULL);
	check_kr(perf_event_group(other, events[4]), KERN_INVALID_ARGUMENT,
		 "an event that is inherited with one that is not");
	of_thread = event_must_open(mach_thread_self(), &attr, MACH_PORT_NULL);
	check_kr(perf_event_group(of_thread, events[4]), KERN_INVALID_ARGUMENT,
		 "an event of a thread with one of a task");
	drop(other);
	drop(of_thread);
	/* A member less, and there is room for another. */
	drop(events[2]);
	check_kr(perf_event_group(events[4], events[0]), KERN_SUCCESS,
		 "a place that is free again");
	events[2] = events[4];
	drop_all(events, 4);
}

void test_groups(void)
{
	struct usage before, after;

	check_group(); /* whatever is kept for good is there now */
	before = usage_now();
	check_group();
	check_member_state();
	check_group_errors();
	after = usage_now();
	check_usage(&before, &after, "groups");
}

/* Sampling goes on where it was when the event's turn comes again. */
void test_multiplex_samples(void)
{
	enum { NR = 8, PERIOD = 10007 };
	struct ring ring = ring_make(1 << 20, 0);
	uint64_t samples[NR] = {0}, first;
	struct perf_event_values values;
	mach_port_t events[NR];

	for (unsigned i = 0; i < NR; i++)
		events[i] = open_raw(BRANCHES, PERIOD + i, ring.buffer);
	all(events, NR, perf_event_enable);
	work_for(events[0], 20 * ROTATION);
	all(events, NR, perf_event_disable);
	first = event_values(events[0]).id;
	while (ring_next(&ring, record))
		if (sample->header.type == PERF_RECORD_SAMPLE && sample->id - first < NR)
			samples[sample->id - first]++;
	for (unsigned i = 0; i < NR; i++) {
		values = event_values(events[i]);
		check(samples[i] == values.value / (PERIOD + i) && samples[i] > 100,
		      "event %u: %lu samples of %lu events", i, (unsigned long)samples[i],
		      (unsigned long)values.value);
		check(values.time_running < values.time_enabled, "it was not always counted");
	}
	drop_all(events, NR);
	ring_drop(&ring);
}
