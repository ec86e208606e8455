/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The models in a saved machine: what vpmu_core_pieces() names, as it stands in
 * memory.  It can be loaded by the same emulator with the same kind of PMU and
 * geometry, as a line at its beginning says.
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "migration/vmstate.h"
#include "state.h"
#include "x86_pmu_int.h"

/* What a machine must be like to be loaded. */
struct header {
    char text[VPMU_MODEL_TEXT + 32];
};

/* A copy in one direction, or none. */
struct copy {
    uint8_t *at; /* NULL: only the size is wanted */
    size_t size;
    bool load;
};

static void copy_piece(void *opaque, void *piece, size_t size)
{
    struct copy *copy = opaque;

    if (copy->at) {
        memcpy(copy->load ? piece : copy->at, copy->load ? copy->at : piece,
               size);
        copy->at += size;
    }
    copy->size += size;
}

static void copy_state(struct X86PMU *pmu, struct copy *copy)
{
    vpmu_core_pieces(&pmu->core, copy_piece, copy);
    copy_piece(copy, &pmu->env->pmu_repeats, sizeof(pmu->env->pmu_repeats));
    copy_piece(copy, &pmu->pmi_pending, sizeof(pmu->pmi_pending));
    copy_piece(copy, &pmu->culprit, sizeof(pmu->culprit));
    copy_piece(copy, &pmu->nmi_eip, sizeof(pmu->nmi_eip));
    copy_piece(copy, &pmu->nmi_esp, sizeof(pmu->nmi_esp));
    if (env_cpu(pmu->env) == first_cpu) {
        vpmu_cache_pieces(&x86_pmu_machine.llc, copy_piece, copy);
    }
}

static void make_header(const struct X86PMU *pmu, struct header *header)
{
    char model[VPMU_MODEL_TEXT];

    memset(header, 0, sizeof(*header));
    vpmu_model_print(&x86_pmu_machine.model, model);
    snprintf(header->text, sizeof(header->text), "vpmu %d, kind %d, %s",
             VPMU_MODEL_VERSION, pmu->core.pmu.config.kind, model);
}

static size_t whole_size(struct X86PMU *pmu)
{
    struct copy copy = {.at = NULL};

    copy_state(pmu, &copy);
    return sizeof(struct header) + copy.size;
}

/* Outside any TB, as before a run. */
static int pre_save(void *opaque)
{
    struct X86PMU *pmu = opaque;
    struct copy copy = {.load = false};

    x86_pmu_fold(pmu);
    pmu->saved_size = whole_size(pmu);
    pmu->saved = g_malloc(pmu->saved_size);
    make_header(pmu, (struct header *)pmu->saved);
    copy.at = pmu->saved + sizeof(struct header);
    copy_state(pmu, &copy);
    return 0;
}

static void drop(struct X86PMU *pmu)
{
    g_free(pmu->saved);
    pmu->saved = NULL;
}

static int post_save(void *opaque)
{
    drop(opaque);
    return 0;
}

static int post_load(void *opaque, int version_id)
{
    struct X86PMU *pmu = opaque;
    struct copy copy = {.at = pmu->saved + sizeof(struct header), .load = true};
    struct header header;

    make_header(pmu, &header);
    if (pmu->saved_size != whole_size(pmu) ||
        memcmp(pmu->saved, &header, sizeof(header))) {
        error_report("this machine was saved with another PMU; here it is: %s",
                     header.text);
        drop(pmu);
        return -EINVAL;
    }
    copy_state(pmu, &copy);
    drop(pmu);
    pmu->steps_folded = x86_pmu_steps(env_cpu(pmu->env));
    pmu->repeats_folded = pmu->env->pmu_repeats;
    x86_pmu_settle(pmu);
    x86_pmu_choose_tbs(pmu);
    return 0;
}

const VMStateDescription x86_pmu_vmstate = {
    .name = "x86-pmu",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = pre_save,
    .post_save = post_save,
    .post_load = post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(saved_size, struct X86PMU),
            VMSTATE_VBUFFER_ALLOC_UINT32(saved, struct X86PMU, 0, NULL,
                                         saved_size),
            VMSTATE_END_OF_LIST(),
        },
};
