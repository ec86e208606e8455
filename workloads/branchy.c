/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * branchy N PREDICTABLE: a branch that depends on a random bit, N times; no
 * predictor does better than half.  With PREDICTABLE 1 the same code takes
 * the same way each time.
 */
#include <stdint.h>
#include <stdio.h>
#include "arguments.h"

/* Two sums, one for each way.  The empty statements keep the compiler from
   making the branch into arithmetic. */
__attribute__((noinline)) static uint64_t branchy_loop(unsigned long n, uint64_t mask)
{
	uint64_t x = UINT64_C(0x9e3779b97f4a7c15), ones = 0, zeros = 0;

	for (; n > 0; n--) {
		/* xorshift64, Marsaglia 2003 */
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		if ((x & mask) != 0) {
			__asm__ volatile("");
			ones += x;
		} else {
			__asm__ volatile("");
			zeros ^= x;
		}
	}
	return ones + zeros;
}

int main(int argc, char **argv)
{
	static const struct argument arguments[] = {
	    {"N", "branches to take", 2000000, 1, ARGUMENT_LIMIT(100000000000)},
	    {"PREDICTABLE", "1: always the same way", 0, 0, 1},
	};
	static const struct program program = {"branchy", "A branch that cannot be predicted.",
					       arguments, 2};
	unsigned long values[2];

	arguments_read(&program, argc, argv, values);
	printf("branchy: %lu branches, sum %llx\n", values[0],
	       (unsigned long long)branchy_loop(values[0], values[1] != 0 ? 0 : UINT64_C(1) << 40));
	return 0;
}
