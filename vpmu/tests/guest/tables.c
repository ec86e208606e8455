/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables: flat segments for both rings, a task state for the way back from
 * user mode, the gates.
 */
#include "bare.h"

extern char entry_nmi[], entry_vector[], entry_gp[], entry_ud[], entry_user_done[], entry_trap[];

static uint64_t gdt[6] = {0,
			  UINT64_C(0x00cf9a000000ffff),
			  UINT64_C(0x00cf92000000ffff),
			  UINT64_C(0x00cffa000000ffff),
			  UINT64_C(0x00cff2000000ffff),
			  0};
static uint64_t idt[256];
static uint32_t tss[26];
static uint8_t trap_stack[4096] __attribute__((aligned(16)));

static void set_gate(unsigned int vector, const char *entry, unsigned int dpl)
{
	uint32_t address = (uint32_t)entry;

	idt[vector] = (uint64_t)(address & 0xffff0000) << 32 | UINT64_C(0x8e00) << 32 |
		      (uint64_t)dpl << 45 | 0x8 << 16 | (address & 0xffff);
}

void load_tables(void)
{
	struct {
		uint16_t limit;
		uint32_t base;
	} __attribute__((packed)) table;
	uint32_t base = (uint32_t)tss;

	tss[1] = (uint32_t)(trap_stack + sizeof(trap_stack));
	tss[2] = 0x10;
	gdt[5] = UINT64_C(0x89) << 40 | (uint64_t)(base & 0xff000000) << 32 |
		 (uint64_t)(base & 0xffffff) << 16 | (sizeof(tss) - 1);
	table.limit = sizeof(gdt) - 1;
	table.base = (uint32_t)gdt;
	asm volatile("lgdt %0\n\t"
		     "ljmp $0x8, $1f\n"
		     "1:\tmovl $0x10, %%eax\n\t"
		     "movl %%eax, %%ds\n\tmovl %%eax, %%es\n\tmovl %%eax, %%ss\n\t"
		     "movl $0x28, %%eax\n\tltr %%ax"
		     :
		     : "m"(table)
		     : "eax", "memory");
	set_gate(2, entry_nmi, 0);
	set_gate(6, entry_ud, 0);
	set_gate(13, entry_gp, 0);
	set_gate(VECTOR, entry_vector, 0);
	set_gate(0x80, entry_user_done, 3);
	set_gate(0x81, entry_trap, 0);
	table.limit = sizeof(idt) - 1;
	table.base = (uint32_t)idt;
	asm volatile("lidt %0" : : "m"(table));
}
