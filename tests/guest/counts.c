/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts are exact, for each scope and across context switches. */
#include <mach/thread_switch.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

#define USER_ONLY PERF_ATTR_EXCLUDE_KERNEL

static struct perf_event_attr user_instructions(uint64_t flags)
{
	return attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, USER_ONLY | flags);
}

/* User instructions that EVENT counts while this thread burns N. */
static uint64_t count_burn(mach_port_t event, uint64_t n)
{
	perf_event_reset(event);
	perf_event_enable(event);
	burn(n);
	perf_event_disable(event);
	return event_values(event).value;
}

static void check_scope(mach_port_t target, const char *what)
{
	struct perf_event_attr attr = user_instructions(PERF_ATTR_DISABLED);
	mach_port_t event = event_must_open(target, &attr, MACH_PORT_NULL);
	struct perf_event_values values;
	uint64_t short_run, long_run;

	burn(1000);
	check(event_values(event).value == 0, "%s: disabled, it counts nothing", what);
	short_run = count_burn(event, 10000);
	long_run = count_burn(event, 110000);
	check(long_run - short_run == 200000, "%s: 200000 more instructions give %lu more", what,
	      (unsigned long)(long_run - short_run));
	check(short_run > 20000 && short_run < 20400, "%s: 20000 instructions give %lu", what,
	      (unsigned long)short_run);
	values = event_values(event);
	check(values.time_running == values.time_enabled && values.time_running > 0,
	      "%s: it ran all the time it was enabled", what);
	check_kr(perf_event_reset(event), KERN_SUCCESS, "perf_event_reset");
	check(event_values(event).value == 0, "%s: reset, the count is zero", what);
	drop(event);
}

void test_scopes(void)
{
	struct perf_event_attr attr = user_instructions(0);
	mach_port_t event;

	check_scope(mach_thread_self(), "thread");
	check_scope(mach_task_self(), "task");
	check_scope(host_priv, "CPU");

	event = event_must_open(mach_task_self(), &attr, MACH_PORT_NULL);
	burn(5000);
	check(event_values(event).value > 10000, "an event not disabled counts from open on");
	drop(event);
}

/* A thread that burns its share in pieces, giving way after each. */
struct burner {
	uint64_t piece;
	unsigned nr_pieces;
	volatile bool done;
};

static void burner(void *argument)
{
	struct burner *burner = argument;

	for (unsigned i = 0; i < burner->nr_pieces; i++) {
		burn(burner->piece);
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_NONE, 0);
	}
	burner->done = true;
	thread_end();
}

#define NR_PIECES   60
#define MANY_PIECES 5000

/* Run two burners of these sizes, in so many pieces, each under an event of its
   own and both under one of the task; answer the three counts. */
static void run_two(unsigned nr_pieces, uint64_t first, uint64_t second, uint64_t counts[3])
{
	struct burner burners[2] = {
	    {.piece = first, .nr_pieces = nr_pieces},
	    {.piece = second, .nr_pieces = nr_pieces},
	};
	struct perf_event_attr attr = user_instructions(0);
	mach_port_t events[3];
	thread_t threads[2];

	events[2] = event_must_open(mach_task_self(), &attr, MACH_PORT_NULL);
	for (unsigned i = 0; i < 2; i++) {
		threads[i] = thread_make(mach_task_self(), burner, &burners[i]);
		events[i] = event_must_open(threads[i], &attr, MACH_PORT_NULL);
	}
	for (unsigned i = 0; i < 2; i++)
		thread_resume(threads[i]);
	while (!burners[0].done || !burners[1].done)
		sleep_ms(10);
	sleep_ms(10); /* their last instructions */
	for (unsigned i = 0; i < 3; i++) {
		counts[i] = event_values(events[i]).value;
		drop(events[i]);
	}
	for (unsigned i = 0; i < 2; i++)
		drop(threads[i]);
}

/* How far COUNT is from 2 instructions for each of so many iterations. */
static bool close_to(uint64_t count, uint64_t iterations)
{
	return count >= 2 * iterations && count - 2 * iterations < 40 * NR_PIECES;
}

void test_switches(void)
{
	uint64_t counts[3], others[3];

	run_two(NR_PIECES, 3000, 50000, counts);
	run_two(NR_PIECES, 4000, 50000, others);
	check(close_to(counts[0], 3000 * NR_PIECES), "the first thread: %lu",
	      (unsigned long)counts[0]);
	check(close_to(counts[1], 50000 * NR_PIECES), "the second thread: %lu",
	      (unsigned long)counts[1]);
	check(counts[2] > counts[0] + counts[1], "the task counts both: %lu",
	      (unsigned long)counts[2]);
	check(others[0] - counts[0] == 2 * 1000 * NR_PIECES,
	      "%d more instructions in the first thread: %ld", 2 * 1000 * NR_PIECES,
	      (long)(others[0] - counts[0]));
	check(others[1] == counts[1], "as many as before in the second: %lu, %lu",
	      (unsigned long)counts[1], (unsigned long)others[1]);
}

/* Ten thousand switches and more in each of two runs: each burner gives way 5000
   times.  They differ in one burner only. */
void test_many_switches(void)
{
	uint64_t counts[3], others[3];

	run_two(MANY_PIECES, 300, 500, counts);
	run_two(MANY_PIECES, 400, 500, others);
	check(others[0] - counts[0] == 2 * 100 * MANY_PIECES,
	      "%d more instructions in the first thread: %ld", 2 * 100 * MANY_PIECES,
	      (long)(others[0] - counts[0]));
	check(others[1] == counts[1], "as many as before in the second: %lu, %lu",
	      (unsigned long)counts[1], (unsigned long)others[1]);
}
