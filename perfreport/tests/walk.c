/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program whose stacks are not easy to walk, built without frame pointers:
 * recursion, callbacks from the C library, variable and realigned frames, a
 * signal's handler, inlined functions.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static volatile unsigned long sink;

static inline __attribute__((always_inline)) unsigned long mix(unsigned long x)
{
	for (int i = 0; i < 50; i++)
		x = x * 6364136223846793005UL + 1442695040888963407UL;
	return x;
}

static inline __attribute__((always_inline)) unsigned long mix_four(unsigned long x)
{
	unsigned long sum = 0;

	for (int i = 0; i < 4; i++)
		sum += mix(x + i);
	return sum;
}

__attribute__((noinline)) static unsigned long leaf(unsigned long x)
{
	return mix_four(x) | 1;
}

__attribute__((noinline)) static unsigned long recurse(unsigned int depth)
{
	char local[48];

	memset(local, depth, sizeof local);
	__asm__ volatile("" : : "r"(local) : "memory");
	return depth ? recurse(depth - 1) + local[7] : leaf(sink);
}

/* A frame of a size known only here. */
__attribute__((noinline)) static unsigned long variable(unsigned int size)
{
	unsigned char local[size];

	memset(local, 1, size);
	__asm__ volatile("" : : "r"(local) : "memory");
	return leaf(local[size / 2]) + size;
}

/* A frame that is aligned beyond what the ABI promises, with arguments on the
   stack: its caller is found by a pointer in the frame. */
__attribute__((noinline)) static unsigned long realigned(unsigned long a, unsigned long b,
							 unsigned long c, unsigned long d,
							 unsigned long e, unsigned long f,
							 unsigned long g)
{
	unsigned char local[64 + (a & 15)];
	unsigned char aligned[128] __attribute__((aligned(64)));

	memset(local, b, sizeof local);
	memset(aligned, c + d + e + f, sizeof aligned);
	__asm__ volatile("" : : "r"(local), "r"(aligned) : "memory");
	return leaf(aligned[5] + local[7]) + g;
}

static int compare(const void *a, const void *b)
{
	unsigned long x = leaf(*(const unsigned int *)a), y = leaf(*(const unsigned int *)b);

	return (x > y) - (x < y);
}

static void on_alarm(int signal)
{
	(void)signal;
	for (int i = 0; i < 300; i++)
		sink += leaf(i);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 1;
	struct itimerval tick = {{0, 5000}, {0, 5000}};
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	unsigned int numbers[64];
	char text[64];

	sigaction(SIGPROF, &action, NULL);
	setitimer(ITIMER_PROF, &tick, NULL);
	while (clock() < seconds * CLOCKS_PER_SEC) {
		for (unsigned int i = 0; i < 40; i++) {
			sink += recurse(i % 13);
			sink += variable(16 + i % 100);
			sink += realigned(i, 2, 3, 4, 5, 6, 7);
		}
		for (unsigned int i = 0; i < 64; i++)
			numbers[i] = i * 2654435761U;
		qsort(numbers, 64, sizeof *numbers, compare);
		snprintf(text, sizeof text, "%lu %f", (unsigned long)sink, seconds);
		sink += text[0];
	}
	return 0;
}
