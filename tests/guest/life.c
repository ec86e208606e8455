/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events and buffers end when they should, and leave nothing behind. */
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

static struct perf_event_attr sampling(void)
{
	return attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 5000,
			 PERF_ATTR_MMAP2 | PERF_ATTR_COMM | PERF_ATTR_TASK);
}

static void cycle(mach_port_t target)
{
	struct perf_event_attr attr = sampling();
	struct ring ring = ring_make(8192, 0);
	mach_port_t event = event_must_open(target, &attr, ring.buffer);

	burn(20000);
	drop(event);
	ring_drop(&ring);
}

void test_leaks(void)
{
	struct usage before, after;
	thread_t self = mach_thread_self();

	for (unsigned i = 0; i < 10; i++) /* fills the kernel's caches */
		cycle(self);
	before = usage_now();
	for (unsigned i = 0; i < 34; i++) {
		cycle(self);
		cycle(mach_task_self());
		cycle(host_priv);
	}
	after = usage_now();
	check_usage(&before, &after, "100 events opened and closed");
}

/* Whether anything was ever written. */
static bool ring_was_used(const struct ring *ring)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		if (ring_page(ring, cpu)->data_head > 0)
			return true;
	return false;
}

/* The order in which things are given up does not matter. */
void test_orders(void)
{
	struct perf_event_attr attr = sampling();
	struct usage before, middle, after;
	struct ring ring;
	mach_port_t event;

	cycle(mach_task_self());
	before = usage_now();

	ring = ring_make(8192, 0);
	event = event_must_open(mach_task_self(), &attr, ring.buffer);
	ring_drop(&ring);
	burn(100000);
	middle = usage_now();
	check(middle.pages == before.pages + 3 * nr_cpus,
	      "a buffer lives as long as its event: %u pages", middle.pages);
	check(event_values(event).samples > 10, "sampling goes on without a view");
	drop(event);
	after = usage_now();
	check_usage(&before, &after, "the event last");

	ring = ring_make(8192, 0);
	event = event_must_open(mach_task_self(), &attr, ring.buffer);
	burn(100000);
	drop(event);
	drop(ring.buffer);
	check(ring_was_used(&ring), "a view outlives its buffer");
	check(vm_deallocate(mach_task_self(), (vm_address_t)ring.page, ring.size) == KERN_SUCCESS,
	      "and goes");
	after = usage_now();
	check_usage(&before, &after, "the view last");
}

static void child_burns(void *argument)
{
	burn((uint64_t)(uintptr_t)argument);
	for (;;)
		task_terminate(mach_task_self());
}

static void check_hangup(const struct ring *ring, const char *what)
{
	natural_t reason = 0;
	kern_return_t kr;

	do
		kr = perf_buffer_wait(ring->buffer, 2000, &reason);
	while (kr == KERN_SUCCESS && reason == PERF_WAIT_DATA);
	check(kr == KERN_SUCCESS && (reason & PERF_WAIT_HANGUP) != 0,
	      "%s: the wait ends with a hangup (error %d, reason %u)", what, kr, reason);
}

/* A child that dies: of its own will, or killed while it runs. */
static void child_dies(bool killed)
{
	struct perf_event_attr attr = sampling();
	struct ring ring = ring_make(65536, 65536);
	uint64_t n = killed ? 1UL << 40 : 200000;
	natural_t reason;
	thread_t thread;
	task_t task = child_make(child_burns, (void *)n, &thread);
	mach_port_t event = event_must_open(task, &attr, ring.buffer);

	check(perf_buffer_wait(ring.buffer, 20, &reason) == KERN_SUCCESS &&
		  reason == PERF_WAIT_TIMEOUT,
	      "nothing happens: the wait times out");
	task_resume(task);
	if (killed) {
		sleep_ms(20);
		task_terminate(task);
	}
	check_hangup(&ring, killed ? "a task is killed" : "a task ends");
	check(event_values(event).value > 400000, "the count stays: %lu",
	      (unsigned long)event_values(event).value);
	check_kr(perf_event_enable(event), KERN_SUCCESS, "enabling it changes nothing");
	drop(event);
	drop(thread);
	drop(task);
	ring_drop(&ring);
}

void test_task_death(void)
{
	struct usage before, after;

	child_dies(false); /* fills the kernel's caches */
	child_dies(true);
	before = usage_now();
	child_dies(false);
	child_dies(true);
	after = usage_now();
	check(before.blocks == after.blocks && before.pages == after.pages &&
		  before.ports == after.ports,
	      "dead tasks leave nothing: blocks %u %u, pages %u %u, ports %u %u", before.blocks,
	      after.blocks, before.pages, after.pages, before.ports, after.ports);
}

static void thread_burns(void *argument)
{
	burn((uint64_t)(uintptr_t)argument);
	thread_end();
}

void test_thread_death(void)
{
	struct perf_event_attr attr = sampling();
	struct ring ring = ring_make(65536, 65536);
	thread_t thread = thread_make(mach_task_self(), thread_burns, (void *)2000000UL);
	mach_port_t event = event_must_open(thread, &attr, ring.buffer);

	thread_resume(thread);
	check_hangup(&ring, "a thread ends");
	check(event_values(event).value > 0, "the count stays");
	drop(event);
	drop(thread);

	thread = thread_start(thread_burns, (void *)(1UL << 40));
	event = event_must_open(thread, &attr, ring.buffer);
	sleep_ms(20);
	thread_terminate(thread);
	check_hangup(&ring, "a thread is killed");
	drop(event);
	drop(thread);
	ring_drop(&ring);
}

/* A recorder that watches itself, and dies in the middle of it. */
static void child_records(void *argument)
{
	struct perf_event_attr attr = sampling();
	mach_port_t event;
	struct ring ring;
	uint64_t id;

	attr.flags |= PERF_ATTR_EXCLUDE_KERNEL;
	ring = ring_make(16384, 0);
	for (unsigned i = 0; i < 3; i++)
		event_open(mach_task_self(), MACH_PORT_NULL, &attr, ring.buffer, &event, &id);
	burn((uint64_t)(uintptr_t)argument);
	for (;;)
		task_terminate(mach_task_self());
}

static void recorder_dies(bool killed)
{
	uint64_t n = killed ? 1UL << 40 : 200000;
	thread_t thread;
	task_t task = child_make(child_records, (void *)n, &thread);
	struct usage usage;

	task_resume(task);
	sleep_ms(20);
	if (killed) {
		usage = usage_now();
		check(usage.pages >= 5, "the child has a ring: %u pages", usage.pages);
		task_terminate(task);
	}
	drop(thread);
	drop(task);
	sleep_ms(50);
}

void test_recorder_death(void)
{
	struct usage before, after;

	recorder_dies(false);
	recorder_dies(true); /* these fill the kernel's caches */
	before = usage_now();
	for (unsigned i = 0; i < 5; i++) {
		recorder_dies(false);
		recorder_dies(true);
	}
	after = usage_now();
	check(before.blocks == after.blocks && before.pages == 0 && after.pages == 0 &&
		  before.ports == after.ports,
	      "dead recorders leave nothing: blocks %u %u, pages %u %u, ports %u %u", before.blocks,
	      after.blocks, before.pages, after.pages, before.ports, after.ports);
	cycle(mach_task_self());
	check(true, "and the kernel goes on");
}
