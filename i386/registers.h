/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user's registers, for samples that are unwound later.
 *
 * They are numbered as Linux' perf numbers them on x86
 * (arch/x86/include/uapi/asm/perf_regs.h there).
 */
#ifndef _I386_REGISTERS_H_
#define _I386_REGISTERS_H_

#include <kern/pmu/pmu.h>

#define REGISTER_AX	0
#define REGISTER_BX	1
#define REGISTER_CX	2
#define REGISTER_DX	3
#define REGISTER_SI	4
#define REGISTER_DI	5
#define REGISTER_BP	6
#define REGISTER_SP	7
#define REGISTER_IP	8
#define REGISTER_FLAGS	9
#define REGISTER_CS	10
#define REGISTER_SS	11
#define REGISTER_R8	16	/* to R15; 12 to 15 are DS, ES, FS, GS */
#define NR_REGISTERS	24

/* The registers a sample can have, and its PERF_SAMPLE_REGS_ABI_*. */
#if defined (__x86_64__)
#define REGISTERS_KNOWN	0xff0fffULL
#define REGISTERS_ABI	PERF_SAMPLE_REGS_ABI_64
#else
#define REGISTERS_KNOWN	0xfffULL
#define REGISTERS_ABI	PERF_SAMPLE_REGS_ABI_32
#endif

/* Fill values, by number, with the registers of the current thread's user
   mode, given what was interrupted, in the kernel or there.  What a hardware
   interrupt left in no place that is known stands as 0.  FALSE: the
   thread has no user mode.  NMI or interrupt context; nothing faults. */
boolean_t registers_user (const struct pmu_regs *regs,
			  uint64_t values[NR_REGISTERS]);

/* The same of a thread that blocked: it came by a system call or a trap. */
boolean_t registers_blocked (const struct thread *thread,
			     uint64_t values[NR_REGISTERS]);

#endif /* _I386_REGISTERS_H_ */
