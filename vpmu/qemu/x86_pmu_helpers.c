/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What translated code calls for the PMU model, before the access or the
 * branch.
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
 */
#include "qemu/osdep.h"
#include "exec/cpu_ldst.h"
#include "exec/exec-all.h"
#include "exec/helper-proto.h"
#include "exec/translation-block.h"
#include "tcg/insn-start-words.h"
#include "core_run.h"
#include "x86_pmu_int.h"

/* Run all the time: QEMU has registers cleared at each return, as a defence. */
#define HOT __attribute__((zero_call_used_regs("skip")))

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
    if (x86_pmu_steps_left(cs) < -pmu->slack) {
        return false;
    }
    x86_pmu_shorten(cs, -pmu->slack);
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
    x86_pmu_end_budget(env_cpu(pmu->env));
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
    x86_pmu_shorten(cs, x86_pmu_steps_left(cs) - 1);
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

void HOT helper_pmu_access(CPUX86State *env, target_ulong addr, uint32_t desc)
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
void HOT helper_pmu_count_access(CPUX86State *env, uint32_t desc)
{
    struct X86PMU *pmu = env->pmu;

    if (!counted_already(pmu, desc)) {
        vpmu_core_count(&pmu->core,
                        desc & X86_PMU_ACCESS_STORE ? VPMU_STORES : VPMU_LOADS,
                        x86_pmu_ring(env));
        settle_access(pmu, 0, desc, GETPC());
    }
}

/* The translated code has counted an access, and an overflow is due. */
void HOT helper_pmu_access_due(CPUX86State *env, uint32_t desc)
{
    env->pmu->core.due = true;
    settle_access(env->pmu, 0, desc, GETPC());
}

void HOT helper_pmu_fetch(CPUX86State *env, target_ulong addr, uint32_t desc)
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
                  vpmu_core_fetch(&pmu->core, addr, phys, x86_pmu_ring(env)),
                  desc, GETPC());
}

void x86_pmu_helper_access(CPUState *cs, vaddr addr, unsigned int size,
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

void HOT helper_pmu_conditional(CPUX86State *env, target_ulong pc,
                                uint32_t taken)
{
    struct X86PMU *pmu = env->pmu;

    settle_branch(
        pmu, vpmu_core_conditional(&pmu->core, pc, taken, x86_pmu_ring(env)),
        pc);
}

void HOT helper_pmu_direct(CPUX86State *env, target_ulong pc,
                           target_ulong return_address)
{
    struct X86PMU *pmu = env->pmu;

    vpmu_core_direct(&pmu->core, return_address, x86_pmu_ring(env));
    settle_branch(pmu, 0, pc);
}

void HOT helper_pmu_indirect(CPUX86State *env, target_ulong pc,
                             target_ulong target, target_ulong next,
                             uint32_t kind)
{
    struct X86PMU *pmu = env->pmu;

    settle_branch(pmu,
                  vpmu_core_indirect(&pmu->core, kind, pc, target, next,
                                     x86_pmu_ring(env)),
                  pc);
}

/* An instruction begins: the one before has ended. */
void HOT helper_pmu_instruction(CPUX86State *env, target_ulong pc)
{
    struct X86PMU *pmu = env->pmu;
    unsigned int ring = x86_pmu_ring(env);

    if (vpmu_has_filters(&pmu->core.pmu) &&
        vpmu_step_begin(&pmu->core.pmu, ring, env->pmu_repeats)) {
        /* That one overflowed a counter: the interrupt comes before this. */
        CPUState *cs = env_cpu(env);

        pmu->core.due = true;
        cpu_restore_state(cs, GETPC());
        x86_pmu_end_budget(cs);
        cpu_loop_exit_noexc(cs);
    }
    if (x86_pmu_machine.histogram) {
        vpmu_attribution_begin(&pmu->attribution, pc, env->cr[3], ring,
                               env->pmu_repeats);
    }
}
