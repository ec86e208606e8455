/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the PMU in TCG share; the hooks of the patch see x86_pmu.h
 * alone.
 */
#ifndef X86_PMU_INT_H
#define X86_PMU_INT_H

#include "cpu.h"
#include "core.h"
#include "histogram.h"
#include "x86_pmu.h"

/* One vCPU's. */
struct X86PMU {
    struct vpmu_core core;
    CPUX86State *env;
    uint64_t steps_folded;
    uint64_t repeats_folded;
    int64_t slack; /* cycles from the end of the budget to the next overflow */
    bool pmi_pending;
    bool kept;             /* this reset is INIT */
    target_ulong culprit;  /* what made an overflow due; 0: a plain step */
    unsigned int skip;     /* accesses already counted of ... */
    target_ulong skip_eip; /* ... the instruction here, executed again */
    target_ulong nmi_eip;  /* what the latest NMI interrupted */
    target_ulong nmi_esp;
    struct vpmu_attribution attribution; /* if there is a histogram */
    uint32_t saved_size; /* of what stands in a saved machine, ... */
    uint8_t *saved;      /* ... there only while it is saved or loaded */
};

/* Translated code finds the core from env->pmu. */
QEMU_BUILD_BUG_ON(offsetof(struct X86PMU, core) != 0);
QEMU_BUILD_BUG_ON(sizeof_field(CPUX86State, pmu_latest) !=
                  VPMU_LATEST * sizeof(uint64_t));

/* What all vCPUs share. */
struct X86PMUMachine {
    struct vpmu_cache llc;
    struct vpmu_model model;
    struct vpmu_histogram *histogram; /* NULL: not asked for */
};

extern struct X86PMUMachine x86_pmu_machine;

extern const VMStateDescription x86_pmu_vmstate;

static inline unsigned int x86_pmu_ring(CPUX86State *env)
{
    return vpmu_ring(env->hflags & HF_CPL_MASK);
}

/* Steps of the budget not yet run (or, inside a TB, begun). */
static inline int64_t x86_pmu_steps_left(CPUState *cs)
{
    return cs->neg.icount_decr.u16.low + cs->icount_extra;
}

/* Steps run by this vCPU so far. */
static inline uint64_t x86_pmu_steps(CPUState *cs)
{
    return cs->icount_total + cs->icount_budget - x86_pmu_steps_left(cs);
}

/* Take steps off the budget: what has run stays as it is. */
void x86_pmu_shorten(CPUState *cs, int64_t by);

/* End the budget: the vCPU stops at the end of this TB. */
static inline void x86_pmu_end_budget(CPUState *cs)
{
    x86_pmu_shorten(cs, x86_pmu_steps_left(cs));
}

/* Count the steps since the last time, all of them in the current ring. */
void x86_pmu_fold(struct X86PMU *pmu);

/* Before each run of the vCPU, outside any TB, nothing of a budget left:
   see to overflows, and say how much of this one may be used. */
int64_t x86_pmu_budget(CPUState *cs, int64_t budget);

/* All that began has been executed, and what is counted may have changed, if
   only as an overflow froze the counters. */
void x86_pmu_settle(struct X86PMU *pmu);

/* What is counted may have changed: choose the kind of TB to run. */
void x86_pmu_choose_tbs(struct X86PMU *pmu);

/* The model asks for its interrupt, and to be forgotten; a struct X86PMU. */
void x86_pmu_request_pmi(void *opaque);
void x86_pmu_forget(void *opaque);

/* An access that a helper of the emulator made, or a block of them; the ring is
   that whose rights it had. */
void x86_pmu_helper_access(CPUState *cs, vaddr addr, unsigned int size,
                           int mmu_idx, bool store, uintptr_t ra);

#endif
