/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a recording says of itself.  Nothing of the host stands there: the
 * same command gives the same bytes on every machine.
 */
#ifndef PERFREC_FACTS_H
#define PERFREC_FACTS_H

#include "session.h"

struct facts {
	char cpuid[MACHINE_CPUID_BYTES];
	struct perfdata_facts written; /* points into the rest */
	struct text info;
	char **cmdline; /* malloc'd, its strings too */
	uint32_t nr_cmdline;
	struct perfdata_build_id *build_ids; /* malloc'd; names borrowed */
	struct perfdata_group groups[MAX_EVENTS];
};

/* Gather the facts of a session that ended well.  emulator is what the
   emulator calls itself.  Prints what is wrong; an exit code. */
int make_facts(struct facts *facts, const struct session *session,
	       const struct recording_totals *totals, const char *emulator);

/* Free what make_facts() filled, not the structure. */
void free_facts(struct facts *facts);

#endif /* PERFREC_FACTS_H */
