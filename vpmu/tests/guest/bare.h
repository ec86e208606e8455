/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the bare-metal images share: registers, the serial line, the port. */
#ifndef VPMU_TESTS_BARE_H
#define VPMU_TESTS_BARE_H

#include <stdint.h>

#define COM1	    0x3f8
#define PORT	    0xb80
#define PORT_LOW    PORT
#define PORT_HIGH   (PORT + 4)
#define PORT_LENGTH (PORT + 8)
#define PORT_EXIT   (PORT + 12)
#define VECTOR	    0xe1 /* of the interrupt that is no NMI */

/* Make ready for interrupts and user mode (tables.c). */
void load_tables(void);

static inline void outb(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "d"(port));
}

static inline void outl(uint16_t port, uint32_t value)
{
	asm volatile("outl %0, %1" : : "a"(value), "d"(port) : "memory");
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t value;

	asm volatile("inl %1, %0" : "=a"(value) : "d"(port));
	return value;
}

static inline uint64_t rdmsr(uint32_t msr)
{
	uint64_t value;

	asm volatile("rdmsr" : "=A"(value) : "c"(msr));
	return value;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
	asm volatile("wrmsr" : : "c"(msr), "A"(value) : "memory");
}

static inline uint64_t rdpmc(uint32_t index)
{
	uint64_t value;

	asm volatile("rdpmc" : "=A"(value) : "c"(index));
	return value;
}

static inline void cpuid(uint32_t leaf, uint32_t regs[4])
{
	asm volatile("cpuid"
		     : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3])
		     : "a"(leaf), "c"(0));
}

static inline void print(const char *s)
{
	while (*s)
		outb(COM1, *s++);
}

static inline void print_number(uint32_t n)
{
	char digits[12];
	int i = sizeof(digits) - 1;

	digits[i] = 0;
	do {
		digits[--i] = '0' + n % 10;
		n /= 10;
	} while (n > 0);
	print(&digits[i]);
}

/* Leave the emulator; does not return. */
static inline void leave(uint32_t code)
{
	outl(PORT_EXIT, code);
	for (;;)
		asm volatile("cli; hlt");
}

#endif
