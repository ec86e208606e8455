/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spin N: a loop of exactly known instructions, N times.  What the task
 * executes beside the loop is the same for every N of up to ten digits: the
 * number is read without a branch that depends on it.
 */
#include <stdint.h>
#include "arguments.h"

void spin_loop(uint64_t n); /* spin-loop.S; n >= 1 */
uint64_t spin_number(const char *text);

int main(int argc, char **argv)
{
	static const struct argument argument = {"N", "times the loop goes round", 5000000, 1,
						 9999999999};
	static const struct program program = {
	    "spin", "A loop of ten instructions, as fast as the machine goes.", &argument, 1};
	unsigned long n = argc == 2 ? spin_number(argv[1]) : 0;

	if (n == 0)
		arguments_read(&program, argc, argv, &n);
	spin_loop(n);
	return 0;
}
