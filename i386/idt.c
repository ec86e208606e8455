/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Gates in the interrupt descriptor table.  The table is asked for of the
 * processor, since with several of them each may have its own.
 *
 * Intel SDM volume 3, "IDT Descriptors" and "64-Bit Mode IDT".
 */

#include <i386/idt.h>

#define GATE_PRESENT		0x80
#define GATE_INTERRUPT		0x0e	/* kernel only, turns interrupts off */

struct idt_register
{
  uint16_t limit;
  unsigned long base;
} __attribute__ ((packed));

void
idt_number_cpu (int cpu)
{
#if KERNEL_SMP
  struct idt_register idtr;

  asm volatile ("sidt %0" : "=m" (idtr));
  /* No gate lies behind the last one; a limit beyond means nothing. */
  idtr.limit = (idtr.limit | CPU_LIMIT_MASK) + 1 + cpu;
  asm volatile ("lidt %0" :: "m" (idtr) : "memory");
#else
  (void) cpu;
#endif
}

static struct real_gate *
idt_gate (unsigned int vector)
{
  struct idt_register idtr;

  asm volatile ("sidt %0" : "=m" (idtr));
  return (struct real_gate *) idtr.base + vector;
}

unsigned long
idt_entry (unsigned int vector)
{
  const struct real_gate *gate = idt_gate (vector);
  unsigned long entry;

  if (!(gate->access & GATE_PRESENT))
    return 0;
  entry = gate->offset_low | (unsigned long) gate->offset_high << 16;
#if defined (__x86_64__)
  entry |= (unsigned long) gate->offset_ext << 32;
#endif
  return entry;
}

void
idt_set_gate (unsigned int vector, void (*entry) (void), unsigned int stack)
{
  unsigned long address = (unsigned long) entry;
  struct real_gate *gate = idt_gate (vector);
  struct real_gate new =
  {
    .offset_low = address & 0xffff,
    .word_count = stack,
    .access = GATE_INTERRUPT,
    .offset_high = (address >> 16) & 0xffff,
#if defined (__x86_64__)
    .offset_ext = address >> 32,
#endif
  };
  uint16_t selector;

  asm volatile ("movw %%cs, %0" : "=r" (selector));
  new.selector = selector;
  /* Present last: until then the gate is none. */
  *(volatile struct real_gate *) gate = new;
  cpu_barrier ();
  gate->access = GATE_INTERRUPT | GATE_PRESENT;
}
