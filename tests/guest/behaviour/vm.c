/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory: zeroed, copied on write, shared, protected, read and written from
   outside. */
#include <string.h>
#include <mach/vm_inherit.h>
#include <machperf/task.h>
#include "../harness.h"
#include "mach_user.h"

#define PAGE  TASK_PAGE_SIZE
#define SIZE  (16 * PAGE)
#define SHOWN 3 /* pages handed on: shared, not at all, copied */

static void check_allocate(void)
{
	task_t self = mach_task_self();
	vm_address_t area = 0, other;
	unsigned nonzero = 0;

	check_kr(vm_allocate(self, &area, SIZE, 1), KERN_SUCCESS, "anywhere");
	check(area % PAGE == 0 && area != 0, "on a page");
	for (unsigned i = 0; i < SIZE; i++)
		nonzero += ((const char *)area)[i] != 0;
	check(nonzero == 0, "%u bytes are not zero", nonzero);
	other = area;
	check_kr(vm_allocate(self, &other, PAGE, 0), KERN_NO_SPACE, "where something is");
	check_kr(vm_deallocate(self, area + PAGE, PAGE), KERN_SUCCESS, "a hole");
	other = area + PAGE;
	check_kr(vm_allocate(self, &other, PAGE, 0), KERN_SUCCESS, "into the hole");
	check(other == area + PAGE && *(volatile char *)other == 0, "just there");
	other = 0;
	check_kr(vm_allocate(self, &other, 1UL << 60, 1), KERN_NO_SPACE, "more than there is");
	check_kr(vm_deallocate(self, area, SIZE), KERN_SUCCESS, "given back");
	check_kr(vm_deallocate(self, area, SIZE), KERN_SUCCESS, "once more");
}

static void check_region(void)
{
	task_t self = mach_task_self();
	vm_address_t area = 0, at;
	vm_size_t size = 0;
	vm_prot_t protection = 0, most = 0;
	vm_inherit_t inheritance = 0;
	boolean_t shared = 0;
	memory_object_name_t object = MACH_PORT_NULL;
	vm_offset_t offset = 0;

	vm_allocate(self, &area, SIZE, 1);
	check_kr(vm_protect(self, area + PAGE, PAGE, 0, VM_PROT_READ), KERN_SUCCESS, "read only");
	at = area + PAGE;
	check_kr(vm_region(self, &at, &size, &protection, &most, &inheritance, &shared, &object,
			   &offset),
		 KERN_SUCCESS, "vm_region");
	check(at == area + PAGE && size == PAGE && protection == VM_PROT_READ &&
		  most == VM_PROT_ALL && inheritance == VM_INHERIT_COPY && !shared,
	      "a page: protection %d of %d, inheritance %d", protection, most, (int)inheritance);
	check_kr(vm_protect(self, area, PAGE, 1, VM_PROT_READ), KERN_SUCCESS, "for good");
	check_kr(vm_protect(self, area, PAGE, 0, VM_PROT_READ | VM_PROT_WRITE),
		 KERN_PROTECTION_FAILURE, "no way back");
	vm_deallocate(self, area, SIZE);
}

static void check_copies(void)
{
	task_t self = mach_task_self();
	vm_address_t from = 0, to = 0, read = 0;
	mach_msg_type_number_t nr = 0;

	vm_allocate(self, &from, SIZE, 1);
	vm_allocate(self, &to, SIZE, 1);
	memset((char *)from, 'a', SIZE);
	check_kr(vm_copy(self, from, SIZE, to), KERN_SUCCESS, "vm_copy");
	check_kr(vm_read(self, from, SIZE, &read, &nr), KERN_SUCCESS, "vm_read");
	memset((char *)from, 'b', SIZE);
	check(memcmp((char *)to, (char *)read, SIZE) == 0 && *(char *)to == 'a' && nr == SIZE,
	      "neither sees what is written later");
	check_kr(vm_write(self, to + PAGE, from, PAGE), KERN_SUCCESS, "vm_write");
	check(((char *)to)[PAGE - 1] == 'a' && ((char *)to)[PAGE] == 'b' &&
		  ((char *)to)[2 * PAGE - 1] == 'b' && ((char *)to)[2 * PAGE] == 'a',
	      "one page of it");
	check_kr(vm_write(self, to + 1, from, PAGE), KERN_INVALID_ARGUMENT, "not on a page");
	check_kr(vm_copy(self, 0x1000, PAGE, to), KERN_INVALID_ADDRESS, "from nowhere");
	vm_deallocate(self, read, SIZE);
	vm_deallocate(self, to, SIZE);
	vm_deallocate(self, from, SIZE);
}

/* What parent and child have of three pages that are inherited in three
   ways. */
static volatile char *shown[SHOWN];

static void child_writes(void *argument)
{
	(void)argument;
	*shown[0] = 's';
	*shown[2] = 'c';
	thread_end();
}

static void check_inheritance(void)
{
	static const vm_inherit_t ways[SHOWN] = {VM_INHERIT_SHARE, VM_INHERIT_NONE,
						 VM_INHERIT_COPY};
	vm_address_t area = 0, read = 0;
	mach_msg_type_number_t nr;
	thread_t thread;
	task_t task;

	vm_allocate(mach_task_self(), &area, SHOWN * PAGE, 1);
	for (unsigned i = 0; i < SHOWN; i++) {
		shown[i] = (char *)area + i * PAGE;
		*shown[i] = 'p';
		check_kr(vm_inherit(mach_task_self(), area + i * PAGE, PAGE, ways[i]), KERN_SUCCESS,
			 "vm_inherit");
	}
	task = child_make(child_writes, NULL, &thread);
	thread_place(thread, 1);
	task_resume(task);
	while (*shown[0] != 's')
		sleep_ms(1);
	sleep_ms(50);
	check(*shown[0] == 's' && *shown[2] == 'p', "shared %c, copied %c", *shown[0], *shown[2]);
	check_kr(vm_read(task, area + 2 * PAGE, PAGE, &read, &nr), KERN_SUCCESS,
		 "the child's copy");
	check(*(char *)read == 'c', "it has %c", *(char *)read);
	check_kr(vm_read(task, area + PAGE, PAGE, &read, &nr), KERN_INVALID_ADDRESS,
		 "it has no page between them");
	*shown[1] = 'q';
	check_kr(vm_write(task, area, area + PAGE, PAGE), KERN_SUCCESS, "written from outside");
	check(*shown[0] == 'q', "what is shared is written: %c", *shown[0]);
	task_terminate(task);
	drop(thread);
	drop(task);
	vm_deallocate(mach_task_self(), area, SHOWN * PAGE);
}

/* Pages faulted in by several threads at once. */
enum { FAULTERS = 4, FAULTED = 256 };

static vm_address_t faulted;
static uint32_t present[FAULTED], finished;

static void faulter(void *argument)
{
	unsigned first = (unsigned)(uintptr_t)argument;

	for (unsigned i = 0; i < FAULTED; i++) {
		unsigned n = (first + i) % FAULTED;

		__atomic_fetch_add((uint32_t *)(faulted + n * PAGE), 1, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&present[n], 1, __ATOMIC_SEQ_CST);
	}
	__atomic_fetch_add(&finished, 1, __ATOMIC_SEQ_CST);
	thread_end();
}

static void check_faults(void)
{
	thread_t threads[FAULTERS];
	unsigned right = 0;

	vm_allocate(mach_task_self(), &faulted, FAULTED * PAGE, 1);
	for (unsigned i = 0; i < FAULTERS; i++) {
		threads[i] = thread_make(mach_task_self(), faulter,
					 (void *)(uintptr_t)(i * FAULTED / FAULTERS));
		thread_place(threads[i], i);
	}
	for (unsigned i = 0; i < FAULTERS; i++)
		thread_resume(threads[i]);
	while (__atomic_load_n(&finished, __ATOMIC_SEQ_CST) < FAULTERS)
		sleep_ms(5);
	for (unsigned i = 0; i < FAULTED; i++)
		right += *(uint32_t *)(faulted + i * PAGE) == FAULTERS && present[i] == FAULTERS;
	check(right == FAULTED, "%u of %u pages were faulted in once, by %u threads", right,
	      FAULTED, FAULTERS);
	for (unsigned i = 0; i < FAULTERS; i++)
		drop(threads[i]);
	vm_deallocate(mach_task_self(), faulted, FAULTED * PAGE);
}

void test_vm(void)
{
	check_allocate();
	check_region();
	check_copies();
	check_inheritance();
	check_faults();
}
