/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC: overflow interrupt and self interrupt; see lapic.h.
 *
 * Kernels that use the legacy interrupt controller leave the APIC running
 * but do not map it (their lapic variable points to a dummy), so we map it
 * ourselves, wherever the APIC base register says it is.
 */

#include <i386/lapic.h>

#define MSR_APIC_BASE		0x1b
#define APIC_BASE_X2APIC	(1U << 10)
#define APIC_BASE_ENABLED	(1U << 11)
#define APIC_BASE_ADDRESS	0x000ffffffffff000ULL

#define CPUID_1_EDX_MSR		(1U << 5)
#define CPUID_1_EDX_APIC	(1U << 9)

#define APIC_SIZE	4096

/* Registers, in bytes. */
#define APIC_ID		0x020
#define APIC_EOI	0x0b0
#define APIC_SVR	0x0f0
#define APIC_ICR_LOW	0x300
#define APIC_ICR_HIGH	0x310
#define APIC_LVT_PC	0x340	/* performance counters */

#define APIC_ID_SHIFT		24	/* in APIC_ID and APIC_ICR_HIGH */
#define APIC_SVR_ENABLED	(1U << 8)
#define APIC_ICR_SELF		(1U << 18)
#define APIC_ICR_ASSERT		(1U << 14)
#define APIC_ICR_PENDING	(1U << 12)
#define APIC_LVT_NMI		(4U << 8)
#define APIC_LVT_MASKED		(1U << 16)

/* Looks at the pending bit before giving up: an interrupt to oneself takes
   some tens of cycles. */
#define ICR_TRIES	1000

extern void *kmem_map_aligned_table (phys_addr_t address, vm_size_t size,
				     int mode);

/* Set once by lapic_init (); each CPU sees its own APIC there. */
static volatile uint32_t *apic;

static inline uint32_t
apic_read (unsigned int offset)
{
  return apic[offset / sizeof *apic];
}

static inline void
apic_write (unsigned int offset, uint32_t value)
{
  apic[offset / sizeof *apic] = value;
}

boolean_t
lapic_init (void)
{
  const int read_write = 1 | 2;		/* VM_PROT_READ | VM_PROT_WRITE */
  const uint32_t wanted = CPUID_1_EDX_MSR | CPUID_1_EDX_APIC;
  struct cpuid_regs r;
  uint64_t base;

  if (apic != 0)
    return TRUE;
  cpu_cpuid (1, &r);
  if ((r.edx & wanted) != wanted)
    return FALSE;
  base = cpu_rdmsr (MSR_APIC_BASE);
  if (!(base & APIC_BASE_ENABLED) || (base & APIC_BASE_X2APIC))
    return FALSE;
  apic = kmem_map_aligned_table (base & APIC_BASE_ADDRESS, APIC_SIZE,
				 read_write);
  if (apic != 0 && !(apic_read (APIC_SVR) & APIC_SVR_ENABLED))
    apic = 0;
  return apic != 0;
}

void
lapic_pmi_unmask (void)
{
  apic_write (APIC_LVT_PC, APIC_LVT_NMI);
}

void
lapic_pmi_mask (void)
{
  apic_write (APIC_LVT_PC, APIC_LVT_NMI | APIC_LVT_MASKED);
}

boolean_t
lapic_pmi_masked (void)
{
  return (apic_read (APIC_LVT_PC) & APIC_LVT_MASKED) != 0;
}

/* Wait until an interrupt sent before has left. */
static boolean_t
await_icr (void)
{
  int tries;

  for (tries = ICR_TRIES; apic_read (APIC_ICR_LOW) & APIC_ICR_PENDING; tries--)
    if (tries == 0)
      return FALSE;
  return TRUE;
}

boolean_t
lapic_self_interrupt (unsigned int vector)
{
  /* We may have interrupted somebody who just wrote this register. */
  if (!await_icr ())
    return FALSE;
  apic_write (APIC_ICR_LOW, APIC_ICR_SELF | APIC_ICR_ASSERT | vector);
  return TRUE;
}

unsigned int
lapic_id (void)
{
  return apic_read (APIC_ID) >> APIC_ID_SHIFT;
}

boolean_t
lapic_interrupt (unsigned int id, unsigned int vector)
{
  if (!await_icr ())
    return FALSE;
  /* An NMI in between writes the low half only, and to this CPU alone. */
  apic_write (APIC_ICR_HIGH, id << APIC_ID_SHIFT);
  apic_write (APIC_ICR_LOW, APIC_ICR_ASSERT | vector);
  return TRUE;
}

void
lapic_eoi (void)
{
  apic_write (APIC_EOI, 0);
}
