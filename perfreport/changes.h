/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Change points of a series: E-divisive of Matteson and James, 2014,
 * doi 10.1080/01621459.2013.849605.  A split is where the energy distance of
 * what is before and behind is largest, and counts when fewer than level of
 * random orders have one as large.
 */
#ifndef PERFREPORT_CHANGES_H
#define PERFREPORT_CHANGES_H

#include <stddef.h>
#include <stdint.h>

/* The first index of each segment but the first, in order; at most nr.
   Returns how many.  least: values in a segment, at least 2. */
size_t changes_find(const double *values, size_t nr, size_t least, double level, uint64_t seed,
		    size_t *points);

#endif /* PERFREPORT_CHANGES_H */
