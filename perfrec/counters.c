/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counting counters.  An Intel PMU has general counters, which take any event,
 * and fixed ones for one event each: Intel SDM volume 3, "Fixed-function
 * Performance Counters".  An event that finds its fixed counter taken goes to
 * a general one.
 */
#include <inttypes.h>
#include <stdio.h>

#include "counters.h"
#include "exit_codes.h"

#define NR_FIXED 3

/* What fixed counter n counts: generic event and encoding; no encoding, no
   general counter can do it. */
static const struct {
	uint64_t generic;
	uint64_t encoding; /* umask << 8 | event select; 0: none */
} fixed[NR_FIXED] = {
    {PERF_COUNT_HW_INSTRUCTIONS, 0x00c0},
    {PERF_COUNT_HW_CPU_CYCLES, 0x003c},
    {PERF_COUNT_HW_REF_CPU_CYCLES, 0},
};

/* Whether fixed counter n can count the event. */
static bool fits(const struct event *event, unsigned int n)
{
	if (event->type == PERF_TYPE_HARDWARE)
		return event->config == fixed[n].generic;
	return event->type == PERF_TYPE_RAW && fixed[n].encoding &&
	       event->config == fixed[n].encoding;
}

int check_counters(const struct event_list *list, const struct perf_info_data *machine)
{
	const unsigned int nr_fixed = machine->nr_fixed < NR_FIXED ? machine->nr_fixed : NR_FIXED;
	bool taken[NR_FIXED] = {false};
	unsigned int general = 0, n, f;

	if (machine->pmu_kind != PERF_PMU_INTEL && machine->pmu_kind != PERF_PMU_AMD)
		return EXIT_GOOD;
	for (n = 0; n < list->nr; n++) {
		const struct event *event = &list->events[n];

		if (event->type == PERF_TYPE_SOFTWARE)
			continue;
		for (f = 0; f < nr_fixed && !(fits(event, f) && !taken[f]); f++)
			continue;
		if (f < nr_fixed)
			taken[f] = true;
		else if (taken[NR_FIXED - 1] && fits(event, NR_FIXED - 1))
			return fail(EXIT_UNSUPPORTED_EVENT,
				    "event '%s': its only counter is taken; give it once",
				    event->name);
		else
			general++;
	}
	if (general <= machine->nr_counters)
		return EXIT_GOOD;
	return fail(EXIT_UNSUPPORTED_EVENT,
		    "these events need %u counters of the machine's %" PRIu32
		    " (cycles, instructions and ref-cycles have one of their own each, once): give "
		    "fewer at once",
		    general, machine->nr_counters);
}
