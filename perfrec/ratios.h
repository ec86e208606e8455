/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ratios of counts that people expect. */
#ifndef PERFREC_RATIOS_H
#define PERFREC_RATIOS_H

#include "counts.h"
#include "events.h"

#define MAX_RATIOS (2 * MAX_EVENTS)

struct ratio {
	const char *name;
	bool percent;	   /* usually shown so; the value is a fraction */
	double value;	   /* NaN: a count is missing, or it divides by none */
	char formula[256]; /* in the names of the events, as "1000 * a / b" */
};

/* Fill ratios[MAX_RATIOS] with those whose events were counted with the same
   modifiers; how many. */
unsigned int make_ratios(struct ratio *ratios, const struct event_list *list,
			 const struct count *counts);

#endif /* PERFREC_RATIOS_H */
