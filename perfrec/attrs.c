/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes: what the kernel is asked for and what stands in the file. */
#include <string.h>

#include "attrs.h"

#define SAMPLE_TYPE                                                                                \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |            \
	 PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD)
#define SIDEBAND                                                                                   \
	(PERF_ATTR_MMAP | PERF_ATTR_MMAP2 | PERF_ATTR_COMM | PERF_ATTR_TASK | PERF_ATTR_BUILD_ID)

static void ask_callchain(struct perf_event_attr *attr, const struct options *options,
			  const struct arch *arch)
{
	enum callchain how = options->callchain;

	if (how == CALLCHAIN_NO)
		return;
	attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
	if (how == CALLCHAIN_DWARF) {
		attr->sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
		attr->sample_regs_user = arch->dwarf_registers;
		attr->sample_stack_user = options->stack_dump;
		attr->flags |= PERF_ATTR_EXCLUDE_CALLCHAIN_USER;
	}
}

/* What each thread had of a count; names come with the first event. */
static void ask_threads(struct perf_event_attr *attr, bool first)
{
	attr->flags |= PERF_ATTR_INHERIT_STAT;
	attr->read_format =
	    PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING | PERF_FORMAT_ID;
	if (first)
		attr->flags |= PERF_ATTR_COMM;
}

/* What only an event that takes samples has. */
static void ask_samples(struct perf_event_attr *attr, const struct options *options,
			const struct arch *arch, const struct event *event)
{
	struct rate rate = event_rate(options, event);

	attr->sample_period = rate.number;
	attr->sample_type = SAMPLE_TYPE;
	attr->flags |= PERF_ATTR_SAMPLE_ID_ALL;
	if (rate.hertz)
		attr->flags |= PERF_ATTR_FREQ;
	ask_callchain(attr, options, arch);
}

void make_attrs(struct perf_event_attr *attrs, const struct options *options,
		const struct arch *arch)
{
	unsigned int n;

	for (n = 0; n < options->events.nr; n++) {
		const struct event *event = &options->events.events[n];
		struct perf_event_attr *attr = &attrs[n];

		memset(attr, 0, sizeof(*attr));
		attr->type = event->type;
		attr->size = sizeof(*attr);
		attr->config = event->config;
		attr->flags = PERF_ATTR_DISABLED | PERF_ATTR_INHERIT;
		if (event->exclude_user)
			attr->flags |= PERF_ATTR_EXCLUDE_USER;
		if (event->exclude_kernel)
			attr->flags |= PERF_ATTR_EXCLUDE_KERNEL;
		if (options->per_thread)
			ask_threads(attr, n == 0);
		if (options->counts_only)
			continue;
		if (n == 0)
			attr->flags |= SIDEBAND;
		ask_samples(attr, options, arch, event);
	}
}
