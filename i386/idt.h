/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gates in the running CPU's interrupt descriptor table. */
#ifndef _I386_IDT_H_
#define _I386_IDT_H_

#include <kern/pmu/pmu_env.h>

/* Give the running CPU its number, as cpu_this () reads it. */
void idt_number_cpu (int cpu);

/* The address the gate at vector leads to; 0: no gate is there. */
unsigned long idt_entry (unsigned int vector);

/* Put an interrupt gate (interrupts off on entry, kernel only) at vector of
   the running CPU's table.  stack: index into the task state's interrupt
   stacks, 0 for the stack in use; 64-bit kernels only. */
void idt_set_gate (unsigned int vector, void (*entry) (void),
		   unsigned int stack);

#endif /* _I386_IDT_H_ */
