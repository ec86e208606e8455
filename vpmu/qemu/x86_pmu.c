/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PMU model inside the emulator's TCG.
 *
 * Steps are icount's: a vCPU runs on a budget of steps, and nothing is
 * generated for counting them.  They are folded into the model when the ring
 * changes, at MSR accesses and when the budget ends.  The budget never goes
 * beyond the next overflow, so that an overflow of instructions ends it at
 * the exact instruction, and the interrupt is delivered before the next one.
 *
 * Memory accesses, fetches and branches call helpers, in translation blocks
 * that are made for it: bits of cflags, switched when what is counted changes,
 * so that all kinds of block stay in the cache.
 *
 * A penalty in cycles takes steps off the budget once slack is used up: slack
 * is how far the next overflow of cycles lies beyond the budget.
 *
 * A branch ends its TB, so its overflow can wait for the end of the TB.  An
 * access may stand in the middle.  Its helper is called before it is made, so
 * that the instruction can still be taken back: it is then executed again in
 * a TB of its own, its accesses up to this one not counted again, and the
 * interrupt comes right after it.  An access that a helper of the emulator
 * makes is seen after it was made; such a helper ends its TB.
 *
 * Everything runs in the one vCPU thread of icount; the BQL is taken only to
 * deliver the interrupt.
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qapi/error.h"
#include "migration/blocker.h"
#include "system/cpu-timers.h"
#include "system/tcg.h"
#include "exec/cpu_ldst.h"
#include "exec/exec-all.h"
#include "exec/helper-proto.h"
#include "exec/translation-block.h"
#include "tcg/insn-start-words.h"
#include "hw/i386/apic.h"
#include "core.h"
#include "histogram.h"
#include "stats.h"
#include "x86_pmu.h"

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
};

/* Translated code finds the core from env->pmu. */
QEMU_BUILD_BUG_ON(offsetof(struct X86PMU, core) != 0);
QEMU_BUILD_BUG_ON(sizeof_field(CPUX86State, pmu_latest) !=
                  VPMU_LATEST * sizeof(uint64_t));

static struct vpmu_cache shared_llc;
static struct vpmu_model shared_model;   /* of all vCPUs */
static struct vpmu_histogram *histogram; /* NULL: not asked for */
static Error *migration_blocker;

static unsigned int current_ring(CPUX86State *env)
{
    return vpmu_ring(env->hflags & HF_CPL_MASK);
}

const struct vpmu_core *x86_pmu_core(CPUX86State *env)
{
    return &env->pmu->core;
}

/* Steps of the budget not yet run (or, inside a TB, begun). */
static int64_t steps_remaining(CPUState *cs)
{
    return cs->neg.icount_decr.u16.low + cs->icount_extra;
}

/* Steps run by this vCPU so far. */
static uint64_t steps_now(CPUState *cs)
{
    return cs->icount_total + cs->icount_budget - steps_remaining(cs);
}

/* Take steps off the budget: what has run stays as it is. */
static void shorten_budget(CPUState *cs, int64_t by)
{
    int64_t remaining = steps_remaining(cs);
    int64_t left = remaining - MIN(by, remaining);

    cs->icount_budget -= remaining - left;
    cs->neg.icount_decr.u16.low = MIN(left, 0xffff);
    cs->icount_extra = left - MIN(left, 0xffff);
}

/* End the budget: the vCPU stops at the end of this TB. */
static void end_budget(CPUState *cs)
{
    shorten_budget(cs, steps_remaining(cs));
}

/* Count the steps since the last time, all of them in the current ring. */
static void fold_steps(struct X86PMU *pmu)
{
    CPUX86State *env = pmu->env;
    uint64_t now = steps_now(env_cpu(env));

    vpmu_count_steps(&pmu->core.pmu, now - pmu->steps_folded,
                     env->pmu_repeats - pmu->repeats_folded, current_ring(env));
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
    int64_t remaining = steps_remaining(cs);

    shorten_budget(cs, remaining - arm(pmu, ring, remaining));
}

static void request_pmi(void *opaque)
{
    struct X86PMU *pmu = opaque;

    pmu->pmi_pending = true;
    end_budget(env_cpu(pmu->env));
}

/* The counts of all vCPUs, and the instructions they are running. */
static void forget_histogram(void)
{
    CPUState *cs;

    vpmu_histogram_clear(histogram);
    CPU_FOREACH (cs) {
        struct X86PMU *pmu = cpu_env(cs)->pmu;

        if (pmu) {
            vpmu_attribution_forget(&pmu->attribution);
        }
    }
}

static void forget(void *opaque)
{
    struct X86PMU *pmu = opaque;

    vpmu_core_forget(&pmu->core);
    if (histogram) {
        forget_histogram();
    }
}

static void deliver_pmi(struct X86PMU *pmu)
{
    pmu->pmi_pending = false;
    bql_lock();
    if (!apic_deliver_pmi(env_archcpu(pmu->env)->apic_state)) {
        pmu->core.pmu.stats.pmis_masked++;
    }
    bql_unlock();
}

/* All that began has been executed, and what is counted may have changed, if
   only as an overflow froze the counters. */
static void settle_instruction(struct X86PMU *pmu)
{
    if (histogram) {
        vpmu_attribution_settle(&pmu->attribution, pmu->env->pmu_repeats);
    }
}

/* Before each run of the vCPU, outside any TB, nothing of a budget left:
   see to overflows, and say how much of this one may be used. */
static int64_t x86_pmu_budget(CPUState *cs, int64_t budget)
{
    struct X86PMU *pmu = cpu_env(cs)->pmu;

    fold_steps(pmu);
    vpmu_sync(&pmu->core.pmu);
    settle_instruction(pmu);
    pmu->core.due = false;
    pmu->skip = 0;
    if (pmu->pmi_pending) {
        pmu->core.pmu.eventing_ip = pmu->culprit;
        deliver_pmi(pmu);
    }
    pmu->culprit = 0;
    return arm(pmu, current_ring(pmu->env), budget);
}

/* The ring is about to change. */
void x86_pmu_cpl_change(CPUX86State *env, int cpl)
{
    struct X86PMU *pmu = env->pmu;

    if (vpmu_ring(cpl) != current_ring(env)) {
        fold_steps(pmu);
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

static void helper_access(CPUState *cs, vaddr addr, unsigned int size,
                          int mmu_idx, bool store, uintptr_t ra);

/* What is counted may have changed: choose the kind of TB to run. */
static void choose_tbs(struct X86PMU *pmu)
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
        (histogram && vpmu_attribution_wanted(&pmu->attribution))) {
        cflags |= CF_PMU_INSTRUCTION;
    }
    cs->tcg_cflags = (cs->tcg_cflags & ~PMU_CFLAGS) | cflags;
    if (cflags & (CF_PMU_MEM | CF_PMU_ACCESS)) {
        tlb_access_hook = helper_access; /* and it looks whose access it is */
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
    fold_steps(pmu);
    access = vpmu_rdmsr(&pmu->core.pmu, msr, value);
    if (access == VPMU_ACCESS_OK) {
        settle_instruction(pmu);
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
    fold_steps(pmu);
    access = vpmu_wrmsr(&pmu->core.pmu, msr, value);
    if (access == VPMU_ACCESS_OK) {
        settle_instruction(pmu);
        choose_tbs(pmu);
        rearm(pmu, current_ring(env));
    }
    return access;
}

bool x86_pmu_rdpmc(CPUX86State *env, uint32_t ecx, uint64_t *value)
{
    if (!env->pmu) {
        return false;
    }
    fold_steps(env->pmu);
    if (!vpmu_rdpmc(&env->pmu->core.pmu, ecx, value)) {
        return false;
    }
    settle_instruction(env->pmu);
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
    pmu->steps_folded = steps_now(env_cpu(env));
    settle_instruction(pmu);
    choose_tbs(pmu);
}

/* INIT leaves counters as they are, and empties the TLBs (SDM volume 3A, table
   "Processor States Following Power-up, Reset, or INIT"). */
void x86_pmu_init_begin(CPUX86State *env)
{
    struct X86PMU *pmu = env->pmu;

    if (pmu) {
        fold_steps(pmu);
        settle_instruction(pmu);
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
        pmu->steps_folded = steps_now(env_cpu(env));
        rearm(pmu, current_ring(env));
    }
}

/* Intel models that have another version than 2, by family 6 model. */
static const struct {
    uint8_t model;
    enum vpmu_kind kind;
} intel_models[] = {
    {0x3c, VPMU_INTEL_3}, /* Haswell */
    {0x3d, VPMU_INTEL_3}, /* Broadwell */
    {0x55, VPMU_INTEL_4}, /* Skylake-Server, Cascadelake-Server */
    {0x5e, VPMU_INTEL_4}, /* Skylake-Client */
    {0x6a, VPMU_INTEL_5}, /* Icelake-Server, from its third version on */
    {0x86, VPMU_INTEL_5}, /* Icelake-Server */
    {0x8f, VPMU_INTEL_5}, /* SapphireRapids */
};

/* The kind of PMU that the named CPU has. */
static enum vpmu_kind kind_of(CPUX86State *env)
{
    unsigned int version = env->cpuid_version;
    unsigned int family = (version >> 8 & 0xf) + (version >> 20 & 0xff);
    unsigned int model = (version >> 4 & 0xf) | (version >> 12 & 0xf0);
    unsigned int i;

    if (IS_AMD_CPU(env)) {
        if (family < 0x17) {
            return VPMU_AMD_LEGACY;
        }
        /* PerfMonV2: Zen 4 and later. */
        return family > 0x19 || (family == 0x19 && model >= 0x10)
                   ? VPMU_AMD_2
                   : VPMU_AMD_CORE;
    }
    for (i = 0; family == 6 && i < ARRAY_SIZE(intel_models); i++) {
        if (intel_models[i].model == model) {
            return intel_models[i].kind;
        }
    }
    return VPMU_INTEL_2;
}

/* Announce in other leaves of CPUID what this kind has. */
static void announce(struct X86PMU *pmu)
{
    CPUX86State *env = pmu->env;
    uint32_t basic[4] = {0, 0, env->features[FEAT_1_ECX], 0};
    uint32_t extended[4] = {0, 0, env->features[FEAT_8000_0001_ECX], 0};
    uint32_t maximum[4] = {env->cpuid_xlevel, 0, 0, 0};

    vpmu_cpuid_features(&pmu->core.pmu, 1, basic);
    vpmu_cpuid_features(&pmu->core.pmu, 0x80000001, extended);
    vpmu_cpuid_features(&pmu->core.pmu, 0x80000000, maximum);
    env->features[FEAT_1_ECX] = basic[2];
    env->features[FEAT_8000_0001_ECX] = extended[2];
    env->cpuid_xlevel = maximum[0];
}

/* log2 of the nanoseconds of a step, or -1 without a fixed one. */
static int fixed_icount_shift(void)
{
    return icount_enabled() == ICOUNT_PRECISE ? ctz64(icount_to_ns(1)) : -1;
}

/* The geometry that the CPU was given: one for all, as they share a cache. */
static bool choose_model(X86CPU *cpu, Error **errp)
{
    char error[VPMU_MODEL_TEXT];
    struct vpmu_model model;

    if (!vpmu_model_parse(cpu->pmu_model ?: "", &model, error)) {
        error_setg(errp, "pmu-model: %s", error);
        return false;
    }
    if (!shared_llc.tags) {
        shared_model = model;
        if (!vpmu_llc_init(&shared_llc, &model)) {
            error_setg(errp, "pmu-model: out of memory");
            return false;
        }
    }
    if (memcmp(&model, &shared_model, sizeof(model))) {
        error_setg(errp, "pmu-model: not the same for all CPUs");
        return false;
    }
    return true;
}

bool x86_pmu_realize(X86CPU *cpu, Error **errp)
{
    CPUX86State *env = &cpu->env;
    CPUState *cs = CPU(cpu);
    int shift = fixed_icount_shift();
    struct vpmu_config config = {
        .icount_shift = shift,
        .tsc_khz = NANOSECONDS_PER_SECOND / 1000, /* the TSC counts guest ns */
        .pmi = request_pmi,
        .forget = forget,
    };

    if (!cpu->enable_pmu) {
        return true;
    }
    if (shift < 0) {
        error_setg(errp, "pmu=on counts instructions, so it needs a fixed "
                         "-icount: add -icount shift=3,sleep=off");
        return false;
    }
    if (!migration_blocker) {
        error_setg(&migration_blocker,
                   "a CPU with pmu=on cannot be saved or migrated");
        if (migrate_add_blocker(&migration_blocker, errp) < 0) {
            return false;
        }
    }
    if (!choose_model(cpu, errp)) {
        return false;
    }
    env->pmu = g_new0(struct X86PMU, 1);
    env->pmu->env = env;
    config.opaque = env->pmu;
    config.kind = kind_of(env);
    if (!vpmu_core_init(&env->pmu->core, &shared_model, &shared_llc,
                        env->pmu_latest, env->pmu_latest_code, &config)) {
        error_setg(errp, "pmu=on: out of memory");
        return false;
    }
    vpmu_attribution_init(&env->pmu->attribution, &env->pmu->core.pmu, NULL);
    announce(env->pmu);
    cs->pmu_budget = x86_pmu_budget;
    return true;
}

void x86_pmu_keep_histogram(void)
{
    static struct vpmu_histogram kept;
    CPUState *cs;

    histogram = &kept;
    CPU_FOREACH (cs) {
        struct X86PMU *pmu = cpu_env(cs)->pmu;

        if (pmu) {
            pmu->attribution.histogram = histogram;
        }
    }
}

bool x86_pmu_print_histogram(FILE *f)
{
    CPUState *cs;

    CPU_FOREACH (cs) {
        struct X86PMU *pmu = cpu_env(cs)->pmu;

        if (pmu) {
            settle_instruction(pmu);
        }
    }
    return vpmu_histogram_write(histogram, f);
}

void x86_pmu_taken_back(CPUX86State *env)
{
    if (!env->pmu) {
        return;
    }
    vpmu_step_take_back(&env->pmu->core.pmu);
    if (histogram) {
        vpmu_attribution_take_back(&env->pmu->attribution);
    }
}

void x86_pmu_interrupt(CPUX86State *env)
{
    struct X86PMU *pmu = env->pmu;

    if (!pmu) {
        return;
    }
    if (vpmu_step_end(&pmu->core.pmu, env->pmu_repeats)) {
        pmu->core.due = true;
    }
    if (histogram) {
        vpmu_attribution_end(&pmu->attribution, env->pmu_repeats);
    }
}

void x86_pmu_nmi_begin(CPUX86State *env)
{
    struct X86PMU *pmu = env->pmu;

    if (pmu) {
        fold_steps(pmu);
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
        fold_steps(pmu);
        vpmu_nmi_end(&pmu->core.pmu);
    }
}

void x86_pmu_lapic_access(void)
{
    if (current_cpu && cpu_env(current_cpu)->pmu) {
        cpu_env(current_cpu)->pmu->core.pmu.stats.lapic_accesses++;
    }
}

void x86_pmu_print_stats(FILE *f)
{
    char model[VPMU_MODEL_TEXT];
    CPUState *cs;

    vpmu_model_print(&shared_model, model);
    fprintf(f, "vpmu %d\nmodel %s\n", VPMU_MODEL_VERSION, model);
    CPU_FOREACH (cs) {
        struct X86PMU *pmu = cpu_env(cs)->pmu;

        if (pmu) {
            fold_steps(pmu);
            vpmu_sync(&pmu->core.pmu);
            vpmu_print_stats(&pmu->core.pmu, cs->cpu_index, f);
        }
    }
}

/*
 * Helpers called from translated code, before the access or the branch.
 */

/* Account for a penalty.  False: the next overflow of cycles lies within the
   rest of this TB. */
static bool charge(struct X86PMU *pmu, unsigned int penalty)
{
    CPUState *cs = env_cpu(pmu->env);

    if (pmu->slack == VPMU_FAR) {
        return true;
    }
    pmu->slack -= penalty;
    if (pmu->slack >= 0) {
        return true;
    }
    if (steps_remaining(cs) < -pmu->slack) {
        return false;
    }
    shorten_budget(cs, -pmu->slack);
    pmu->slack = 0;
    return true;
}

/* Whether an overflow is to be seen to after the instruction that runs. */
static bool must_stop(struct X86PMU *pmu, unsigned int penalty)
{
    return unlikely(penalty > 0 && !charge(pmu, penalty)) ||
           unlikely(pmu->core.due);
}

/* End the budget after the instruction that runs, the last of its TB. */
static void stop_at_end(struct X86PMU *pmu, target_ulong eip)
{
    pmu->culprit = eip;
    end_budget(env_cpu(pmu->env));
}

/* The instruction that runs, by the address in translated code. */
static target_ulong running_eip(struct X86PMU *pmu, uintptr_t ra)
{
    CPUX86State *env = pmu->env;
    CPUState *cs = env_cpu(env);
    target_ulong base = env->segs[R_CS].base;
    uint64_t data[TARGET_INSN_START_WORDS];
    target_ulong pc;

    if (ra == 0 || !cpu_unwind_state_data(cs, ra, data)) {
        return 0;
    }
    pc = data[0];
    if (cs->tcg_cflags & CF_PCREL) {
        pc |= (env->eip + base) & TARGET_PAGE_MASK;
    }
    return env->hflags & HF_CS64_MASK ? pc : (uint32_t)(pc - base);
}

/* Stop after the instruction that is about to make its ordinal-th access. */
static void stop_after(struct X86PMU *pmu, unsigned int ordinal, uintptr_t ra)
{
    CPUState *cs = env_cpu(pmu->env);

    if (cs->neg.can_do_io) {
        stop_at_end(pmu, running_eip(pmu, ra));
        return;
    }
    cpu_restore_state(cs, ra);
    pmu->culprit = pmu->env->eip;
    shorten_budget(cs, steps_remaining(cs) - 1);
    pmu->skip = ordinal + 1;
    pmu->skip_eip = pmu->env->eip;
    cs->cflags_next_tb = cs->tcg_cflags | CF_NOIRQ | 1;
    cpu_loop_exit_noexc(cs);
}

/* One access within a page. */
static unsigned int access_page(struct X86PMU *pmu, target_ulong addr,
                                unsigned int size, MMUAccessType type,
                                int mmu_idx, unsigned int ring)
{
    hwaddr phys;

    if (!tlb_ram_address(env_cpu(pmu->env), addr, type, mmu_idx, &phys)) {
        return 0; /* a device: not cached */
    }
    return vpmu_core_access(&pmu->core, addr, phys, size, ring);
}

static unsigned int access_memory(struct X86PMU *pmu, target_ulong addr,
                                  unsigned int size, bool store, int mmu_idx,
                                  unsigned int ring)
{
    MMUAccessType type = store ? MMU_DATA_STORE : MMU_DATA_LOAD;
    unsigned int first = MIN(size, -(addr | TARGET_PAGE_MASK));
    unsigned int penalty = access_page(pmu, addr, first, type, mmu_idx, ring);

    if (unlikely(first < size)) {
        penalty +=
            access_page(pmu, addr + first, size - first, type, mmu_idx, ring);
    }
    return penalty;
}

static unsigned int ordinal_of(uint32_t desc)
{
    return desc >> X86_PMU_ACCESS_ORDINAL & X86_PMU_ACCESS_ORDINAL_MASK;
}

/* True if this access was counted before its instruction was taken back.
   env->eip is exact, as that instruction has been entered from outside. */
static bool counted_already(struct X86PMU *pmu, uint32_t desc)
{
    return unlikely(pmu->skip > ordinal_of(desc)) &&
           pmu->env->eip == pmu->skip_eip;
}

static void settle_access(struct X86PMU *pmu, unsigned int penalty,
                          uint32_t desc, uintptr_t ra)
{
    if (must_stop(pmu, penalty)) {
        stop_after(pmu, ordinal_of(desc), ra);
    }
}

void helper_pmu_access(CPUX86State *env, target_ulong addr, uint32_t desc)
{
    struct X86PMU *pmu = env->pmu;
    int mmu_idx = desc >> X86_PMU_ACCESS_MMU_IDX;
    unsigned int penalty;

    if (counted_already(pmu, desc)) {
        return;
    }
    penalty = access_memory(pmu, addr, desc & X86_PMU_ACCESS_SIZE,
                            desc & X86_PMU_ACCESS_STORE, mmu_idx,
                            is_mmu_index_user(mmu_idx) ? 1 : 0);
    settle_access(pmu, penalty, desc, GETPC());
}

/* Count an access in the single TB of an instruction, that may have been taken
   back. */
void helper_pmu_count_access(CPUX86State *env, uint32_t desc)
{
    struct X86PMU *pmu = env->pmu;

    if (!counted_already(pmu, desc)) {
        vpmu_core_count(&pmu->core,
                        desc & X86_PMU_ACCESS_STORE ? VPMU_STORES : VPMU_LOADS,
                        current_ring(env));
        settle_access(pmu, 0, desc, GETPC());
    }
}

/* The translated code has counted an access, and an overflow is due. */
void helper_pmu_access_due(CPUX86State *env, uint32_t desc)
{
    env->pmu->core.due = true;
    settle_access(env->pmu, 0, desc, GETPC());
}

void helper_pmu_fetch(CPUX86State *env, target_ulong addr, uint32_t desc)
{
    struct X86PMU *pmu = env->pmu;
    CPUState *cs = env_cpu(env);
    hwaddr phys;

    if (counted_already(pmu, desc) ||
        !tlb_ram_address(cs, addr, MMU_INST_FETCH, cpu_mmu_index(cs, true),
                         &phys)) {
        return;
    }
    settle_access(pmu,
                  vpmu_core_fetch(&pmu->core, addr, phys, current_ring(env)),
                  desc, GETPC());
}

/* An access that a helper of the emulator made, or a block of them; the ring is
   that whose rights it had. */
static void helper_access(CPUState *cs, vaddr addr, unsigned int size,
                          int mmu_idx, bool store, uintptr_t ra)
{
    struct X86PMU *pmu = cpu_env(cs)->pmu;
    unsigned int ring = is_mmu_index_user(mmu_idx) ? 1 : 0;
    unsigned int penalty = 0;

    if (!(cs->tcg_cflags & (CF_PMU_MEM | CF_PMU_ACCESS))) {
        return;
    }
    if (cs->tcg_cflags & CF_PMU_MEM &&
        !vpmu_core_is_latest(&pmu->core, addr, MIN(size, 32))) {
        penalty = access_memory(pmu, addr, size, store, mmu_idx, ring);
    }
    if (cs->tcg_cflags & CF_PMU_ACCESS) {
        vpmu_core_count(&pmu->core, store ? VPMU_STORES : VPMU_LOADS, ring);
    }
    if (ring != pmu->core.pmu.armed) {
        penalty = 0; /* arming that ring will see it */
    }
    if (must_stop(pmu, penalty)) {
        stop_at_end(pmu, running_eip(pmu, ra));
    }
}

/* After a branch: it is the last instruction of its TB. */
static void settle_branch(struct X86PMU *pmu, unsigned int penalty,
                          target_ulong eip)
{
    if (must_stop(pmu, penalty)) {
        stop_at_end(pmu, eip);
    }
}

void helper_pmu_conditional(CPUX86State *env, target_ulong pc, uint32_t taken)
{
    struct X86PMU *pmu = env->pmu;

    settle_branch(
        pmu, vpmu_core_conditional(&pmu->core, pc, taken, current_ring(env)),
        pc);
}

void helper_pmu_direct(CPUX86State *env, target_ulong pc,
                       target_ulong return_address)
{
    struct X86PMU *pmu = env->pmu;

    vpmu_core_direct(&pmu->core, return_address, current_ring(env));
    settle_branch(pmu, 0, pc);
}

void helper_pmu_indirect(CPUX86State *env, target_ulong pc, target_ulong target,
                         target_ulong next, uint32_t kind)
{
    struct X86PMU *pmu = env->pmu;

    settle_branch(pmu,
                  vpmu_core_indirect(&pmu->core, kind, pc, target, next,
                                     current_ring(env)),
                  pc);
}

/* An instruction begins: the one before has ended. */
void helper_pmu_instruction(CPUX86State *env, target_ulong pc)
{
    struct X86PMU *pmu = env->pmu;
    unsigned int ring = current_ring(env);

    if (vpmu_has_filters(&pmu->core.pmu) &&
        vpmu_step_begin(&pmu->core.pmu, ring, env->pmu_repeats)) {
        /* That one overflowed a counter: the interrupt comes before this. */
        CPUState *cs = env_cpu(env);

        pmu->core.due = true;
        cpu_restore_state(cs, GETPC());
        end_budget(cs);
        cpu_loop_exit_noexc(cs);
    }
    if (histogram) {
        vpmu_attribution_begin(&pmu->attribution, pc, env->cr[3], ring,
                               env->pmu_repeats);
    }
}
