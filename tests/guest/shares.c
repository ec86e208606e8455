/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an event counted of each thread: READ records, by thread and to the
   unit, as threads die and as the event is disabled. */
#include <string.h>
#include <mach/thread_switch.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

#define NR 5

struct read_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t value, time_enabled, time_running, id;
};

static uint64_t record[8192];
static const struct read_record *const told = (const void *)record;
static uint32_t ended;

static void burner(void *argument)
{
	for (unsigned i = 0; i < 10; i++) {
		burn((uintptr_t)argument / 10);
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_NONE, 0);
	}
	__atomic_fetch_add(&ended, 1, __ATOMIC_SEQ_CST);
	thread_end();
}

/* All that the records of an event told. */
struct sum {
	unsigned records;
	uint64_t value, time_enabled, time_running;
	bool seen[NR]; /* a thread that burns so much */
	bool sane;
};

static uint64_t loops(unsigned n)
{
	return 400000 + 100000 * n;
}

static void add_up(struct sum *sum, struct ring *ring, uint64_t id)
{
	while (ring_next(ring, record)) {
		if (told->header.type != PERF_RECORD_READ || told->id != id) {
			sum->sane &= told->header.type == PERF_RECORD_READ;
			continue;
		}
		sum->records++;
		sum->value += told->value;
		sum->time_enabled += told->time_enabled;
		sum->time_running += told->time_running;
		for (unsigned n = 0; n < NR; n++) /* burn() has two instructions a loop */
			if (told->value >= 2 * loops(n) && told->value < 2 * loops(n) + 5000)
				sum->seen[n] = true;
	}
}

static mach_port_t open_shared(uint64_t config, struct ring *ring, uint64_t *id)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, config, 0,
		      PERF_ATTR_EXCLUDE_KERNEL | PERF_ATTR_DISABLED | PERF_ATTR_INHERIT_STAT);
	mach_port_t event = MACH_PORT_NULL;

	attr.read_format =
	    PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING | PERF_FORMAT_ID;
	must(event_open(mach_task_self(), host_priv, &attr, ring->buffer, &event, id), "an event");
	return event;
}

static void check_sum(const struct sum *sum, mach_port_t event, const char *what)
{
	struct perf_event_values values = event_values(event);
	unsigned seen = 0;

	for (unsigned n = 0; n < NR; n++)
		seen += sum->seen[n];
	check(sum->sane && sum->value == values.value && sum->records > NR,
	      "%s: %u records have %lu of %lu", what, sum->records, (unsigned long)sum->value,
	      (unsigned long)values.value);
	check(sum->time_enabled == values.time_enabled && sum->time_running == values.time_running,
	      "%s: and %lu of %lu ns, %lu of %lu ns on a counter", what,
	      (unsigned long)sum->time_enabled, (unsigned long)values.time_enabled,
	      (unsigned long)sum->time_running, (unsigned long)values.time_running);
	check(seen == NR, "%s: %u threads have what they did", what, seen);
}

/* Some threads die, one goes on; twice, with the event off in between. */
void test_shares(void)
{
	struct ring rings[2] = {ring_make(65536, 0), ring_make(65536, 0)};
	struct sum sum = {.sane = true}, branches = {.sane = true};
	mach_port_t events[2];
	uint64_t ids[2];
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, PERF_ATTR_INHERIT_STAT);
	mach_port_t none;
	uint64_t id;

	check_kr(event_open(mach_task_self(), host_priv, &attr, MACH_PORT_NULL, &none, &id),
		 KERN_INVALID_ARGUMENT, "records without a buffer");
	for (unsigned round = 0; round < 2; round++) {
		events[0] = open_shared(PERF_COUNT_HW_INSTRUCTIONS, &rings[0], &ids[0]);
		events[1] = open_shared(PERF_COUNT_HW_BRANCH_INSTRUCTIONS, &rings[1], &ids[1]);
		memset(&sum, 0, sizeof sum);
		memset(&branches, 0, sizeof branches);
		sum.sane = branches.sane = true;
		ended = 0;
		for (unsigned half = 0; half < 2; half++) {
			perf_event_enable(events[1]);
			perf_event_enable(events[0]);
			for (unsigned n = half; n < NR; n += 2) {
				thread_t thread = thread_start(burner, (void *)loops(n));

				thread_place(thread, n);
				drop(thread);
			}
			while (__atomic_load_n(&ended, __ATOMIC_SEQ_CST) <
			       (half == 0 ? (NR + 1) / 2 : NR))
				sleep_ms(10);
			sleep_ms(100); /* they are freed, too */
			perf_event_disable(events[0]);
			perf_event_disable(events[1]);
			burn(300000); /* of nobody */
			add_up(&sum, &rings[0], ids[0]);
			add_up(&branches, &rings[1], ids[1]);
		}
		check_sum(&sum, events[0], "instructions");
		check(branches.value == event_values(events[1]).value, "branches: %lu, all told",
		      (unsigned long)branches.value);
		drop(events[0]);
		drop(events[1]);
	}
	ring_drop(&rings[0]);
	ring_drop(&rings[1]);
}
