/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the model costs the host: the same work with different events counted.
 * Writes the name of each run and a newline to the serial line before it, and
 * "end" after the last; the host takes the time between lines.
 */
#include "bare.h"

#include <stddef.h>

#define ROUNDS 6000000

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

/* Run the code with up to four events counted. */
static void run(const char *work, void (*code)(void), const char *name, const uint32_t *events,
		unsigned int nr)
{
	wrmsr(0x38f, 0);
	for (unsigned int i = 0; i < nr; i++) {
		wrmsr(0x186 + i, events[i] | BOTH);
		wrmsr(0xc1 + i, 0);
	}
	wrmsr(0x38f, (1 << nr) - 1);
	print(work);
	print(" ");
	print(name);
	print("\n");
	code();
	wrmsr(0x38f, 0);
}

static void all(const char *work, void (*code)(void))
{
	static const uint32_t instructions = 0xc0, branch_misses = 0xc5, llc_misses = 0x412e,
			      loads = 0x10b, cycles = 0x3c, models[] = {0x412e, 0x149, 0x185, 0xc5};

	run(work, code, "nothing", NULL, 0);
	run(work, code, "instructions", &instructions, 1);
	run(work, code, "branch-misses", &branch_misses, 1);
	run(work, code, "llc-misses", &llc_misses, 1);
	run(work, code, "loads", &loads, 1);
	run(work, code, "caches+tlbs+branches", models, 4);
	run(work, code, "cycles", &cycles, 1);
}

/* Without a PMU: what it takes plain, or beside something else. */
static void plain(const char *work, void (*code)(void))
{
	print(work);
	print(" nothing\n");
	code();
}

void bare_main(void)
{
	static const struct {
		const char *name;
		void (*code)(void);
	} works[] = {{"scattered", scattered}, {"orderly", orderly}};
	uint32_t regs[4];

	cpuid(0x4d500000, regs);
	/* The first time everything is translated. */
	scattered();
	orderly();
	for (unsigned int i = 0; i < 2; i++)
		if (regs[1] == 0x6863616d) /* "mach" */
			all(works[i].name, works[i].code);
		else
			plain(works[i].name, works[i].code);
	print("end\n");
	/* The host looks at our time now. */
	scattered();
	leave(0);
}
