/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The raw encodings that the emulated PMU counts, of the processor that
 * machine.c names.  They are those of the model (docs/vpmu.md):
 * tests/unit/pmu/tables.c compares the two.
 */
#include "events.h"
#include "exit_codes.h"

#include <inttypes.h>

/* The event and its umask; the other fields change how it is counted. */
#define ENCODING UINT64_C(0xf0000ffff)

const uint64_t modelled_encodings[] = {
    0x003c, /* UNHALTED_CORE_CYCLES */
    0x013c, /* CPU_CLK_UNHALTED:REF_P */
    0x00c0, /* INSTRUCTION_RETIRED */
    0x01c0, /* INST_RETIRED:ANY_P */
    0x00c4, /* BRANCH_INSTRUCTIONS_RETIRED */
    0x00c5, /* MISPREDICTED_BRANCH_RETIRED */
    0x4f2e, /* LLC_REFERENCES */
    0x412e, /* LLC_MISSES */
    0x0151, /* L1D:REPL */
    0x0149, /* DTLB_MISSES:ANY */
    0x010b, /* MEM_INST_RETIRED:LOADS */
    0x020b, /* MEM_INST_RETIRED:STORES */
    0x0280, /* L1I:MISSES */
    0x0380, /* L1I:READS */
    0x0185, /* ITLB_MISSES:ANY */
};

const size_t nr_modelled_encodings = sizeof(modelled_encodings) / sizeof(modelled_encodings[0]);

bool is_modelled(uint64_t encoding)
{
	size_t n;

	for (n = 0; n < nr_modelled_encodings; n++)
		if (modelled_encodings[n] == (encoding & ENCODING))
			return true;
	return false;
}

int check_modelled(const struct event_list *list, const struct perf_info_data *info)
{
	unsigned int n;

	for (n = 0; n < list->nr && (info->flags & PERF_INFO_EMULATED); n++) {
		const struct event *event = &list->events[n];

		if (event->type == PERF_TYPE_RAW && !is_modelled(event->config))
			return fail(
			    EXIT_UNSUPPORTED_EVENT,
			    "event '%s': the emulated PMU does not count encoding 0x%" PRIx64
			    " (perfrec list shows what it does)",
			    event->name, event->config & ENCODING);
	}
	return EXIT_GOOD;
}
