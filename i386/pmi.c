/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of an overflow interrupt.
 *
 * Stock kernels have no gate for NMIs: one that comes is a protection fault
 * and the end.  So the order at initialisation is: stack and gate first,
 * then the APIC's entry for counter overflows is pointed at NMI and, last of
 * all, by the driver, unmasked.
 *
 * In NMI context anything may be interrupted, also code that holds locks or
 * has interrupts off, so there is no lock, no allocation, no printf and no
 * splx here (that one turns interrupts on).  Nothing here may fault either:
 * the IRET of a fault handler would let the next NMI in on top of this one.
 * With no fault, CR2 stays what it was.
 *
 * What needs locks is put off to an interrupt at a vector of its own, which
 * this CPU sends itself and takes as soon as its interrupts are on.
 */

#include <i386/cpuid.h>
#include <i386/emulator.h>
#include <i386/hpet.h>
#include <i386/idt.h>
#include <i386/lapic.h>
#include <i386/pmi.h>
#include <i386/tsc.h>
#include <i386/x86_pmu.h>
#include <kern/pmu/machine.h>
#include <kern/pmu/overhead.h>

#define NMI_VECTOR		2

/* Vectors nobody uses, whichever interrupt controller the kernel drives. */
#define FREE_VECTOR_FIRST	0x70
#define FREE_VECTOR_LAST	0xf0

/* The timer's ticks that a rate is measured over. */
#define CALIBRATE_TICKS		5

/* Of the kernel: clock ticks since boot, and a tick's microseconds. */
extern volatile unsigned int elapsed_ticks;
extern int tick;
extern int splhigh (void);
extern void splx_cli (int level);

unsigned long pmi_next_nmi;
uint32_t pmi_global_msr;

/* What each CPU's APIC is called.  Set by that CPU, before it takes part. */
static unsigned int apic_ids[PMU_MAX_CPUS];

/* Where deferred work interrupts; 0: it waits for the clock.  Set once on
   the boot CPU. */
static unsigned int deferred_vector;

const struct pmu_ops *const pmu_machine_drivers[] =
{
  &x86_pmu_ops,
  0
};

void
pmi_deferred (void)
{
  int level = splhigh ();
  uint32_t begin = pmu_hook_begin ();

  lapic_eoi ();
  pmu_deferred (cpu_this ());
  pmu_hook_end (cpu_this (), begin);
  splx_cli (level);
}

boolean_t
pmu_machine_defer (void)
{
  return deferred_vector != 0 && lapic_self_interrupt (deferred_vector);
}

boolean_t
pmu_machine_interrupt (int cpu)
{
  unsigned long flags;
  boolean_t sent;

  if (deferred_vector == 0)
    return FALSE;
  flags = cpu_irq_save ();
  sent = lapic_interrupt (apic_ids[cpu], deferred_vector);
  cpu_irq_restore (flags);
  return sent;
}

/* Spin until the clock has ticked.  FALSE: it does not. */
static boolean_t
await_tick (void)
{
  const unsigned int tries = 1U << 28;
  unsigned int start = elapsed_ticks;
  unsigned int i;

  for (i = 0; i < tries; i++)
    {
      if (elapsed_ticks != start)
	return TRUE;
      cpu_pause ();
    }
  return FALSE;
}

/* Measure the TSC against the clock interrupt.  Takes some ticks; interrupts
   are on. */
static uint32_t
measure_tsc_khz (void)
{
  uint64_t begin, end;
  unsigned int i;

  if (!await_tick ())
    return 0;
  begin = cpu_rdtsc ();
  for (i = 0; i < CALIBRATE_TICKS; i++)
    if (!await_tick ())
      return 0;
  end = cpu_rdtsc ();
  return (end - begin) * 1000 / ((uint64_t) tick * CALIBRATE_TICKS);
}

void
pmu_machine_init (void)
{
  uint32_t khz;

  emulator_init ();
  khz = emulator.tsc_khz;
  if (khz == 0)
    khz = tsc_announced_khz ();
  if (khz == 0)
    khz = measure_tsc_khz ();
  tsc_set_rate (khz);
}

/* The highest vector without a gate. */
static unsigned int
find_free_vector (void)
{
  unsigned int vector;

  for (vector = FREE_VECTOR_LAST; vector >= FREE_VECTOR_FIRST; vector--)
    if (idt_entry (vector) == 0)
      return vector;
  return 0;
}

boolean_t
pmu_machine_cpu_init (int cpu)
{
  idt_number_cpu (cpu);
  if (!lapic_init ())
    return FALSE;
  apic_ids[cpu] = lapic_id ();
  if (cpu == 0)
    {
      pmi_next_nmi = idt_entry (NMI_VECTOR);
      deferred_vector = find_free_vector ();
    }
  if (x86_pmu.layout != 0)
    pmi_global_msr = x86_pmu.layout->global_ctrl;
  pmi_install_nmi (cpu);
  if (deferred_vector != 0)
    idt_set_gate (deferred_vector, pmi_deferred_entry, 0);
  lapic_pmi_mask ();
  return TRUE;
}

boolean_t
pmu_machine_clock_find (void)
{
  return hpet_find (apic_ids[0]);
}

void
pmu_machine_clock_start (uint32_t nanoseconds)
{
  hpet_start (nanoseconds);
}

void
pmu_machine_clock_stop (void)
{
  hpet_stop ();
}

void
pmu_machine_describe (struct pmu_description *description)
{
  description->tsc_khz = tsc_khz ();
  if (emulator.model_version == 0)
    return;
  description->flags |= PERF_INFO_EMULATED;
  description->model_version = emulator.model_version;
  description->icount_shift = emulator.icount_shift;
}

void
pmu_cpu_name (char name[PMU_CPU_NAME_SIZE])
{
  cpuid_brand (name);
}
