/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The synchronous port of the emulator. */
#include <machperf/emulator.h>
#include <machperf/task.h>
#include "mach_i386_user.h"

static inline void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint32_t in32(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

kern_return_t emulator_open(mach_port_t device)
{
	io_perm_t ports;
	kern_return_t kr;

	kr = i386_io_perm_create(device, EMULATOR_PORT, EMULATOR_PORT + 15, &ports);
	if (kr != KERN_SUCCESS)
		return kr;
	kr = i386_io_perm_modify(mach_task_self(), ports, 1);
	if (kr != KERN_SUCCESS)
		return kr;
	return in32(EMULATOR_PORT) == EMULATOR_SIGNATURE ? KERN_SUCCESS : KERN_FAILURE;
}

int emulator_write(uint64_t address, uint32_t length)
{
	out32(EMULATOR_PORT, (uint32_t)address);
	out32(EMULATOR_PORT + 4, (uint32_t)(address >> 32));
	out32(EMULATOR_PORT + 8, length);
	return (int)in32(EMULATOR_PORT + 8);
}

void emulator_exit(int code)
{
	out32(EMULATOR_PORT + 12, (uint32_t)code);
	__builtin_trap();
}
