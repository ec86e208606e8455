/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What handlers of NMIs cost: all that runs from the delivery to the return. */
#include "vpmu.h"

/* Everything since power-on. */
static struct vpmu_span totals(const struct vpmu *p)
{
	struct vpmu_span now = {
	    .steps = p->steps,
	    .instructions = p->total[VPMU_INSTRUCTIONS][0] + p->total[VPMU_INSTRUCTIONS][1],
	    .msr_accesses = p->stats.msr_reads + p->stats.msr_writes,
	    .lapic_accesses = p->stats.lapic_accesses,
	};

	return now;
}

void vpmu_nmi_begin(struct vpmu *p)
{
	p->nmi_runs = true;
	p->nmi_start = totals(p);
}

void vpmu_nmi_end(struct vpmu *p)
{
	struct vpmu_span now = totals(p);
	struct vpmu_span *sum = &p->stats.in_nmi;

	if (!p->nmi_runs)
		return;
	p->nmi_runs = false;
	p->stats.nmis++;
	sum->steps += now.steps - p->nmi_start.steps;
	sum->instructions += now.instructions - p->nmi_start.instructions;
	sum->msr_accesses += now.msr_accesses - p->nmi_start.msr_accesses;
	sum->lapic_accesses += now.lapic_accesses - p->nmi_start.lapic_accesses;
}
