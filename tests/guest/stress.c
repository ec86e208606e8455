/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything at once: the whole system observed, more events than counters,
   and a long random walk over the interface. */
#include <stdio.h>
#include <string.h>
#include <mach/thread_switch.h>
#include <machperf/task.h>
#include "gnumach_user.h"
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

static uint64_t record[8192];
static const struct sample *const sample = (const void *)record;
static const struct perf_record_lost *const told = (const void *)record;

static void child_burns(void *argument)
{
	burn((uint64_t)(uintptr_t)argument);
	for (;;)
		task_terminate(mach_task_self());
}

/* An event on the CPU sees every task, and is told who they are. */
void test_system(void)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 5000,
		      PERF_ATTR_COMM | PERF_ATTR_TASK | PERF_ATTR_MMAP2 | PERF_ATTR_SAMPLE_ID_ALL);
	struct ring ring = ring_make(1 << 20, 0);
	const struct perf_record_comm *comm = (const void *)record;
	bool kernel_named = false, child_named = false;
	uint64_t samples = 0, in_child = 0, unknown = 0;
	uint32_t child_pid = 0, last_pid = 0;
	thread_t thread;
	task_t task;
	mach_port_t event = event_must_open(host_priv, &attr, ring.buffer);

	task = child_make(child_burns, (void *)500000UL, &thread);
	task_set_name(task, "observed");
	task_resume(task);
	sleep_ms(100);
	perf_event_disable(event);
	while (ring_next(&ring, record))
		switch (sample->header.type) {
		case PERF_RECORD_COMM:
			kernel_named |=
			    comm->pid == 1 && strcmp((const char *)(comm + 1), "gnumach") == 0;
			if (strcmp((const char *)(comm + 1), "observed") == 0) {
				child_named = true;
				child_pid = comm->pid;
			}
			break;
		case PERF_RECORD_FORK:
			last_pid = ((const struct perf_record_task *)record)->pid;
			break;
		case PERF_RECORD_SAMPLE:
			samples++;
			in_child += child_pid != 0 && sample->pid == child_pid;
			unknown += sample->pid == ~0U || sample->pid == 0;
		}
	check(kernel_named, "the kernel is named, as task 1");
	check(child_named && child_pid == last_pid, "so is a child, born as task %u", child_pid);
	check(in_child * 5000 > 900000, "%lu of %lu samples in the child", (unsigned long)in_child,
	      (unsigned long)samples);
	check(unknown == 0, "%lu of nobody", (unsigned long)unknown);
	check(event_values(event).lost == 0, "none lost");
	drop(event);
	drop(thread);
	drop(task);
	ring_drop(&ring);
}

/* What does not fit on the counters waits, and says so. */
void test_too_many(void)
{
	enum { NR = 8 };
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 0, 0);
	mach_port_t events[NR];
	struct perf_event_values values;
	unsigned running = 0, waiting = 0, i;

	for (i = 0; i < NR; i++)
		events[i] = event_must_open(mach_task_self(), &attr, MACH_PORT_NULL);
	burn(100000);
	for (i = 0; i < NR; i++) {
		values = event_values(events[i]);
		running += values.time_running == values.time_enabled && values.value > 100000;
		waiting += values.time_running == 0 && values.time_enabled > 0 && values.value == 0;
	}
	check(running >= 4 && running < NR && running + waiting == NR,
	      "of %u events %u run and %u wait", NR, running, waiting);
	for (i = 0; i < running; i++) {
		drop(events[i]);
		burn(100000);
	}
	for (i = running; i < NR; i++) {
		values = event_values(events[i]);
		check(values.value > 100000, "one that waited counts when there is room: %lu",
		      (unsigned long)values.value);
		drop(events[i]);
	}
}

/* An event of the walk, its ring, and what came out of that so far. */
struct walker {
	mach_port_t event;
	struct ring ring;
	uint64_t samples, lost, others;
};

static uint64_t state;
static uint64_t accounted; /* overflows that the closed events told of */

static unsigned draw(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 32) % below;
}

static void walker_drain(struct walker *walker)
{
	while (ring_next(&walker->ring, record))
		if (sample->header.type == PERF_RECORD_SAMPLE)
			walker->samples++;
		else if (sample->header.type == PERF_RECORD_LOST && told->id != 0)
			walker->lost += told->lost;
		else
			walker->others++;
}

static void walker_open(struct walker *walker, mach_port_t target)
{
	static const uint64_t configs[] = {PERF_COUNT_HW_CPU_CYCLES, PERF_COUNT_HW_INSTRUCTIONS,
					   PERF_COUNT_HW_BRANCH_INSTRUCTIONS,
					   PERF_COUNT_HW_CACHE_REFERENCES};
	uint64_t sideband = PERF_ATTR_COMM | PERF_ATTR_TASK | PERF_ATTR_MMAP2;
	struct perf_event_attr attr = attr_make(
	    PERF_TYPE_HARDWARE, configs[draw(4)], 500 + draw(20000),
	    PERF_ATTR_SAMPLE_ID_ALL | (draw(2) ? PERF_ATTR_DISABLED : 0) |
		(draw(3) == 0 ? sideband : 0) | (draw(4) == 0 ? PERF_ATTR_EXCLUDE_USER : 0) |
		(draw(4) == 0 ? PERF_ATTR_INHERIT_STAT : 0));

	if (draw(2))
		attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	if (draw(3) == 0)
		perf_budget(host_priv, draw(2) ? 100 : 1 + draw(20));
	memset(walker, 0, sizeof *walker);
	walker->ring = ring_make(4096UL << draw(3), 0);
	walker->event = event_must_open(target, &attr, walker->ring.buffer);
}

/* Close an event; what it says must be what its ring held. */
static bool walker_close(struct walker *walker)
{
	struct perf_event_values values;
	bool good;

	perf_event_disable(walker->event);
	walker_drain(walker);
	values = event_values(walker->event); /* now there is room to tell */
	walker_drain(walker);
	accounted +=
	    values.samples + values.lost + values.throttled - values.held + values.coalesced;
	good = values.samples == walker->samples && values.lost == walker->lost;
	if (!good)
		check(false, "%lu samples and %lu lost, but %lu and %lu in the ring",
		      (unsigned long)values.samples, (unsigned long)values.lost,
		      (unsigned long)walker->samples, (unsigned long)walker->lost);
	drop(walker->event);
	ring_drop(&walker->ring);
	walker->event = MACH_PORT_NULL;
	return good;
}

enum { NR = 8, NR_THREADS = 3 };

static void burner(void *argument)
{
	for (;;) {
		burn(2000 + 1000 * (uintptr_t)argument);
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_NONE, 0);
	}
}

static void walk(const thread_t *threads, unsigned steps)
{
	static struct walker walkers[NR];
	unsigned closed = 0, good = 0, i;
	thread_t child_thread;
	uint64_t samples = 0;
	task_t child;

	child = child_make(child_burns, (void *)100000UL, &child_thread);
	task_resume(child);
	while (steps-- > 0) {
		struct walker *walker = &walkers[draw(NR)];

		switch (walker->event == MACH_PORT_NULL ? 0 : 1 + draw(8)) {
		case 0:
			switch (draw(6)) {
			case 0:
				walker_open(walker, host_priv);
				break;
			case 1:
				walker_open(walker, mach_task_self());
				break;
			case 2:
				drop(child_thread);
				drop(child);
				child = child_make(child_burns, (void *)100000UL, &child_thread);
				walker_open(walker, child);
				task_resume(child);
				break;
			default:
				walker_open(walker, threads[draw(NR_THREADS)]);
			}
			break;
		case 1:
			samples += walker->samples;
			good += walker_close(walker);
			closed++;
			break;
		case 2:
			perf_event_disable(walker->event);
			break;
		case 3:
			perf_event_enable(walker->event);
			break;
		case 4:
			perf_event_reset(walker->event);
			break;
		case 5:
			perf_event_period(walker->event, 500 + draw(20000));
			break;
		case 6:
			event_values(walker->event);
			break;
		default:
			walker_drain(walker);
		}
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_NONE, 0);
	}
	for (i = 0; i < NR; i++)
		if (walkers[i].event != MACH_PORT_NULL) {
			good += walker_close(&walkers[i]);
			closed++;
		}
	sleep_ms(200); /* the last child ends */
	drop(child_thread);
	drop(child);
	check(closed == good && closed > 20 && samples > 20,
	      "%u events of a random walk, %u with a true account, %lu samples", closed, good,
	      (unsigned long)samples);
}

void test_stress(void)
{
	thread_t threads[NR_THREADS];
	struct usage before, after;

	/* The emulator counts overflows from here on. */
	check_kr(perf_pmu_reset(host_priv), KERN_SUCCESS, "perf_pmu_reset");
	for (unsigned i = 0; i < NR_THREADS; i++) {
		threads[i] = thread_start(burner, (void *)(uintptr_t)i);
		thread_place(threads[i], i);
	}
	state = 1;
	walk(threads, 400); /* fills the kernel's caches */
	sleep_ms(2000);	    /* children end when they get to run */
	before = usage_now();
	for (unsigned seed = 2; seed < 6; seed++) {
		state = seed * 0x9e3779b97f4a7c15UL;
		walk(threads, 400);
	}
	perf_budget(host_priv, 100);
	after = usage_now();
	for (unsigned tries = 0; tries < 30 && usage_has_grown(&before, &after); tries++) {
		sleep_ms(100);
		after = usage_now();
	}
	check(!usage_has_grown(&before, &after),
	      "nothing is left of them: blocks %u %u, pages %u %u, ports %u %u", before.blocks,
	      after.blocks, before.pages, after.pages, before.ports, after.ports);
	printf("overflows %lu\n", (unsigned long)accounted); /* run.py asks the emulator */
}
