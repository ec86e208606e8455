/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The emulator's paravirtual interface; see emulator.h. */

#include <i386/emulator.h>

#define EMULATOR_LEAF		0x4d500000U
#define EMULATOR_LEAF_CLOCK	0x4d500001U

#define EMULATOR_MSR_RESET	0
#define EMULATOR_MSR_EVENT_IP	2

#define EMULATOR_EVENT_IP_MODEL	2	/* the first that tells it */

#define LONGEST_INSTRUCTION	15	/* bytes */

struct emulator emulator;

void
emulator_init (void)
{
  static const struct emulator none;
  struct cpuid_regs r;

  emulator = none;
  /* These leaves are in no range that leaf 0 or 0x80000000 announce; other
     machines answer for some other leaf, so the name decides. */
  cpu_cpuid (EMULATOR_LEAF, &r);
  if (r.ebx != 0x6863616d		/* "mach" */
      || r.ecx != 0x66726570		/* "perf" */
      || r.edx != 0x756d7076)		/* "vpmu" */
    return;
  emulator.model_version = r.eax;
  cpu_cpuid (EMULATOR_LEAF_CLOCK, &r);
  emulator.icount_shift = r.eax;
  emulator.tsc_khz = r.ebx;
  emulator.msr = r.ecx;
}

void
emulator_model_reset (void)
{
  if (emulator.msr != 0)
    cpu_wrmsr (emulator.msr + EMULATOR_MSR_RESET, 0);
}

unsigned long
emulator_event_ip (const struct pmu_regs *regs)
{
  unsigned long ip;

  if (emulator.model_version < EMULATOR_EVENT_IP_MODEL)
    return regs->ip;
  ip = cpu_rdmsr (emulator.msr + EMULATOR_MSR_EVENT_IP);
  /* Where it is not known it is 0.  The registers are those after it, so a
     branch that was taken stays where it went. */
  return regs->ip - ip <= LONGEST_INSTRUCTION ? ip : regs->ip;
}
