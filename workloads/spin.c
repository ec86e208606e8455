/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spin N: a loop of exactly known instructions, N times.  What the task
 * executes beside the loop is the same for every N of up to ten digits: the
 * number is read without a branch that depends on it.
 */
#include <stdint.h>
#include "arguments.h"

#define DIGITS 10

void spin_loop(uint64_t n); /* spin-loop.S; n >= 1 */

/* The number TEXT is, 0 if it is none of at most DIGITS digits. */
static uint64_t read_number(const char *text)
{
	uint64_t value = 0;

	for (int i = 0; i < DIGITS; i++) {
		uint64_t digit = (uint64_t)(unsigned char)*text - '0';
		uint64_t is_digit = (digit - 10) >> 63 & ~(digit >> 63);

		value = value * (1 + 9 * is_digit) + (digit & -is_digit);
		text += is_digit;
	}
	return *text == '\0' ? value : 0;
}

int main(int argc, char **argv)
{
	static const struct argument argument = {"N", "times the loop goes round", 5000000, 1,
						 9999999999};
	static const struct program program = {
	    "spin", "A loop of ten instructions, as fast as the machine goes.", &argument, 1};
	unsigned long n = argc == 2 ? read_number(argv[1]) : 0;

	if (n == 0)
		arguments_read(&program, argc, argv, &n);
	spin_loop(n);
	return 0;
}
