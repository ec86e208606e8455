/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The output port, bare metal: writes a known pattern in three pieces, the
 * last in high memory and longer than the device's buffer, and leaves with the
 * worst status as exit code.
 */
#include "bare.h"

#define HIGH	    0x1000000
#define HIGH_LENGTH 200001

static uint32_t worst;

static void put(const void *data, uint32_t length)
{
	uint32_t status;

	outl(PORT_LOW, (uint32_t)data);
	outl(PORT_HIGH, 0);
	outl(PORT_LENGTH, length);
	status = inl(PORT_LENGTH);
	if (status != 0)
		worst = status;
}

/* bare.S refers to these; nothing overflows here. */
uint32_t reload, reenable, faults;

void on_overflow(uint32_t ip)
{
	(void)ip;
}

void on_vector(void)
{
}

void bare_main(void)
{
	uint8_t *high = (uint8_t *)HIGH;
	uint32_t regs[4];

	cpuid(0x4d500000, regs);
	print(regs[1] == 0x6863616d ? "pmu\n" : "no pmu\n");
	if (inl(PORT_LOW) != 0x5450504d)
		leave(100);
	for (uint32_t i = 0; i < HIGH_LENGTH; i++)
		high[i] = i * 7 % 251;
	put("first", 5);
	put("", 0);
	put("second\n", 7);
	put(high, HIGH_LENGTH);
	print("status ");
	print_number(worst);
	print("\n");
	/* Past the end of all memory. */
	outl(PORT_HIGH, 1);
	outl(PORT_LENGTH, 16);
	print("nowhere ");
	print_number(inl(PORT_LENGTH));
	print("\n");
	leave(worst);
}
