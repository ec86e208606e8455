/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From events and options to attributes. */
#ifndef PERFREC_ATTRS_H
#define PERFREC_ATTRS_H

#include <mach/perf_event.h>

#include "options.h"

/* Fill attrs[n] for each event of a kernel of this width; the first carries the
   side-band records. */
void make_attrs(struct perf_event_attr *attrs, const struct options *options,
		const struct arch *arch);

#endif /* PERFREC_ATTRS_H */
