/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the processor says of itself.  Intel SDM volume 2, CPUID. */
#ifndef _I386_CPUID_H_
#define _I386_CPUID_H_

#include <kern/pmu/pmu_env.h>

/* Run CPUID; a leaf beyond what the processor has reads as zero (the
   instruction itself would answer for another leaf).  TRUE: it has the
   leaf. */
boolean_t cpuid_leaf (uint32_t leaf, struct cpuid_regs *r);

/* The vendor string of leaf 0 is this one, of 12 characters. */
boolean_t cpuid_vendor_is (const char *vendor);

/* Display family and model. */
void cpuid_family_model (unsigned int *family, unsigned int *model);

/* The brand string without leading blanks, NUL ended; empty if none. */
void cpuid_brand (char brand[48]);

#endif /* _I386_CPUID_H_ */
