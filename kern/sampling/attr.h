/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a struct perf_event_attr may ask for, and what it means to a PMU. */
#ifndef _KERN_SAMPLING_ATTR_H_
#define _KERN_SAMPLING_ATTR_H_

#include <kern/sampling/env.h>

/* The highest frequency that may be asked for, Hz. */
#define PERF_FREQUENCY_MAX	100000U

/* Side-band records: they need a buffer even without samples. */
#define PERF_ATTR_SIDEBAND						\
  (PERF_ATTR_MMAP | PERF_ATTR_MMAP2 | PERF_ATTR_COMM | PERF_ATTR_TASK	\
   | PERF_ATTR_CONTEXT_SWITCH)

/* Check everything that does not need the PMU.
   KERN_INVALID_ARGUMENT: malformed, a field this kernel does not know, or
   nothing to write to; KERN_INVALID_VALUE: a frequency out of range;
   KERN_NOT_SUPPORTED: known, but not counted here. */
kern_return_t perf_attr_check (const struct perf_event_attr *attr,
			       boolean_t has_buffer, boolean_t on_thread);

/* Whether the event is the time off the CPU (offcpu.h). */
boolean_t perf_attr_off_cpu (const struct perf_event_attr *attr);

/* Whether a PMU or the clock counts the event. */
boolean_t perf_attr_counts (const struct perf_event_attr *attr);

/* Whether period may become attr's sample_period. */
boolean_t perf_attr_period_valid (const struct perf_event_attr *attr,
				  uint64_t period);

/* The period that sampling begins with. */
uint64_t perf_attr_first_period (const struct perf_event_attr *attr);

/* What attr asks of the PMU. */
void perf_attr_request (const struct perf_event_attr *attr,
			struct pmu_request *request);

/* How many frames a callchain holds. */
unsigned int perf_attr_max_stack (const struct perf_event_attr *attr);

#endif /* _KERN_SAMPLING_ATTR_H_ */
