/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spin N: a loop of exactly known instructions, N times.  What the task
 * executes beside the loop is the same for every N of up to ten digits (nine
 * on i386): the number is read without a branch that depends on it.
 */
#include "arguments.h"

#ifdef __x86_64__
#define MOST 9999999999
#else
#define MOST 999999999
#endif

void spin_loop(unsigned long n); /* spin-loop.S; n >= 1 */
unsigned long spin_number(const char *text);

int main(int argc, char **argv)
{
	static const struct argument argument = {"N", "times the loop goes round", 5000000, 1,
						 MOST};
	static const struct program program = {
	    "spin", "A loop of ten instructions, as fast as the machine goes.", &argument, 1};
	unsigned long n = argc == 2 ? spin_number(argv[1]) : 0;

	if (n == 0)
		arguments_read(&program, argc, argv, &n);
	spin_loop(n);
	return 0;
}
