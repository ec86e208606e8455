/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the model costs the host: the same work with different events counted.
 * Writes the name of each run and a newline to the serial line before it, and
 * "end" after the last; the host takes the time between lines.
 */
#include "bare.h"

#define ROUNDS 10000000

#define BOTH 0x430000

uint32_t reload, reenable, faults;
static uint8_t table[65536];

void on_overflow(uint32_t ip)
{
	(void)ip;
}

void on_vector(void)
{
}

/* Loads and stores in random places of 64 KiB, and branches that cannot be
   predicted. */
static void __attribute__((noinline)) scattered(void)
{
	uint32_t x = 1, sum = 0;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint32_t j;

		x = x * 1664525 + 1013904223;
		j = x >> 16;
		if (table[j] & 1) {
			sum += table[(j + 64) & 65535];
		} else {
			table[j] += 3;
			sum ^= i;
		}
		if (x >> 31)
			sum += 3;
	}
	table[0] = sum;
}

static void __attribute__((noinline)) callee(volatile uint32_t *p)
{
	*p += 1;
}

/* As compiled code mostly is: calls, the stack, memory in order. */
static void __attribute__((noinline)) orderly(void)
{
	volatile uint32_t *words = (volatile uint32_t *)table;
	volatile uint32_t local[4] = {0};

	for (uint32_t i = 0; i < ROUNDS; i++) {
		local[i & 3] += words[i & 16383];
		callee(&words[(i + 1) & 16383]);
		local[2] ^= local[1];
	}
}

static void run(const char *work, void (*code)(void), const char *name, uint32_t event)
{
	wrmsr(0x38f, 0);
	wrmsr(0x186, event ? event | BOTH : 0);
	wrmsr(0xc1, 0);
	wrmsr(0x38f, 1);
	print(work);
	print(" ");
	print(name);
	print("\n");
	code();
	wrmsr(0x38f, 0);
}

static void all(const char *work, void (*code)(void))
{
	run(work, code, "nothing", 0);
	run(work, code, "nothing", 0);
	run(work, code, "instructions", 0xc0);
	run(work, code, "branch-misses", 0xc5);
	run(work, code, "llc-misses", 0x412e);
	run(work, code, "loads", 0x10b);
	run(work, code, "cycles", 0x3c);
}

void bare_main(void)
{
	all("scattered", scattered);
	all("orderly", orderly);
	print("end\n");
	/* The host looks at our time now. */
	scattered();
	leave(0);
}
