/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program to be traced: of itself alone, with no access and no instruction
 * that reaches into another line, so that all caches count the same things.
 *
 * It has no library, and a stack of its own at a fixed address.  Data are
 * words, aligned.
 */
#include <stdint.h>

/* No instruction reaches from one 32 bytes into the next; for all that follows. */
asm(".bundle_align_mode 5");

#define NUMBERS 6000
#define SLOTS	16384
#define SIDE	96
#define NODES	3000

#define STRING(x)  STRING_(x)
#define STRING_(x) #x
#define STACK	   65536

uint64_t stack[STACK / 8] __attribute__((aligned(4096)));
static uint32_t numbers[NUMBERS], slots[SLOTS], from[SIDE][SIDE], to[SIDE][SIDE];
static struct node {
	struct node *next;
	uint64_t value, unused[6];
} nodes[NODES] __attribute__((aligned(64)));

static uint32_t seed = 1;

static uint32_t next_random(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static void sort(uint32_t *first, uint32_t *last)
{
	while (first < last) {
		uint32_t pivot = *first, *low = first, *high = last;

		while (low <= high) {
			while (*low < pivot)
				low++;
			while (*high > pivot)
				high--;
			if (low <= high) {
				uint32_t held = *low;

				*low++ = *high;
				*high-- = held;
			}
		}
		sort(first, high);
		first = low;
	}
}

static void hash(void)
{
	for (unsigned int i = 0; i < NUMBERS; i++) {
		unsigned int slot = numbers[i] * 2654435761U % SLOTS;

		while (slots[slot] != 0 && slots[slot] != numbers[i])
			slot = (slot + 1) % SLOTS;
		slots[slot] = numbers[i];
	}
}

static void transpose(void)
{
	for (unsigned int i = 0; i < SIDE; i++)
		for (unsigned int j = 0; j < SIDE; j++)
			to[j][i] += from[i][j];
}

static uint64_t chase(void)
{
	struct node *node = &nodes[0];
	uint64_t sum = 0;

	for (unsigned int i = 0; i < NODES; i++)
		nodes[i].next = &nodes[(i + 1789) % NODES];
	for (unsigned int i = 0; i < 2 * NODES; i++, node = node->next)
		sum += node->value++;
	return sum;
}

/* More code than a cache of 32 KiB holds. */
static void run_on(void)
{
	asm volatile(".rept 12000\n\taddl $1, %%eax\n\t.endr" : : : "eax", "cc");
}

static void __attribute__((noreturn)) leave(int status)
{
	asm volatile("syscall" : : "a"(231), "D"(status) : "rcx", "r11", "memory");
	__builtin_unreachable();
}

void walk(void)
{
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < NUMBERS; i++)
			numbers[i] = next_random();
		sort(&numbers[0], &numbers[NUMBERS - 1]);
		hash();
		transpose();
		seed += (uint32_t)chase();
		run_on();
	}
	leave(0);
}

/* The stack that the kernel made differs with the environment. */
asm(".globl _start\n_start: movl $stack + " STRING(STACK) ", %esp\n\tcall walk\n");
