/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the emulator writes of the models: statistics and counts by address. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/blocker.h"
#include "stats.h"
#include "x86_pmu_int.h"

/* The counts of all vCPUs, and the instructions they are running. */
static void forget_histogram(void)
{
    CPUState *cs;

    vpmu_histogram_clear(x86_pmu_machine.histogram);
    CPU_FOREACH (cs) {
        struct X86PMU *pmu = cpu_env(cs)->pmu;

        if (pmu) {
            vpmu_attribution_forget(&pmu->attribution);
        }
    }
}

void x86_pmu_forget(void *opaque)
{
    struct X86PMU *pmu = opaque;

    vpmu_core_forget(&pmu->core);
    if (x86_pmu_machine.histogram) {
        forget_histogram();
    }
}

bool x86_pmu_keep_histogram(Error **errp)
{
    static struct vpmu_histogram kept;
    static Error *blocker;
    CPUState *cs;

    error_setg(&blocker, "a machine that keeps counts by address cannot be "
                         "saved or migrated");
    if (migrate_add_blocker(&blocker, errp) < 0) {
        return false;
    }
    x86_pmu_machine.histogram = &kept;
    CPU_FOREACH (cs) {
        struct X86PMU *pmu = cpu_env(cs)->pmu;

        if (pmu) {
            pmu->attribution.histogram = x86_pmu_machine.histogram;
        }
    }
    return true;
}

bool x86_pmu_print_histogram(FILE *f)
{
    CPUState *cs;

    CPU_FOREACH (cs) {
        struct X86PMU *pmu = cpu_env(cs)->pmu;

        if (pmu) {
            x86_pmu_settle(pmu);
        }
    }
    return vpmu_histogram_write(x86_pmu_machine.histogram, f);
}

void x86_pmu_taken_back(CPUX86State *env)
{
    if (!env->pmu) {
        return;
    }
    vpmu_step_take_back(&env->pmu->core.pmu);
    if (x86_pmu_machine.histogram) {
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
    if (x86_pmu_machine.histogram) {
        vpmu_attribution_end(&pmu->attribution, env->pmu_repeats);
    }
}

void x86_pmu_print_stats(FILE *f)
{
    char model[VPMU_MODEL_TEXT];
    CPUState *cs;

    vpmu_model_print(&x86_pmu_machine.model, model);
    fprintf(f, "vpmu %d\nmodel %s\n", VPMU_MODEL_VERSION, model);
    CPU_FOREACH (cs) {
        struct X86PMU *pmu = cpu_env(cs)->pmu;

        if (pmu) {
            x86_pmu_fold(pmu);
            vpmu_sync(&pmu->core.pmu);
            vpmu_print_stats(&pmu->core.pmu, cs->cpu_index, f);
        }
    }
}
