/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers out of text. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

int errno;

static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A') + 10;
	return UINT_MAX;
}

/* Read a number without its sign, at most LIMIT; what is larger is LIMIT, and
   ERANGE in errno. */
static unsigned long long magnitude(const char *s, char **end, int base, int *negative,
				    unsigned long long limit)
{
	const char *p = s;
	unsigned long long value = 0;
	int overflow = 0, any = 0;

	*negative = 0;
	while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
		p++;
	if (*p == '-' || *p == '+')
		*negative = *p++ == '-';
	if ((base == 0 || base == 16) && p[0] == '0' && (p[1] | 32) == 'x' && digit(p[2]) < 16) {
		p += 2;
		base = 16;
	} else if (base == 0) {
		base = *p == '0' ? 8 : 10;
	}
	for (; digit(*p) < (unsigned)base; p++) {
		any = 1;
		overflow |= __builtin_mul_overflow(value, (unsigned)base, &value);
		overflow |= __builtin_add_overflow(value, digit(*p), &value);
	}
	if (end != NULL)
		*end = (char *)(any ? p : s);
	if (!overflow && value <= limit)
		return value;
	errno = ERANGE;
	return limit;
}

/* What is too large stays so, whatever its sign. */
unsigned long long strtoull(const char *restrict s, char **restrict end, int base)
{
	int negative;
	unsigned long long value = magnitude(s, end, base, &negative, ULLONG_MAX);

	return negative && value != ULLONG_MAX ? -value : value;
}

unsigned long strtoul(const char *restrict s, char **restrict end, int base)
{
	int negative;
	unsigned long value = magnitude(s, end, base, &negative, ULONG_MAX);

	return negative && value != ULONG_MAX ? -value : value;
}

long strtol(const char *restrict s, char **restrict end, int base)
{
	int negative;
	unsigned long value = magnitude(s, end, base, &negative, (unsigned long)LONG_MAX + 1);

	if (negative)
		return (long)-value;
	if (value <= LONG_MAX)
		return (long)value;
	errno = ERANGE;
	return LONG_MAX;
}

int atoi(const char *s)
{
	return (int)strtol(s, NULL, 10);
}
