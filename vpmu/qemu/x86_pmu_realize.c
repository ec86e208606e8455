/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Giving a CPU its PMU: which kind, of what geometry. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/vmstate.h"
#include "system/cpu-timers.h"
#include "system/tcg.h"
#include "x86_pmu_int.h"

/* Intel models that have another version than 2, by family 6 model. */
static const struct {
    uint8_t model;
    enum vpmu_kind kind;
} intel_models[] = {
    {0x0e, VPMU_INTEL_1}, /* Core Duo */
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
    if (IS_ZHAOXIN_CPU(env)) {
        return VPMU_ZHAOXIN;
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
    if (!x86_pmu_machine.llc.tags) {
        x86_pmu_machine.model = model;
        if (!vpmu_llc_init(&x86_pmu_machine.llc, &model)) {
            error_setg(errp, "pmu-model: out of memory");
            return false;
        }
    }
    if (memcmp(&model, &x86_pmu_machine.model, sizeof(model))) {
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
        .pmi = x86_pmu_request_pmi,
        .forget = x86_pmu_forget,
    };

    if (!cpu->enable_pmu) {
        return true;
    }
    if (shift < 0) {
        error_setg(errp, "pmu=on counts instructions, so it needs a fixed "
                         "-icount: add -icount shift=3,sleep=off");
        return false;
    }
    if (!choose_model(cpu, errp)) {
        return false;
    }
    env->pmu = g_new0(struct X86PMU, 1);
    env->pmu->env = env;
    config.opaque = env->pmu;
    config.kind = kind_of(env);
    if (!vpmu_core_init(&env->pmu->core, &x86_pmu_machine.model,
                        &x86_pmu_machine.llc, env->pmu_latest,
                        env->pmu_latest_code, &config)) {
        error_setg(errp, "pmu=on: out of memory");
        return false;
    }
    vpmu_attribution_init(&env->pmu->attribution, &env->pmu->core.pmu, NULL);
    announce(env->pmu);
    cs->pmu_budget = x86_pmu_budget;
    vmstate_register_any(NULL, &x86_pmu_vmstate, env->pmu);
    return true;
}
