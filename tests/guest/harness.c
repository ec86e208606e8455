/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mach/thread_status.h>
#include <machperf/emulator.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "mach_host_user.h"
#include "mach_port_user.h"
#include "perf_user.h"
#include "perf_test_user.h"

#define STACK_SIZE 16384UL

mach_port_t host_priv;
unsigned nr_cpus;

static int failures, facts;

static _Noreturn void finish(void)
{
	printf("%d facts, %d failures\n", facts, failures);
	emulator_exit(failures == 0 && facts > 0 ? 0 : 1);
}

static void verdict(bool good, const char *format, va_list arguments)
{
	char text[200];

	vsnprintf(text, sizeof text, format, arguments);
	printf("%s: %s\n", good ? "ok" : "FAIL", text);
	facts++;
	failures += !good;
}

void check(bool good, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	verdict(good, format, arguments);
	va_end(arguments);
}

void test_abandon(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	verdict(false, format, arguments);
	va_end(arguments);
	finish();
}

void check_kr(kern_return_t kr, kern_return_t wanted, const char *what)
{
	if (kr == wanted)
		check(true, "%s: %d", what, kr);
	else
		check(false, "%s: %d, not %d", what, kr, wanted);
}

void must(kern_return_t kr, const char *what)
{
	if (kr != KERN_SUCCESS)
		test_abandon("%s: %d", what, kr);
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
	ring.stride = ring.page->stride;
	ring.data_offset = ring.page->data_offset;
	ring.data_size = ring.page->data_size;
	if (ring.size != nr_cpus * ring.stride)
		test_abandon("%lu bytes are not the rings of %u CPUs", (unsigned long)ring.size,
			     nr_cpus);
	return ring;
}

struct perf_ring_page *ring_page(const struct ring *ring, unsigned cpu)
{
	return (struct perf_ring_page *)((char *)ring->page + cpu * ring->stride);
}

void ring_drop(struct ring *ring)
{
	must(vm_deallocate(mach_task_self(), (vm_address_t)ring->page, ring->size),
	     "vm_deallocate of the view");
	drop(ring->buffer);
}

/* The same out of one CPU's ring. */
static bool take_from(const struct ring *ring, unsigned cpu, void *record)
{
	struct perf_ring_page *page = ring_page(ring, cpu);
	const char *data = (const char *)page + ring->data_offset;
	uint64_t mask = ring->data_size - 1;
	uint64_t tail = page->data_tail;
	uint64_t first = ring->data_size - (tail & mask);
	struct perf_event_header header;

	if (__atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE) == tail)
		return false;
	memcpy(&header, data + (tail & mask), sizeof header);
	if (first > header.size)
		first = header.size;
	memcpy(record, data + (tail & mask), first);
	memcpy((char *)record + first, data, header.size - first);
	__atomic_store_n(&page->data_tail, tail + header.size, __ATOMIC_RELEASE);
	return true;
}

bool ring_next(struct ring *ring, void *record)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		if (take_from(ring, cpu, record))
			return true;
	return false;
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

/* In what tasks that were still to end may have had before, less is no harm. */
bool usage_has_grown(const struct usage *before, const struct usage *after)
{
	return after->blocks > before->blocks || after->pages > before->pages ||
	       after->ports > before->ports;
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

/* How many processors the kernel says there are: a stock kernel, too. */
static unsigned count_cpus(void)
{
	processor_array_t processors;
	mach_msg_type_number_t nr = 0;

	must(host_processors(host_priv, &processors, &nr), "host_processors");
	vm_deallocate(mach_task_self(), (vm_address_t)processors, nr * sizeof *processors);
	return nr;
}

/* By a message that does not come: thread_switch() returns at once on a kernel
   for several processors that has nobody else to run. */
void sleep_ms(unsigned ms)
{
	static mach_port_t nobody; /* a child has it to make anew */
	mach_msg_header_t message;

	while (mach_msg(&message, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, sizeof message, nobody, ms,
			MACH_PORT_NULL) == MACH_RCV_INVALID_NAME)
		must(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, &nobody),
		     "mach_port_allocate");
}

static void run(const char *name)
{
	const struct test *test = tests;

	while (test->name != NULL && strcmp(test->name, name) != 0)
		test++;
	if (test->name == NULL)
		test_abandon("no test is called %s", name);
	printf("test %s\n", name);
	test->run();
}

int main(int argc, char **argv)
{
	host_priv = argc > 1 ? task_port_argument(argv[1]) : MACH_PORT_NULL;
	if (argc < 4 || emulator_open(task_port_argument(argv[2])) != KERN_SUCCESS) {
		printf("FAIL: usage: TEST ${host-port} ${device-port} NAME...\n");
		return 1;
	}
	nr_cpus = count_cpus();
	for (int i = 3; i < argc; i++)
		run(argv[i]);
	finish();
}
