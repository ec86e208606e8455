/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stride PAGES COUNT: read one word of each of PAGES pages in turn, COUNT
 * times in all.  With more pages than the TLB holds, every read misses it.
 * The word moves on by a cache line from page to page, so that the reads
 * do not meet in one set of the cache.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "arguments.h"

#define PAGE 4096
#define LINE 64

__attribute__((noinline)) static unsigned long stride_loop(const char *memory, unsigned long pages,
							   unsigned long count)
{
	unsigned long sum = 0;
	unsigned long page = 0;

	for (; count > 0; count--) {
		sum += *(const volatile unsigned long *)(memory + page * PAGE + page * LINE % PAGE);
		page = page + 1 < pages ? page + 1 : 0;
	}
	return sum;
}

int main(int argc, char **argv)
{
	static const struct argument arguments[] = {
	    {"PAGES", "pages to go through", 512, 1, 32768},
	    {"COUNT", "reads in all", 3000000, 1, ARGUMENT_LIMIT(100000000000)},
	};
	static const struct program program = {
	    "stride", "Read one word of each of many pages in turn.", arguments, 2};
	unsigned long values[2];
	char *memory;
	unsigned long sum;

	arguments_read(&program, argc, argv, values);
	memory = malloc((values[0] + 1) * PAGE);
	if (memory == NULL) {
		dprintf(2, "stride: no memory for %lu pages\n", values[0]);
		return 1;
	}
	memory = (char *)(((uintptr_t)memory + PAGE - 1) & ~(uintptr_t)(PAGE - 1));
	for (unsigned long page = 0; page < values[0]; page++)
		*(unsigned long *)(memory + page * PAGE + page * LINE % PAGE) = page;
	sum = stride_loop(memory, values[0], values[1]);
	printf("stride: %lu reads of %lu pages, sum %lu\n", values[1], values[0], sum);
	return 0;
}
