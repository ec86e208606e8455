/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The division of 64-bit numbers that i386 tasks have, held to the host's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* In ../runtime/divide.c, by the names that gcc calls. */
uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder);
int64_t __divdi3(int64_t dividend, int64_t divisor);
int64_t __moddi3(int64_t dividend, int64_t divisor);
int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *remainder);

static void hold(uint64_t a, uint64_t b)
{
	uint64_t remainder;
	int64_t signed_remainder;

	if (b == 0)
		return;
	assert_int_equal(__udivdi3(a, b), a / b);
	assert_int_equal(__umoddi3(a, b), a % b);
	assert_int_equal(__udivmoddi4(a, b, &remainder), a / b);
	assert_int_equal(remainder, a % b);
	assert_int_equal(__udivmoddi4(a, b, NULL), a / b);
	if ((int64_t)a == INT64_MIN && (int64_t)b == -1)
		return;
	assert_int_equal(__divdi3((int64_t)a, (int64_t)b), (int64_t)a / (int64_t)b);
	assert_int_equal(__moddi3((int64_t)a, (int64_t)b), (int64_t)a % (int64_t)b);
	assert_int_equal(__divmoddi4((int64_t)a, (int64_t)b, &signed_remainder),
			 (int64_t)a / (int64_t)b);
	assert_int_equal(signed_remainder, (int64_t)a % (int64_t)b);
}

/* All powers of two and their neighbours, by each other. */
static void edges(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 64; i++)
		for (unsigned j = 0; j < 64; j++)
			for (int near = 0; near < 9; near++)
				hold((UINT64_C(1) << i) + near % 3 - 1,
				     (UINT64_C(1) << j) + near / 3 - 1);
}

/* Numbers of every length. */
static void any(void **state)
{
	uint64_t x = 88172645463325252;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		uint64_t numbers[2];

		for (unsigned j = 0; j < 2; j++) {
			/* xorshift64, Marsaglia 2003 */
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			numbers[j] = x >> (x % 64);
		}
		hold(numbers[0], numbers[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(edges),
	    cmocka_unit_test(any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
