/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What gcc calls on i386 to divide 64-bit numbers: its own library has the
 * same, but without frames, so that callchains would break there.
 */
#include <stdint.h>

uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder);
uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *remainder);
int64_t __divdi3(int64_t dividend, int64_t divisor);
int64_t __moddi3(int64_t dividend, int64_t divisor);

/* HIGH:LOW by DIVISOR, which is larger than HIGH. */
static uint32_t divide(uint32_t high, uint32_t low, uint32_t divisor, uint32_t *remainder)
{
	uint32_t quotient;

	__asm__("divl %4"
		: "=a"(quotient), "=d"(*remainder)
		: "a"(low), "d"(high), "rm"(divisor)
		: "cc");
	return quotient;
}

/* By a divisor of 32 bits: as on paper, with two digits. */
static uint64_t divide_by_word(uint64_t dividend, uint32_t divisor, uint64_t *remainder)
{
	uint32_t high = dividend >> 32, rest = high, quotient_high = 0, quotient_low;

	if (high >= divisor)
		quotient_high = divide(0, high, divisor, &rest);
	quotient_low = divide(rest, (uint32_t)dividend, divisor, &rest);
	*remainder = rest;
	return (uint64_t)quotient_high << 32 | quotient_low;
}

/*
 * By a larger one: the quotient has 32 bits.  Dividing by the divisor's upper
 * 32 bits, once both are shifted so that it has its top bit there, gives that
 * quotient or, as the divisor's other bits were left out, one more.
 */
static uint64_t divide_by_long(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
	unsigned shift = __builtin_clz(divisor >> 32);
	uint32_t top = divisor << shift >> 32, rest;
	uint64_t half = dividend >> 1; /* so that it is less than the top's digit */
	uint64_t quotient = divide(half >> 32, (uint32_t)half, top, &rest);

	quotient = quotient << shift >> 31;
	if (quotient > 0)
		quotient--;
	*remainder = dividend - quotient * divisor;
	if (*remainder >= divisor) {
		*remainder -= divisor;
		quotient++;
	}
	return quotient;
}

uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
	uint64_t unused;

	if (remainder == 0)
		remainder = &unused;
	return divisor >> 32 == 0 ? divide_by_word(dividend, (uint32_t)divisor, remainder)
				  : divide_by_long(dividend, divisor, remainder);
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor)
{
	return __udivmoddi4(dividend, divisor, 0);
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
	uint64_t remainder;

	__udivmoddi4(dividend, divisor, &remainder);
	return remainder;
}

static uint64_t absolute(int64_t number)
{
	return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *remainder)
{
	uint64_t rest;
	uint64_t quotient = __udivmoddi4(absolute(dividend), absolute(divisor), &rest);

	*remainder = dividend < 0 ? -rest : rest;
	return (dividend < 0) != (divisor < 0) ? -quotient : quotient;
}

int64_t __divdi3(int64_t dividend, int64_t divisor)
{
	int64_t unused;

	return __divmoddi4(dividend, divisor, &unused);
}

int64_t __moddi3(int64_t dividend, int64_t divisor)
{
	int64_t remainder;

	__divmoddi4(dividend, divisor, &remainder);
	return remainder;
}
