/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mach/thread_status.h>
#include <mach/thread_switch.h>
#include <machperf/emulator.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "mach_port_user.h"
#include "perf_user.h"
#include "perf_test_user.h"

#define STACK_SIZE 16384UL

mach_port_t host_priv;

static int failures, facts;

static _Noreturn void finish(void)
{
	printf("%d facts, %d failures\n", facts, failures);
	emulator_exit(failures == 0 && facts > 0 ? 0 : 1);
}

void check(bool good, const char *format, ...)
{
	char text[200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	printf("%s: %s\n", good ? "ok" : "FAIL", text);
	facts++;
	failures += !good;
}

void check_kr(kern_return_t kr, kern_return_t wanted, const char *what)
{
	if (kr == wanted)
		check(true, "%s: %d", what, kr);
	else
		check(false, "%s: %d, not %d", what, kr, wanted);
}

/* For what the test cannot go on without. */
static void must(kern_return_t kr, const char *what)
{
	if (kr == KERN_SUCCESS)
		return;
	check_kr(kr, KERN_SUCCESS, what);
	finish();
}

struct ring ring_make(vm_size_t data, vm_size_t watermark)
{
	struct ring ring;
	vm_address_t address;

	must(perf_buffer_create(mach_host_self(), data, watermark, &ring.buffer),
	     "perf_buffer_create");
	must(perf_buffer_map(ring.buffer, mach_task_self(), &address, &ring.size),
	     "perf_buffer_map");
	ring.page = (struct perf_ring_page *)address;
	return ring;
}

void ring_drop(struct ring *ring)
{
	must(vm_deallocate(mach_task_self(), (vm_address_t)ring->page, ring->size),
	     "vm_deallocate of the view");
	drop(ring->buffer);
}

bool ring_next(struct ring *ring, void *record)
{
	const char *data = (const char *)ring->page + ring->page->data_offset;
	uint64_t mask = ring->page->data_size - 1;
	uint64_t tail = ring->page->data_tail;
	struct perf_event_header header;

	if (__atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE) == tail)
		return false;
	memcpy(&header, data + (tail & mask), sizeof header);
	for (unsigned i = 0; i < header.size; i += 8)
		memcpy((char *)record + i, data + ((tail + i) & mask), 8);
	__atomic_store_n(&ring->page->data_tail, tail + header.size, __ATOMIC_RELEASE);
	return true;
}

struct perf_event_attr attr_make(uint32_t type, uint64_t config, uint64_t period, uint64_t flags)
{
	struct perf_event_attr attr = {
	    .type = type,
	    .size = sizeof attr,
	    .config = config,
	    .sample_period = period,
	    .sample_type = SAMPLE_TYPE,
	    .flags = flags,
	};

	return attr;
}

kern_return_t event_open(mach_port_t target, mach_port_t privilege,
			 const struct perf_event_attr *attr, mach_port_t buffer, mach_port_t *event,
			 uint64_t *id)
{
	perf_bytes_t bytes;

	memcpy(bytes, attr, sizeof *attr);
	return perf_event_open(target, privilege, bytes, sizeof *attr, -1, buffer, event, id);
}

mach_port_t event_must_open(mach_port_t target, const struct perf_event_attr *attr,
			    mach_port_t buffer)
{
	mach_port_t event;
	uint64_t id;

	must(event_open(target, host_priv, attr, buffer, &event, &id), "perf_event_open");
	return event;
}

struct perf_event_values event_values(mach_port_t event)
{
	struct perf_event_values values;
	perf_bytes_t bytes;
	mach_msg_type_number_t size = sizeof bytes;

	must(perf_event_read(event, bytes, &size), "perf_event_read");
	memcpy(&values, bytes, sizeof values);
	return values;
}

void drop(mach_port_t port)
{
	must(mach_port_deallocate(mach_task_self(), port), "mach_port_deallocate");
}

struct usage usage_now(void)
{
	struct usage usage;

	must(perf_test_usage(host_priv, &usage.blocks, &usage.pages, &usage.ports, &usage.objects,
			     &usage.wired),
	     "perf_test_usage");
	return usage;
}

void check_usage(const struct usage *before, const struct usage *after, const char *what)
{
	check(before->blocks == after->blocks, "%s: blocks %u, then %u", what, before->blocks,
	      after->blocks);
	check(before->pages == after->pages, "%s: ring pages %u, then %u", what, before->pages,
	      after->pages);
	check(before->ports == after->ports, "%s: ports %u, then %u", what, before->ports,
	      after->ports);
	check(before->objects == after->objects, "%s: memory objects %u, then %u", what,
	      before->objects, after->objects);
	check(before->wired == after->wired, "%s: wired pages %u, then %u", what, before->wired,
	      after->wired);
}

void burn(uint64_t n)
{
	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(n) : : "cc");
}

thread_t thread_make(task_t task, void (*function)(void *), void *argument)
{
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
	vm_address_t stack = 0;
	thread_t thread;

	must(vm_allocate(task, &stack, STACK_SIZE, 1), "vm_allocate of a stack");
	must(thread_create(task, &thread), "thread_create");
	must(thread_get_state(thread, i386_THREAD_STATE, (thread_state_t)&state, &count),
	     "thread_get_state");
	state.rip = (uintptr_t)function;
	state.rdi = (uintptr_t)argument;
	state.rbp = 0;
	state.ursp = state.rsp = stack + STACK_SIZE - 8;
	must(thread_set_state(thread, i386_THREAD_STATE, (thread_state_t)&state, count),
	     "thread_set_state");
	return thread;
}

thread_t thread_start(void (*function)(void *), void *argument)
{
	thread_t thread = thread_make(mach_task_self(), function, argument);

	must(thread_resume(thread), "thread_resume");
	return thread;
}

_Noreturn void thread_end(void)
{
	for (;;)
		thread_terminate(mach_thread_self());
}

task_t child_make(void (*function)(void *), void *argument, thread_t *thread)
{
	task_t task;

	must(task_create(mach_task_self(), 1, &task), "task_create");
	must(task_suspend(task), "task_suspend");
	*thread = thread_make(task, function, argument);
	must(thread_resume(*thread), "thread_resume");
	return task;
}

void sleep_ms(unsigned ms)
{
	thread_switch(MACH_PORT_NULL, SWITCH_OPTION_WAIT, ms);
}

int main(int argc, char **argv)
{
	const struct test *test = tests;

	host_priv = argc > 1 ? task_port_argument(argv[1]) : MACH_PORT_NULL;
	if (argc < 4 || emulator_open(task_port_argument(argv[2])) != KERN_SUCCESS) {
		printf("FAIL: usage: TEST ${host-port} ${device-port} NAME\n");
		return 1;
	}
	while (test->name != NULL && strcmp(test->name, argv[3]) != 0)
		test++;
	if (test->name == NULL)
		check(false, "no test is called %s", argv[3]);
	else
		test->run();
	finish();
}
