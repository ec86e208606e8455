/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event names of the processor itself, from libpfm4. */
#ifndef PERFREC_PFM_H
#define PERFREC_PFM_H

#include "events.h"

/* Look up what event->text names (EVENT:UMASK:MODIFIER, perhaps with the terms
   of perfrec behind it) and fill in the rest of *event.  of_host: among the
   events of the host's processor, not the emulated one's.  Prints what is wrong,
   nearest names included; an exit code. */
int parse_pfm_event(struct event *event, bool of_host);

/* Print the names of what the emulated PMU counts. */
void list_pfm_events(void);

#endif /* PERFREC_PFM_H */
