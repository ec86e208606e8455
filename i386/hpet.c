/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NMIs by HPET; hpet.h.
 *
 * A timer with "front side bus delivery" writes to the APIC's message address
 * itself, so neither the kernel's interrupt controller nor its spl has a say.
 * The main counter may be the kernel's clock: it is started if it stands
 * still, and never stopped or set.
 *
 * Registers are looked at with 32-bit accesses only, which every HPET takes.
 */

#include <i386/hpet.h>

/* Where chipsets have it; the ACPI table that says so is not looked for. */
#define HPET_ADDRESS		0xfed00000U
#define HPET_SIZE		4096

/* Registers, in bytes. */
#define HPET_ID			0x000	/* revision, timers, vendor */
#define HPET_PERIOD		0x004	/* of the counter, in femtoseconds */
#define HPET_CONFIG		0x010
#define HPET_COUNTER		0x0f0
#define HPET_TIMER(n)		(0x100 + 0x20 * (n))
#define TIMER_CONFIG		0x00
#define TIMER_COMPARATOR	0x08
#define TIMER_MESSAGE		0x10	/* what is written */
#define TIMER_ADDRESS		0x14	/* and where */

#define ID_REVISION(id)		((id) & 0xff)
#define ID_TIMERS(id)		(((id) >> 8 & 0x1f) + 1)
#define ID_VENDOR(id)		((id) >> 16)

/* The specification allows no longer period; nobody has a shorter one. */
#define PERIOD_MOST		100000000U
#define PERIOD_LEAST		100000U

#define CONFIG_ENABLE		1U

#define TIMER_INTERRUPTS	(1U << 2)
#define TIMER_PERIODIC		(1U << 3)
#define TIMER_CAN_REPEAT	(1U << 4)
#define TIMER_SET_VALUE		(1U << 6)
#define TIMER_32_BITS		(1U << 8)
#define TIMER_MESSAGES		(1U << 14)
#define TIMER_CAN_MESSAGE	(1U << 15)

/* Intel SDM volume 3, "Message Signalled Interrupts". */
#define MESSAGE_ADDRESS		0xfee00000U
#define MESSAGE_APIC_SHIFT	12
#define MESSAGE_NMI		(4U << 8)

#define FEMTO_PER_NANO		1000000U

extern void *kmem_map_aligned_table (phys_addr_t address, vm_size_t size,
				     int mode);

/* Set once by hpet_find (). */
static volatile uint32_t *hpet;
static unsigned int timer;		/* offset of its registers */
static uint32_t femtoseconds;		/* of a tick of the counter */

/* 0: it stands still.  Written by hpet_start () and hpet_stop (). */
static volatile uint32_t running_ns;

/* Owner: the CPU that gets the NMIs. */
static uint64_t last_nmi;		/* ns */

static inline uint32_t
hpet_read (unsigned int offset)
{
  return hpet[offset / sizeof *hpet];
}

static inline void
hpet_write (unsigned int offset, uint32_t value)
{
  hpet[offset / sizeof *hpet] = value;
}

/* Doubt everything: what is there may be no HPET at all. */
static boolean_t
is_hpet (void)
{
  uint32_t id = hpet_read (HPET_ID), period = hpet_read (HPET_PERIOD);

  return ID_REVISION (id) != 0 && ID_REVISION (id) != 0xff
	 && ID_VENDOR (id) != 0 && ID_VENDOR (id) != 0xffff
	 && period >= PERIOD_LEAST && period <= PERIOD_MOST;
}

/* A timer that can do it and is idle; 0: none.  The first is left out: where
   the HPET plays the old timers, it is one of them. */
static unsigned int
find_timer (void)
{
  const uint32_t wanted = TIMER_CAN_REPEAT | TIMER_CAN_MESSAGE;
  unsigned int n, nr = ID_TIMERS (hpet_read (HPET_ID));
  uint32_t config;

  for (n = 1; n < nr; n++)
    {
      config = hpet_read (HPET_TIMER (n) + TIMER_CONFIG);
      if ((config & wanted) == wanted && !(config & TIMER_INTERRUPTS))
	return HPET_TIMER (n);
    }
  return 0;
}

boolean_t
hpet_find (unsigned int apic_id)
{
  const int read_write = 1 | 2;		/* VM_PROT_READ | VM_PROT_WRITE */

  running_ns = 0;
  hpet = kmem_map_aligned_table (HPET_ADDRESS, HPET_SIZE, read_write);
  if (hpet == 0 || !is_hpet ())
    return FALSE;
  timer = find_timer ();
  if (timer == 0)
    return FALSE;
  femtoseconds = hpet_read (HPET_PERIOD);
  hpet_write (timer + TIMER_MESSAGE, MESSAGE_NMI);
  hpet_write (timer + TIMER_ADDRESS,
	      MESSAGE_ADDRESS | apic_id << MESSAGE_APIC_SHIFT);
  return TRUE;
}

void
hpet_start (uint32_t nanoseconds)
{
  uint32_t ticks = (uint64_t) nanoseconds * FEMTO_PER_NANO / femtoseconds;
  uint32_t config;

  running_ns = nanoseconds;
  if (!(hpet_read (HPET_CONFIG) & CONFIG_ENABLE))
    hpet_write (HPET_CONFIG, hpet_read (HPET_CONFIG) | CONFIG_ENABLE);
  config = hpet_read (timer + TIMER_CONFIG);
  hpet_write (timer + TIMER_CONFIG,
	      config | TIMER_PERIODIC | TIMER_SET_VALUE | TIMER_32_BITS
	      | TIMER_MESSAGES | TIMER_INTERRUPTS);
  /* The first write says when, the second how often. */
  hpet_write (timer + TIMER_COMPARATOR, hpet_read (HPET_COUNTER) + ticks);
  hpet_write (timer + TIMER_COMPARATOR, ticks);
}

void
hpet_stop (void)
{
  hpet_write (timer + TIMER_CONFIG,
	      hpet_read (timer + TIMER_CONFIG) & ~TIMER_INTERRUPTS);
  running_ns = 0;
}

boolean_t
hpet_sent_nmi (void)
{
  uint64_t now;

  if (running_ns == 0)
    return FALSE;
  now = pmu_clock_ns ();
  if (now - last_nmi < running_ns / 2)
    return FALSE;
  last_nmi = now;
  return TRUE;
}
