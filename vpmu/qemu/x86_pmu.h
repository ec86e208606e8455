/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PMU model inside the emulator's TCG: what the hooks of the patch call.
 *
 * A CPU with pmu=on has env->pmu; all of these but x86_pmu_realize() and
 * x86_pmu_print_stats() are called only then, or do nothing without it.
 */
#ifndef X86_PMU_H
#define X86_PMU_H

#include "cpu.h"
#include "core.h"

#define X86_PMU_PORT_BASE VPMU_PORT_BASE

/* What helper_pmu_access() and the like are told. */
enum {
    X86_PMU_ACCESS_SIZE = 0xff,
    X86_PMU_ACCESS_STORE = 0x100,
    X86_PMU_ACCESS_ORDINAL = 16, /* shift: which of its instruction's */
    X86_PMU_ACCESS_ORDINAL_MASK = 0xff,
    X86_PMU_ACCESS_MMU_IDX = 24, /* shift */
    X86_PMU_FIRST_ACCESS = 2,    /* ordinals before it are those of fetches */
};

/* Give a CPU its PMU if it has pmu=on; false: it cannot have one. */
bool x86_pmu_realize(X86CPU *cpu, Error **errp);

/* The CPU was reset; before and after that for INIT. */
void x86_pmu_reset(CPUX86State *env);
void x86_pmu_init_begin(CPUX86State *env);
void x86_pmu_init_end(CPUX86State *env);

/* The model of a CPU that has one. */
const struct vpmu_core *x86_pmu_core(CPUX86State *env);

/* CPUID: true if the leaf is ours. */
bool x86_pmu_cpuid(CPUX86State *env, uint32_t leaf, uint32_t *eax,
                   uint32_t *ebx, uint32_t *ecx, uint32_t *edx);

/* Instructions as the last of their TB: icount is exact. */
enum vpmu_access x86_pmu_rdmsr(CPUX86State *env, uint32_t msr, uint64_t *value);
enum vpmu_access x86_pmu_wrmsr(CPUX86State *env, uint32_t msr, uint64_t value);
bool x86_pmu_rdpmc(CPUX86State *env, uint32_t ecx, uint64_t *value);

/* Another address space; another mapping of some page. */
void x86_pmu_switch(CPUX86State *env);
void x86_pmu_remap(CPUX86State *env);

/* An NMI is about to be delivered; an IRET has been executed, perhaps that of
   the handler. */
void x86_pmu_nmi_begin(CPUX86State *env);
void x86_pmu_nmi_end(CPUX86State *env);

/* The current vCPU's LAPIC was accessed. */
void x86_pmu_lapic_access(void);

/* Write what the models counted about themselves; errors stay in f. */
void x86_pmu_print_stats(FILE *f);

/* Keep counts by address from now on; before the machine runs.  False: it
   cannot. */
bool x86_pmu_keep_histogram(Error **errp);

/* Write them; false: memory ran out.  Errors of output stay in f. */
bool x86_pmu_print_histogram(FILE *f);

/* The instruction begun last has not been executed. */
void x86_pmu_taken_back(CPUX86State *env);

/* An interrupt or exception is about to be taken: what follows is no part of
   the instruction before. */
void x86_pmu_interrupt(CPUX86State *env);

#endif
