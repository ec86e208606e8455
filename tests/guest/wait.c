/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those who wait for a buffer, and how many buffers there may be. */
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

#define WAITING 0xffffffffU /* no reason yet */

/* A thread that waits for a buffer without a limit. */
struct waiter {
	mach_port_t buffer;
	thread_t thread;
	volatile natural_t reason;
	volatile kern_return_t kr;
};

static void waits(void *argument)
{
	struct waiter *waiter = argument;
	natural_t reason = 0;

	waiter->kr = perf_buffer_wait(waiter->buffer, 0, &reason);
	waiter->reason = reason;
	thread_end();
}

static void waiter_start(struct waiter *waiter, mach_port_t buffer)
{
	waiter->buffer = buffer;
	waiter->reason = WAITING;
	waiter->thread = thread_start(waits, waiter);
}

static bool waiter_sees(const struct waiter *waiter, natural_t reason)
{
	return waiter->reason != WAITING && waiter->kr == KERN_SUCCESS &&
	       (waiter->reason & reason) != 0;
}

static void child_ends(void *argument)
{
	burn((uint64_t)(uintptr_t)argument);
	for (;;)
		task_terminate(mach_task_self());
}

/* Two threads wait for one buffer: whatever happens, both hear of it. */
void test_two_waiters(void)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 1000,
		      PERF_ATTR_EXCLUDE_KERNEL | PERF_ATTR_DISABLED);
	struct ring ring = ring_make(65536, 4096);
	mach_port_t own = event_must_open(mach_task_self(), &attr, ring.buffer), event;
	struct waiter waiters[2];
	thread_t thread;
	task_t task;

	for (unsigned i = 0; i < 2; i++)
		waiter_start(&waiters[i], ring.buffer);
	sleep_ms(20);
	check(waiters[0].reason == WAITING && waiters[1].reason == WAITING, "two threads wait");
	perf_event_enable(own);
	burn(200000);
	perf_event_disable(own);
	sleep_ms(20);
	for (unsigned i = 0; i < 2; i++) {
		check(waiter_sees(&waiters[i], PERF_WAIT_DATA), "thread %u hears of data: %u", i,
		      waiters[i].reason);
		drop(waiters[i].thread);
	}
	ring.page->data_tail = ring.page->data_head;

	/* The last event that could bring anything is closed. */
	task = child_make(child_ends, (void *)1000UL, &thread);
	event = event_must_open(task, &attr, ring.buffer);
	for (unsigned i = 0; i < 2; i++)
		waiter_start(&waiters[i], ring.buffer);
	task_resume(task);
	drop(thread);
	drop(task);
	sleep_ms(20);
	check(waiters[0].reason == WAITING && waiters[1].reason == WAITING,
	      "one event has hung up, another lives: both wait");
	drop(own);
	sleep_ms(20);
	for (unsigned i = 0; i < 2; i++) {
		check(waiter_sees(&waiters[i], PERF_WAIT_HANGUP),
		      "the other is closed: thread %u hears of the hangup: %u", i,
		      waiters[i].reason);
		drop(waiters[i].thread);
	}

	drop(event);
	/* One that is killed, and one that is interrupted, leave nothing behind. */
	for (unsigned i = 0; i < 2; i++)
		waiter_start(&waiters[i], ring.buffer);
	sleep_ms(20);
	thread_terminate(waiters[0].thread);
	thread_abort(waiters[1].thread);
	sleep_ms(20);
	check(waiters[0].reason == WAITING, "a killed thread says nothing");
	check(waiters[1].reason != WAITING && waiters[1].kr != KERN_SUCCESS,
	      "an interrupted one gets an error: %d", waiters[1].kr);
	for (unsigned i = 0; i < 2; i++)
		drop(waiters[i].thread);
	ring_drop(&ring);
	sleep_ms(20);
	check(usage_now().pages == 0, "and the buffer goes");
}

/* Memory of other kinds is still to be had. */
static void touch_memory(void)
{
	enum { SIZE = 1 << 24 };
	vm_address_t address = 0;

	check_kr(vm_allocate(mach_task_self(), &address, SIZE, 1), KERN_SUCCESS,
		 "memory for others");
	for (unsigned long at = 0; at < SIZE; at += TASK_PAGE_SIZE)
		*(volatile char *)(address + at) = 1;
	vm_deallocate(mach_task_self(), address, SIZE);
}

/* Take buffers until there are no more, and give them back. */
static void take_all(void)
{
	enum { MOST = 100 };
	static mach_port_t buffers[MOST];
	kern_return_t kr = KERN_SUCCESS;
	unsigned nr = 0;

	while (nr < MOST && (kr = perf_buffer_create(mach_host_self(), 1UL << 21, 0,
						     &buffers[nr])) == KERN_SUCCESS)
		nr++;
	check_kr(kr, KERN_RESOURCE_SHORTAGE, "one buffer too many");
	check(nr * nr_cpus >= 16 && nr * nr_cpus < 64, "after %u of 2 MiB for each CPU", nr);
	touch_memory();
	while (nr > 0)
		drop(buffers[--nr]);
}

/* Rings are wired memory; there is an end to it before memory ends. */
void test_many_buffers(void)
{
	struct usage before, after;

	take_all(); /* fills the kernel's caches */
	before = usage_now();
	take_all();
	after = usage_now();
	check_usage(&before, &after, "as many buffers as there may be");
}
