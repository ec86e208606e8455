/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work of fixed amount in functions of known kinds and different sizes, a slice
 * of each in turn, for recordings of how a host's noise falls on functions.
 *
 *	work [ROUNDS]
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline, noclone))

static uint32_t words[1 << 16], order[1 << 14];
static double matrix[64][64], product[64][64];
static unsigned char sieve[1 << 16], bytes[1 << 16];

NOINLINE uint64_t mix_hash(unsigned int n)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (unsigned int i = 0; i < n * 1000; i++)
		hash = (hash ^ words[i & 0xffff]) * 0x100000001b3u;
	return hash;
}

NOINLINE uint64_t multiply(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int j = 0; j < 64; j++)
			for (unsigned int k = 0; k < 16; k++)
				product[i & 63][j] += matrix[i & 63][k] * matrix[k][j];
	return (uint64_t)product[1][1];
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

NOINLINE uint64_t sort_words(unsigned int n)
{
	static uint32_t copy[4096];
	uint64_t sum = 0;

	for (unsigned int i = 0; i < n; i++) {
		memcpy(copy, words, sizeof copy);
		for (unsigned int gap = 1024; gap; gap /= 4) /* Shell's */
			for (unsigned int j = gap; j < 1024; j++)
				for (unsigned int k = j;
				     k >= gap && compare(&copy[k - gap], &copy[k]) > 0; k -= gap) {
					uint32_t saved = copy[k];

					copy[k] = copy[k - gap];
					copy[k - gap] = saved;
				}
		sum += copy[512];
	}
	return sum;
}

NOINLINE uint64_t find_primes(unsigned int n)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < n; i++) {
		memset(sieve, 0, 8192);
		for (unsigned int p = 2; p < 8192; p++)
			if (!sieve[p])
				for (unsigned int q = p + p; q < 8192; q += p)
					sieve[q] = 1;
		count += sieve[8191];
	}
	return count;
}

NOINLINE uint64_t follow(unsigned int n)
{
	uint32_t at = 0;

	for (unsigned int i = 0; i < n * 1000; i++)
		at = order[at];
	return at;
}

NOINLINE uint64_t checksum(unsigned int n)
{
	uint32_t a = 1, b = 0;

	for (unsigned int i = 0; i < n * 1000; i++) {
		a = (a + bytes[i & 0xffff]) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

NOINLINE uint64_t count_bits(unsigned int n)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < n * 1000; i++)
		for (uint32_t w = words[i & 0xffff] & 0xff; w; w &= w - 1)
			sum++;
	return sum;
}

NOINLINE uint64_t branch_about(unsigned int n)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < n * 1000; i++)
		sum += words[i & 0xffff] & 1 ? sum >> 3 : i ^ 5;
	return sum;
}

NOINLINE uint64_t step_lcg(unsigned int n)
{
	uint64_t x = 1;

	for (unsigned int i = 0; i < n * 1000; i++)
		x = x * 6364136223846793005u + 1442695040888963407u;
	return x;
}

NOINLINE uint64_t add_floats(unsigned int n)
{
	double sum = 0;

	for (unsigned int i = 0; i < n * 1000; i++)
		sum = sum * 0.5 + matrix[i & 63][i >> 6 & 63];
	return (uint64_t)sum;
}

NOINLINE uint64_t divide_numbers(unsigned int n)
{
	uint64_t sum = 0;

	for (unsigned int i = 1; i < n * 1000; i++)
		sum += 0xfffffffffffffu / i;
	return sum;
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 100;
	uint64_t sum = 0;

	for (unsigned int i = 0; i < 1 << 16; i++) {
		words[i] = i * 2654435761u;
		bytes[i] = words[i] >> 24;
	}
	for (unsigned int i = 0; i < 1 << 14; i++)
		order[i] = (i * 5 + 3) & ((1 << 14) - 1);
	for (unsigned int i = 0; i < 64 * 64; i++)
		matrix[i / 64][i % 64] = i % 7;
	for (int round = 0; round < rounds; round++) {
		sum += mix_hash(550);
		sum += multiply(1000);
		sum += sort_words(15);
		sum += find_primes(14);
		sum += follow(100);
		sum += checksum(62);
		sum += count_bits(50);
		sum += branch_about(225);
		sum += step_lcg(175);
		sum += add_floats(32);
		sum += divide_numbers(15);
	}
	printf("%llx\n", (unsigned long long)sum);
	return 0;
}
