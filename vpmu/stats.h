/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VPMU_STATS_H
#define VPMU_STATS_H

#include "vpmu.h"

#include <stdio.h>

/* As the output names it. */
const char *vpmu_event_name(enum vpmu_event event);

/* Print what a vCPU's model counted about itself, one "cpu N KEY VALUE" a
   line (docs/vpmu.md).  The model is synchronised.  Errors stay in f. */
void vpmu_print_stats(const struct vpmu *p, unsigned int cpu, FILE *f);

#endif
