/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faults PAGES: touch PAGES fresh pages, each of which the kernel has to
 * find and clear first.  Memory is given back from time to time, so that
 * any number of pages will do.
 */
#include <stdio.h>
#include <machperf/task.h>
#include "mach_user.h"
#include "arguments.h"

#define CHUNK 2048 /* pages */

__attribute__((noinline)) static void faults_loop(char *memory, unsigned long pages)
{
	for (unsigned long page = 0; page < pages; page++)
		*(volatile char *)(memory + page * TASK_PAGE_SIZE) = 1;
}

int main(int argc, char **argv)
{
	static const struct argument argument = {"PAGES", "pages to touch", 8192, 1, 100000000};
	static const struct program program = {"faults", "A storm of page faults.", &argument, 1};
	unsigned long pages, left;

	arguments_read(&program, argc, argv, &pages);
	for (left = pages; left > 0;) {
		unsigned long part = left < CHUNK ? left : CHUNK;
		vm_address_t memory = 0;
		kern_return_t kr;

		kr = vm_allocate(mach_task_self(), &memory, part * TASK_PAGE_SIZE, 1);
		if (kr != KERN_SUCCESS) {
			dprintf(2, "faults: no memory for %lu pages: error %d\n", part, kr);
			return 1;
		}
		faults_loop((char *)memory, part);
		vm_deallocate(mach_task_self(), memory, part * TASK_PAGE_SIZE);
		left -= part;
	}
	printf("faults: %lu pages touched\n", pages);
	return 0;
}
