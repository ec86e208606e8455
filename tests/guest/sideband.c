/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Side-band records: names, births, deaths and maps, in order. */
#include <stdio.h>
#include <string.h>
#include <machperf/task.h>
#include "harness.h"
#include "gnumach_user.h"
#include "mach_user.h"
#include "perf_user.h"

#define SIDEBAND                                                                                   \
	(PERF_ATTR_MMAP2 | PERF_ATTR_COMM | PERF_ATTR_TASK | PERF_ATTR_SAMPLE_ID_ALL |             \
	 PERF_ATTR_DISABLED)

static uint64_t record[8192];

static struct perf_event_attr dummy(uint64_t flags)
{
	return attr_make(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY, 0, SIDEBAND | flags);
}

/* Describe the record in a few characters. */
static void describe(char *text, size_t size)
{
	const struct perf_event_header *header = (const void *)record;
	const struct perf_record_comm *comm = (const void *)record;
	const struct perf_record_task *task = (const void *)record;
	const struct perf_record_mmap2 *map = (const void *)record;

	switch (header->type) {
	case PERF_RECORD_COMM:
		snprintf(text, size, "COMM %.40s%s", (const char *)(comm + 1),
			 comm->pid == comm->tid ? "" : " thread");
		break;
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		snprintf(text, size, "%s%s", header->type == PERF_RECORD_FORK ? "FORK" : "EXIT",
			 task->pid == task->tid ? "" : " thread");
		break;
	case PERF_RECORD_MMAP2:
		if ((uintptr_t)burn - map->addr < map->len)
			snprintf(text, size, "MMAP2 %.40s of our text", (const char *)(map + 1));
		else
			snprintf(text, size, "MMAP2 %.40s %lx", (const char *)(map + 1),
				 (unsigned long)map->addr);
		break;
	default:
		snprintf(text, size, "record %u", header->type);
	}
}

/* The records of RING must be exactly those of WANTED (ends with NULL). */
static void check_records(struct ring *ring, const char *const *wanted, const char *what)
{
	char text[80];

	for (; ring_next(ring, record); wanted += *wanted != NULL) {
		describe(text, sizeof text);
		check(*wanted != NULL && strcmp(text, *wanted) == 0, "%s: \"%s\", wanted \"%s\"",
		      what, text, *wanted != NULL ? *wanted : "nothing");
	}
	check(*wanted == NULL, "%s: %s%s", what,
	      *wanted == NULL ? "no more" : "missing: ", *wanted == NULL ? "" : *wanted);
}

static void thread_ends(void *argument)
{
	(void)argument;
	thread_end();
}

static void child_lives(void *argument)
{
	thread_t thread = thread_start(thread_ends, argument);

	thread_set_name(thread, "helper");
	sleep_ms(30);
	for (;;)
		task_terminate(mach_task_self());
}

static void name_map(task_t task, vm_address_t address, const char *name)
{
	static perf_build_id_t id = "abcdefghijklmnopqrs";
	perf_name_t copy = {0};

	strcpy(copy, name);
	check_kr(perf_task_map(task, address, 0x2000, 0x1000, VM_PROT_READ | VM_PROT_EXECUTE, id,
			       20, copy, (mach_msg_type_number_t)strlen(name)),
		 KERN_SUCCESS, "perf_task_map");
}

static void wait_hangup(const struct ring *ring)
{
	natural_t reason = 0;

	while (perf_buffer_wait(ring->buffer, 2000, &reason) == KERN_SUCCESS &&
	       (reason & (PERF_WAIT_HANGUP | PERF_WAIT_TIMEOUT)) == 0)
		;
	check((reason & PERF_WAIT_HANGUP) != 0, "the wait ends with a hangup");
}

/* What one task goes through, told in order. */
void test_sideband_order(void)
{
	static const char *const wanted[] = {"COMM before",
					     "MMAP2 //anon of our text",
					     "COMM workload",
					     "MMAP2 /bin/x 10000",
					     "MMAP2 //anon 7000000",
					     "FORK thread",
					     "COMM helper thread",
					     "EXIT thread",
					     "EXIT",
					     NULL};
	struct perf_event_attr attr = dummy(0);
	struct ring ring = ring_make(65536, 65536);
	vm_address_t address = 0x7000000;
	thread_t thread;
	task_t task = child_make(child_lives, NULL, &thread);
	mach_port_t event;

	task_set_name(task, "before");
	event = event_must_open(task, &attr, ring.buffer);
	task_set_name(task, "workload");
	name_map(task, 0x10000, "/bin/x");
	check_kr(vm_allocate(task, &address, 0x2000, 0), KERN_SUCCESS, "vm_allocate");
	check_kr(vm_protect(task, address, 0x2000, 0, VM_PROT_READ | VM_PROT_EXECUTE), KERN_SUCCESS,
		 "vm_protect");
	task_resume(task);
	wait_hangup(&ring);
	check_records(&ring, wanted, "a task's life");
	drop(event);
	drop(thread);
	drop(task);
	ring_drop(&ring);
}

/* An event opened late is told what is there already. */
void test_sideband_late(void)
{
	static const char *const wanted[] = {"COMM late", "MMAP2 /lib/y 20000",
					     "MMAP2 //anon of our text", "MMAP2 //anon 7000000",
					     NULL};
	struct perf_event_attr attr = dummy(0);
	struct ring ring = ring_make(65536, 65536);
	const struct perf_record_mmap2 *map = (const void *)record;
	vm_address_t address = 0x7000000;
	thread_t thread;
	task_t task = child_make(child_lives, NULL, &thread);
	mach_port_t event;

	task_set_name(task, "late");
	name_map(task, 0x20000, "/lib/x");
	name_map(task, 0x20000, "/lib/y"); /* in its place */
	check_kr(vm_allocate(task, &address, 0x2000, 0), KERN_SUCCESS, "vm_allocate");
	check_kr(vm_protect(task, address, 0x2000, 0, VM_PROT_READ | VM_PROT_EXECUTE), KERN_SUCCESS,
		 "vm_protect");
	event = event_must_open(task, &attr, ring.buffer);
	check_records(&ring, wanted, "opened late");

	name_map(task, 0x30000, "/lib/z");
	check(ring_next(&ring, record) && map->header.type == PERF_RECORD_MMAP2 &&
		  (map->header.misc & PERF_RECORD_MISC_MMAP_BUILD_ID) != 0 &&
		  map->build_id_size == 20 &&
		  memcmp(map->build_id, "abcdefghijklmnopqrs", 20) == 0 && map->len == 0x2000 &&
		  map->pgoff == 0x1000 && map->prot == (VM_PROT_READ | VM_PROT_EXECUTE),
	      "MMAP2 carries the build-id and all of the map");
	task_terminate(task);
	drop(event);
	drop(thread);
	drop(task);
	ring_drop(&ring);
}

static void child_has_child(void *argument)
{
	thread_t thread;
	task_t task = child_make(child_lives, argument, &thread);

	task_resume(task);
	for (;;)
		task_terminate(mach_task_self());
}

/* With PERF_ATTR_INHERIT, an event follows to the tasks born of its own. */
void test_inherit(void)
{
	static const char *const wanted[] = {
	    "COMM parent", "MMAP2 //anon of our text", "FORK",	      "EXIT",
	    "FORK thread", "COMM helper thread",       "EXIT thread", "EXIT",
	    NULL};
	struct perf_event_attr attr = dummy(PERF_ATTR_INHERIT);
	struct ring ring = ring_make(65536, 65536);
	thread_t thread;
	task_t task = child_make(child_has_child, NULL, &thread);
	mach_port_t event;

	task_set_name(task, "parent");
	event = event_must_open(task, &attr, ring.buffer);
	task_resume(task);
	wait_hangup(&ring);
	check_records(&ring, wanted, "inherited");
	drop(event);
	drop(thread);
	drop(task);
	ring_drop(&ring);
}
