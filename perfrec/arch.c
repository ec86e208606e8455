/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "arch.h"

static const struct arch arches[] = {
    {
	.name = "amd64",
	.uts = "x86_64",
	.machine = EM_X86_64,
	.class = ELFCLASS64,
	.kernel = "kern/gnumach-amd64-up",
	.agent = "guest/agent/agent",
	.workloads = "workloads",
	.dwarf_registers = 0xff0fff, /* ax to ss, r8 to r15 */
    },
    {
	.name = "i386",
	.uts = "i386",
	.machine = EM_386,
	.class = ELFCLASS32,
	.kernel = "kern/gnumach-i386-up",
	.agent = "guest/agent/agent-i386",
	.workloads = "workloads/i386",
	.dwarf_registers = 0xfff, /* ax to ss */
    },
};

#define NR_ARCHES (sizeof(arches) / sizeof(arches[0]))

const struct arch *arch_named(const char *name)
{
	size_t n;

	for (n = 0; n < NR_ARCHES; n++)
		if (!strcmp(arches[n].name, name))
			return &arches[n];
	return NULL;
}

const struct arch *arch_of_elf(uint16_t machine, uint8_t class)
{
	size_t n;

	for (n = 0; n < NR_ARCHES; n++)
		if (arches[n].machine == machine && arches[n].class == class)
			return &arches[n];
	return NULL;
}

const struct arch *arch_default(void)
{
	return &arches[0];
}
