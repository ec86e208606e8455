/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the two halves of histogram.h: the table and who fills it. */
#ifndef VPMU_ATTRIBUTION_H
#define VPMU_ATTRIBUTION_H

#include "histogram.h"

/* The counts of an address, made if need be; the spill if there is no memory.
   They stay where they are until vpmu_histogram_clear(). */
struct vpmu_place *vpmu_histogram_place(struct vpmu_histogram *h, uint64_t address, uint64_t root,
					unsigned int ring);

#endif
