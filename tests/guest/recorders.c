/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recorders that end badly while every CPU samples into their rings: killed,
 * without a view, with another, with other memory in its place.  What becomes
 * of the pages is seen from outside: memory is taken and filled with a pattern,
 * while the recorder still is there and when it is gone, and nobody may write
 * there.
 */
#include <string.h>
#include <mach/thread_switch.h>
#include <mach/vm_inherit.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "mach_port_user.h"
#include "perf_user.h"

#define PERIOD	  1009
#define RING	  32768UL
#define MOST_CPUS 16
#define POISON	  0x504f49534f4e0000UL
#define TAKEN	  (512UL << 10) /* after each recorder; its rings are a part of that */
#define TAKEN_END (16UL << 20)	/* after the last */

enum way { DIES, UNMAPS, REMAPS, REPLACES, DROPS, KEEPS_NEITHER, NR_WAYS };

static const char *const names[NR_WAYS] = {
    "killed",
    "without a view",
    "with a second view",
    "with other memory there",
    "without the buffer's port",
    "without either",
};

/* Shared with the recorder. */
static struct {
	volatile unsigned rounds; /* it went through so far */
	volatile unsigned wrong;
	char rest[4096 - 2 * sizeof(unsigned)];
} shared __attribute__((aligned(4096)));

static void fill(vm_address_t address, vm_size_t size)
{
	for (vm_size_t at = 0; at < size; at += 8)
		*(uint64_t *)(address + at) = POISON + at;
}

static unsigned spoilt(vm_address_t address, vm_size_t size)
{
	unsigned words = 0;

	for (vm_size_t at = 0; at < size; at += 8)
		words += *(const uint64_t *)(address + at) != POISON + at;
	return words;
}

static void forget(const struct ring *ring)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		struct perf_ring_page *page = ring_page(ring, cpu);

		page->data_tail = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
	}
}

/* Change the recorder's view of RING. */
static void change(struct ring *ring, enum way way)
{
	vm_address_t old = (vm_address_t)ring->page, address = old;
	vm_size_t size;

	if (way == REMAPS) {
		must(perf_buffer_map(ring->buffer, mach_task_self(), &address, &size),
		     "a second view");
		ring->page = (struct perf_ring_page *)address;
	}
	if (way == DROPS || way == KEEPS_NEITHER)
		drop(ring->buffer);
	if (way != DIES && way != DROPS)
		must(vm_deallocate(mach_task_self(), old, ring->size), "vm_deallocate of the view");
	if (way == REPLACES) {
		must(vm_allocate(mach_task_self(), &old, ring->size, 0), "vm_allocate there");
		fill(old, ring->size);
	}
}

static void records(void *argument)
{
	enum way way = (enum way)(uintptr_t)argument;
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, PERIOD, 0);
	struct ring ring = ring_make(RING, 0);

	attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	event_must_open(host_priv, &attr, ring.buffer);
	event_must_open(mach_task_self(), &attr, ring.buffer);
	burn(20000);
	change(&ring, way);
	for (;;) {
		burn(5000);
		if (way == REPLACES)
			shared.wrong += spoilt((vm_address_t)ring.page, ring.size);
		else if (way != UNMAPS && way != KEEPS_NEITHER)
			forget(&ring);
		shared.rounds++;
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_NONE, 0);
	}
}

static volatile bool stop;

static void burner(void *argument)
{
	(void)argument;
	while (!stop) {
		burn(2000);
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_NONE, 0);
	}
	thread_end();
}

/* Take memory, fill it, let samples come, and look. */
static unsigned poison(vm_size_t size)
{
	vm_address_t address = 0;
	unsigned words;

	must(vm_allocate(mach_task_self(), &address, size, 1), "vm_allocate");
	fill(address, size);
	sleep_ms(20);
	words = spoilt(address, size);
	vm_deallocate(mach_task_self(), address, size);
	return words;
}

/* A recorder on CPU that goes this way until it is killed. */
static void recorder(enum way way, unsigned cpu)
{
	thread_t thread;
	task_t task = child_make(records, (void *)(uintptr_t)way, &thread);
	unsigned rounds, words;

	must(mach_port_insert_right(task, host_priv, host_priv, MACH_MSG_TYPE_COPY_SEND),
	     "the recorder's privilege");
	thread_place(thread, cpu);
	shared.rounds = 0;
	task_resume(task);
	for (unsigned i = 0; i < 500 && shared.rounds < 3; i++)
		sleep_ms(2);
	rounds = shared.rounds;
	words = poison(TAKEN);
	must(task_terminate(task), "task_terminate");
	drop(thread);
	drop(task);
	words += poison(TAKEN);
	check(rounds >= 3 && words == 0,
	      "a recorder %s, on CPU %u: %u words of freed memory spoilt", names[way], cpu, words);
}

static struct usage all_ways(void)
{
	for (enum way way = 0; way < NR_WAYS; way++)
		recorder(way, way % nr_cpus);
	sleep_ms(200);
	return usage_now();
}

void test_recorders(void)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, PERIOD, 0);
	struct usage before, after;
	struct ring ring;
	mach_port_t event;

	must(vm_inherit(mach_task_self(), (vm_address_t)&shared, sizeof shared, VM_INHERIT_SHARE),
	     "vm_inherit");
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		thread_t thread = thread_make(mach_task_self(), burner, NULL);

		thread_place(thread, cpu);
		thread_resume(thread);
		drop(thread);
	}
	ring = ring_make(RING, 0); /* somebody samples all the time */
	event = event_must_open(host_priv, &attr, ring.buffer);
	before = all_ways(); /* fills the kernel's caches, too */
	after = all_ways();
	for (unsigned tries = 0; tries < 30 && usage_has_grown(&before, &after); tries++) {
		sleep_ms(100); /* those that were killed go when they get to run */
		after = usage_now();
	}
	check(!usage_has_grown(&before, &after),
	      "nothing is left of them: blocks %u %u, pages %u %u, ports %u %u", before.blocks,
	      after.blocks, before.pages, after.pages, before.ports, after.ports);
	check(poison(TAKEN_END) == 0, "no word of %lu MiB is spoilt", TAKEN_END >> 20);
	check(shared.wrong == 0, "nor of what a recorder put where its view was");
	perf_event_disable(event);
	check(event_values(event).lost > 1000, "samples came all the time");
	drop(event);
	ring_drop(&ring);
	stop = true;
	sleep_ms(50);
}
