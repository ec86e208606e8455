/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PMU model inside the emulator's TCG: steps, rings and registers.
 *
 * Steps are icount's: a vCPU runs on a budget of steps, and nothing is
 * generated for counting them.  They are folded into the model when the ring
 * changes, at MSR accesses and when the budget ends.  The budget never goes
 * beyond the next overflow, so that an overflow of instructions ends it at
 * the exact instruction, and the interrupt is delivered before the next one.
 *
 * Memory accesses, fetches and branches call helpers (x86_pmu_helpers.c), in
 * translation blocks that are made for it: bits of cflags, switched when what
 * is counted changes, so that all kinds of block stay in the cache.
 *
 * Everything runs in the one vCPU thread of icount; the BQL is taken only to
 * deliver the interrupt.
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "exec/cpu-common.h"
#include "exec/exec-all.h"
#include "exec/translation-block.h"
#include "hw/i386/apic.h"
#include "x86_pmu_int.h"

#define EVENT(e) (1U << VPMU_##e)

/* Events for which memory accesses are modelled, their number is counted,
   fetches and branches are looked at. */
#define CACHE_EVENTS (EVENT(CYCLES) | EVENT(LLC_REFS) | EVENT(LLC_MISSES))
#define MEMORY_EVENTS (CACHE_EVENTS | EVENT(L1D_MISSES) | EVENT(DTLB_MISSES))
#define FETCH_EVENTS (CACHE_EVENTS | EVENT(L1I_MISSES) | EVENT(ITLB_MISSES))
#define ACCESS_EVENTS (EVENT(LOADS) | EVENT(STORES))
#define BRANCH_EVENTS (EVENT(CYCLES) | EVENT(BRANCHES) | EVENT(BRANCH_MISSES))

#define PMU_CFLAGS                                                             \
    (CF_PMU_MEM | CF_PMU_FETCH | CF_PMU_ACCESS | CF_PMU_BRANCH |               \
     CF_PMU_INSTRUCTION)

struct X86PMUMachine x86_pmu_machine;

const struct vpmu_core *x86_pmu_core(CPUX86State *env)
{
    return &env->pmu->core;
}

void x86_pmu_shorten(CPUState *cs, int64_t by)
{
    int64_t remaining = x86_pmu_steps_left(cs);
    int64_t left = remaining - MIN(by, remaining);

    cs->icount_budget -= remaining - left;
    cs->neg.icount_decr.u16.low = MIN(left, 0xffff);
    cs->icount_extra = left - MIN(left, 0xffff);
}

void x86_pmu_fold(struct X86PMU *pmu)
{
    CPUX86State *env = pmu->env;
    uint64_t now = x86_pmu_steps(env_cpu(env));

    vpmu_count_steps(&pmu->core.pmu, now - pmu->steps_folded,
                     env->pmu_repeats - pmu->repeats_folded, x86_pmu_ring(env));
    pmu->steps_folded = now;
    pmu->repeats_folded = env->pmu_repeats;
    if (vpmu_has_filters(&pmu->core.pmu) &&
        vpmu_step_end(&pmu->core.pmu, env->pmu_repeats)) {
        pmu->core.due = true;
    }
}

/* Prepare for a ring: how many of these steps it may run. */
static int64_t arm(struct X86PMU *pmu, unsigned int ring, int64_t steps)
{
    int64_t limit = vpmu_arm(&pmu->core.pmu, ring);
    int64_t cycles = pmu->core.pmu.left[VPMU_CYCLES];

    if (pmu->core.due || limit < 0) {
        limit = 0;
    }
    steps = MIN(steps, limit);
    pmu->slack = cycles == VPMU_FAR ? VPMU_FAR : cycles - steps;
    return steps;
}

/* The same while the vCPU runs. */
static void rearm(struct X86PMU *pmu, unsigned int ring)
{
    CPUState *cs = env_cpu(pmu->env);
    int64_t remaining = x86_pmu_steps_left(cs);

    x86_pmu_shorten(cs, remaining - arm(pmu, ring, remaining));
}

void x86_pmu_request_pmi(void *opaque)
{
    struct X86PMU *pmu = opaque;

    pmu->pmi_pending = true;
    x86_pmu_end_budget(env_cpu(pmu->env));
}

static void deliver_pmi(struct X86PMU *pmu)
{
    pmu->pmi_pending = false;
    bql_lock();
    /* AMD's stays as it is: its drivers do not look after it. */
    if (!apic_deliver_pmi(env_archcpu(pmu->env)->apic_state,
                          !IS_AMD_CPU(pmu->env))) {
        pmu->core.pmu.stats.pmis_masked++;
    }
    bql_unlock();
}

void x86_pmu_settle(struct X86PMU *pmu)
{
    if (x86_pmu_machine.histogram) {
        vpmu_attribution_settle(&pmu->attribution, pmu->env->pmu_repeats);
    }
}

int64_t x86_pmu_budget(CPUState *cs, int64_t budget)
{
    struct X86PMU *pmu = cpu_env(cs)->pmu;

    x86_pmu_fold(pmu);
    vpmu_sync(&pmu->core.pmu);
    x86_pmu_settle(pmu);
    pmu->core.due = false;
    pmu->skip = 0;
    if (pmu->pmi_pending) {
        pmu->core.pmu.eventing_ip = pmu->culprit;
        deliver_pmi(pmu);
    }
    pmu->culprit = 0;
    return arm(pmu, x86_pmu_ring(pmu->env), budget);
}

/* The ring is about to change. */
void x86_pmu_cpl_change(CPUX86State *env, int cpl)
{
    struct X86PMU *pmu = env->pmu;

    if (vpmu_ring(cpl) != x86_pmu_ring(env)) {
        x86_pmu_fold(pmu);
        rearm(pmu, vpmu_ring(cpl));
    }
}

void x86_pmu_switch(CPUX86State *env)
{
    if (env->pmu) {
        vpmu_core_switch(&env->pmu->core);
    }
}

void x86_pmu_remap(CPUX86State *env)
{
    if (env->pmu) {
        vpmu_core_remap(&env->pmu->core);
    }
}

void x86_pmu_choose_tbs(struct X86PMU *pmu)
{
    const struct vpmu *vpmu = &pmu->core.pmu;
    CPUState *cs = env_cpu(pmu->env);
    uint32_t cflags = 0;

    if (vpmu_counts(vpmu, MEMORY_EVENTS)) {
        cflags |= CF_PMU_MEM;
    }
    if (vpmu_counts(vpmu, FETCH_EVENTS)) {
        cflags |= CF_PMU_FETCH;
    }
    if (vpmu_counts(vpmu, ACCESS_EVENTS)) {
        cflags |= CF_PMU_ACCESS;
    }
    if (vpmu_counts(vpmu, BRANCH_EVENTS)) {
        cflags |= CF_PMU_BRANCH;
    }
    if (vpmu_has_filters(vpmu) ||
        (x86_pmu_machine.histogram &&
         vpmu_attribution_wanted(&pmu->attribution))) {
        cflags |= CF_PMU_INSTRUCTION;
    }
    cs->tcg_cflags = (cs->tcg_cflags & ~PMU_CFLAGS) | cflags;
    if (cflags & (CF_PMU_MEM | CF_PMU_ACCESS)) {
        tlb_access_hook =
            x86_pmu_helper_access; /* and it looks whose access it is */
    }
}

enum vpmu_access x86_pmu_rdmsr(CPUX86State *env, uint32_t msr, uint64_t *value)
{
    struct X86PMU *pmu = env->pmu;
    enum vpmu_access access;

    if (!pmu) {
        return VPMU_ACCESS_UNKNOWN;
    }
    pmu->core.pmu.stats.msr_reads++;
    x86_pmu_fold(pmu);
    access = vpmu_rdmsr(&pmu->core.pmu, msr, value);
    if (access == VPMU_ACCESS_OK) {
        x86_pmu_settle(pmu);
    }
    return access;
}

enum vpmu_access x86_pmu_wrmsr(CPUX86State *env, uint32_t msr, uint64_t value)
{
    struct X86PMU *pmu = env->pmu;
    enum vpmu_access access;

    if (!pmu) {
        return VPMU_ACCESS_UNKNOWN;
    }
    pmu->core.pmu.stats.msr_writes++;
    x86_pmu_fold(pmu);
    access = vpmu_wrmsr(&pmu->core.pmu, msr, value);
    if (access == VPMU_ACCESS_OK) {
        x86_pmu_settle(pmu);
        x86_pmu_choose_tbs(pmu);
        rearm(pmu, x86_pmu_ring(env));
    }
    return access;
}

bool x86_pmu_rdpmc(CPUX86State *env, uint32_t ecx, uint64_t *value)
{
    if (!env->pmu) {
        return false;
    }
    x86_pmu_fold(env->pmu);
    if (!vpmu_rdpmc(&env->pmu->core.pmu, ecx, value)) {
        return false;
    }
    x86_pmu_settle(env->pmu);
    return true;
}

bool x86_pmu_cpuid(CPUX86State *env, uint32_t leaf, uint32_t *eax,
                   uint32_t *ebx, uint32_t *ecx, uint32_t *edx)
{
    uint32_t regs[4];

    if (!env->pmu || !vpmu_cpuid(&env->pmu->core.pmu, leaf, regs)) {
        return false;
    }
    *eax = regs[0];
    *ebx = regs[1];
    *ecx = regs[2];
    *edx = regs[3];
    return true;
}

void x86_pmu_reset(CPUX86State *env)
{
    struct X86PMU *pmu = env->pmu;

    if (!pmu || pmu->kept) {
        return;
    }
    vpmu_reset(&pmu->core.pmu);
    vpmu_core_forget(&pmu->core);
    pmu->pmi_pending = false;
    pmu->core.due = false;
    pmu->steps_folded = x86_pmu_steps(env_cpu(env));
    x86_pmu_settle(pmu);
    x86_pmu_choose_tbs(pmu);
}

/* INIT leaves counters as they are, and empties the TLBs (SDM volume 3A, table
   "Processor States Following Power-up, Reset, or INIT"). */
void x86_pmu_init_begin(CPUX86State *env)
{
    struct X86PMU *pmu = env->pmu;

    if (pmu) {
        x86_pmu_fold(pmu);
        x86_pmu_settle(pmu);
        pmu->kept = true;
    }
}

void x86_pmu_init_end(CPUX86State *env)
{
    struct X86PMU *pmu = env->pmu;

    if (pmu) {
        pmu->kept = false;
        vpmu_core_flush(&pmu->core);
        /* The reset dropped what was left of the budget. */
        pmu->steps_folded = x86_pmu_steps(env_cpu(env));
        rearm(pmu, x86_pmu_ring(env));
    }
}

void x86_pmu_nmi_begin(CPUX86State *env)
{
    struct X86PMU *pmu = env->pmu;

    if (pmu) {
        x86_pmu_fold(pmu);
        vpmu_nmi_begin(&pmu->core.pmu);
        pmu->nmi_eip = env->eip;
        pmu->nmi_esp = env->regs[R_ESP];
    }
}

/* A fault inside the handler ends with an IRET too: the handler's own goes back
   to what it interrupted.  It is the last instruction of its TB, so it is
   counted already. */
void x86_pmu_nmi_end(CPUX86State *env)
{
    struct X86PMU *pmu = env->pmu;

    if (pmu && pmu->core.pmu.nmi_runs && env->eip == pmu->nmi_eip &&
        env->regs[R_ESP] == pmu->nmi_esp) {
        x86_pmu_fold(pmu);
        vpmu_nmi_end(&pmu->core.pmu);
    }
}

void x86_pmu_lapic_access(void)
{
    if (current_cpu && cpu_env(current_cpu)->pmu) {
        cpu_env(current_cpu)->pmu->core.pmu.stats.lapic_accesses++;
    }
}
