/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The paravirtual face of the emulator with the PMU model: its version, its
 * clock, and the register that makes the model forget.
 *
 *   CPUID 0x4d500000  eax model version; ebx, ecx, edx "machperfvpmu"
 *   CPUID 0x4d500001  eax icount shift, ebx TSC kHz, ecx first MSR,
 *		       edx I/O port of the data port
 *   MSR +0	       write: reset the model and the overflow counts
 *   MSR +1	       read: instructions executed by this CPU
 *   MSR +2	       read, from model 2 on: the instruction that caused the
 *		       latest overflow interrupt, 0: not known
 */
#ifndef _I386_EMULATOR_H_
#define _I386_EMULATOR_H_

#include <kern/pmu/pmu.h>

struct emulator
{
  uint32_t model_version;	/* 0: not the emulator */
  uint32_t icount_shift;	/* an instruction takes 2^shift ns */
  uint32_t tsc_khz;
  uint32_t msr;			/* the first of its MSRs */
};

/* What it is; set once by emulator_init (), on the boot CPU. */
extern struct emulator emulator;

void emulator_init (void);

/* Make the model of this CPU, and the shared cache, as after power-on. */
void emulator_model_reset (void);

/* The pmu_ops event_ip of a PMU that may be the emulator's. */
unsigned long emulator_event_ip (const struct pmu_regs *regs);

#endif /* _I386_EMULATOR_H_ */
