/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stacks of NMIs on a 32-bit kernel; nmi.S tells how they are found. */

#include <i386/idt.h>
#include <i386/pmi.h>

#define NMI_VECTOR	2
#define NMI_STACK_SIZE	8192	/* as in nmi.S */
#define ENTRY_SIZE	32

union nmi_stack
{
  char bytes[NMI_STACK_SIZE];
  struct
  {
    char room[NMI_STACK_SIZE - 2 * sizeof (unsigned long)];
    unsigned long interrupted_sp;
    unsigned long cpu;
  } frame;
} __attribute__ ((aligned (16)));

/* Owner: the CPU. */
union nmi_stack pmi_nmi_stacks[PMU_MAX_CPUS];

void
pmi_install_nmi (int cpu)
{
  unsigned long entry = (unsigned long) pmi_nmi_entry + cpu * ENTRY_SIZE;

  pmi_nmi_stacks[cpu].frame.cpu = cpu;
  cpu_barrier ();		/* the stack before the gate that uses it */
  idt_set_gate (NMI_VECTOR, (void (*) (void)) entry, 0);
}
