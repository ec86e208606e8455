/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stack of NMIs on a 64-bit kernel.
 *
 * The SYSCALL instruction enters the kernel with the user's stack pointer
 * still in place, so an NMI must bring its own stack: the task state segment
 * names up to seven, of which the kernel uses the first for double faults.
 * We take the second.  The segment is found by name: in the descriptor table
 * its slot overlaps a user one.
 *
 * Intel SDM volume 3, "Interrupt Stack Table".
 */

#include <i386/idt.h>
#include <i386/pmi.h>

#define NMI_VECTOR	2
#define NMI_STACK	2	/* index in the interrupt stack table */
#define NMI_STACK_SIZE	8192

/* What the entry stub finds at the bottom of its stack, above what the
   processor pushes; nmi.S knows the layout. */
struct nmi_stack_base
{
  unsigned long cpu;
  unsigned long unused;		/* keeps the stack 16-byte aligned */
};

union nmi_stack
{
  char bytes[NMI_STACK_SIZE];
  struct
  {
    char room[NMI_STACK_SIZE - sizeof (struct nmi_stack_base)];
    struct nmi_stack_base base;
  } frame;
} __attribute__ ((aligned (16)));

/* Of the kernel: the CPUs' task states. */
#if KERNEL_SMP
extern struct task_tss *mp_ktss[];
#else
extern struct task_tss ktss;
#endif

/* Owner: the CPU. */
static union nmi_stack nmi_stacks[PMU_MAX_CPUS];

void
pmi_install_nmi (int cpu)
{
  struct nmi_stack_base *base = &nmi_stacks[cpu].frame.base;

  base->cpu = cpu;
#if KERNEL_SMP
  mp_ktss[cpu]->tss.ist2 = (unsigned long) base;
#else
  ktss.tss.ist2 = (unsigned long) base;
#endif
  cpu_barrier ();		/* the stack before the gate that uses it */
  idt_set_gate (NMI_VECTOR, pmi_nmi_entry, NMI_STACK);
}
