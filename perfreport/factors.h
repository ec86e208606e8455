/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What disturbs all functions of a run together: other programs on the host,
 * heat, a sibling thread of the processor.  It shows in the functions that did
 * not change, as the principal components of their values over the runs, and
 * can be taken out of another: Gagnon-Bartsch, Speed 2012, "Using control genes
 * to correct for unwanted variation", doi 10.1093/biostatistics/kxr034.
 */
#ifndef PERFREPORT_FACTORS_H
#define PERFREPORT_FACTORS_H

#include <stddef.h>

/* How many components to take out of so many runs, with so many others. */
size_t factors_number(size_t nr_runs, size_t nr_others);

/* Take out of values[nr_runs] what goes with the first nr_factors principal
   components of the others, each an array of nr_runs, with its weight.  The
   mean stays. */
void factors_remove(double *values, size_t nr_runs, const double *const *others,
		    const double *weights, size_t nr_others, size_t nr_factors);

#endif /* PERFREPORT_FACTORS_H */
