/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>

#include "layout.h"

#define MOST_PADDING 64	    /* pages: some colours of the caches */
#define MOST_SHIFT   4096   /* bytes: a page */
#define MOST_DELAY   500000 /* a tick of the clock is 1.25 million instructions, a loop 3 of them */

/* Spread the bits of a number (the finaliser of MurmurHash3). */
static uint32_t spread(uint32_t number)
{
	number = (number ^ number >> 16) * 0x85ebca6b;
	number = (number ^ number >> 13) * 0xc2b2ae35;
	return number ^ number >> 16;
}

struct layout layout_make(unsigned int number)
{
	struct layout layout = {.number = number};

	if (number == 0)
		return layout;
	layout.order = number % LAYOUT_ORDERS;
	layout.padding = 1 + spread(4 * number) % MOST_PADDING;
	layout.stack_shift = spread(4 * number + 1) % MOST_SHIFT & ~15U;
	layout.delay = spread(4 * number + 2) % MOST_DELAY;
	return layout;
}
