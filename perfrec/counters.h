/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the machine has a counter for each event. */
#ifndef PERFREC_COUNTERS_H
#define PERFREC_COUNTERS_H

#include <mach/perf_event.h>

#include "events.h"

/* Refuse events that could not all be counted at once: the kernel would leave
   those that came last without a counter.  Prints what is wrong; an exit code. */
int check_counters(const struct event_list *list, const struct perf_info_data *machine);

#endif /* PERFREC_COUNTERS_H */
