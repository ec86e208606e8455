/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a request to what is written into an x86 PMU's registers: encodings,
 * the counters that can hold them, what a user may ask for.  No hardware is
 * touched here.
 */

#include <i386/x86_pmu.h>
#include <kern/pmu/count.h>

/* What is written into the select register to count encoding. */
static uint64_t
select_value (uint64_t encoding, const struct pmu_request *request)
{
  return (encoding & ~X86_EVENT_FIXED_ONLY) | X86_SEL_EN | X86_SEL_INT
	 | (request->exclude_user ? 0 : X86_SEL_USR)
	 | (request->exclude_kernel ? 0 : X86_SEL_OS);
}

/* Counters that can count encoding: every general one, unless it is for a
   fixed one only, and the fixed one made for it. */
static uint64_t
counters_for (uint64_t encoding)
{
  uint64_t mask = 0;
  unsigned int i;

  if (!(encoding & X86_EVENT_FIXED_ONLY))
    mask = pmu_width_mask (x86_pmu.nr_general);
  for (i = 0; i < X86_PMU_MAX_FIXED; i++)
    if (encoding != 0 && x86_pmu.fixed_encoding[i] == encoding)
      mask |= 1ULL << (X86_PMU_FIXED + i);
  return mask;
}

/* The encoding of a generic event; 0: this PMU has none. */
static uint64_t
generic_encoding (const struct pmu_request *request)
{
  unsigned int i;

  if (request->type == PERF_TYPE_HARDWARE)
    return request->config < PERF_COUNT_HW_MAX
	   ? x86_pmu.hardware[request->config] : 0;
  for (i = 0; i < x86_pmu.nr_cache; i++)
    if (x86_pmu.cache[i].config == request->config)
      return x86_pmu.cache[i].encoding;
  return 0;
}

kern_return_t
x86_pmu_event_init (struct pmu_event *event, const struct pmu_request *request)
{
  const struct x86_pmu_layout *layout = x86_pmu.layout;
  uint64_t encoding;

  switch (request->type)
    {
    case PERF_TYPE_HARDWARE:
    case PERF_TYPE_HW_CACHE:
      encoding = generic_encoding (request);
      if (encoding == 0)
	return KERN_NOT_SUPPORTED;
      break;
    case PERF_TYPE_RAW:
      encoding = request->config & ~layout->raw_ignored;
      if (encoding & ~layout->raw_allowed)
	return KERN_INVALID_ARGUMENT;
      break;
    default:
      return KERN_NOT_SUPPORTED;
    }

  if (request->period != 0 && request->period < layout->min_period)
    return KERN_INVALID_VALUE;
  if (request->period >> 63)
    return KERN_INVALID_VALUE;

  event->counter_mask = counters_for (encoding);
  if (event->counter_mask == 0)
    return KERN_NOT_SUPPORTED;
  event->config = select_value (encoding, request);
  return KERN_SUCCESS;
}

void
x86_pmu_describe (struct pmu_description *description)
{
  const char *name = x86_pmu.kind->name;
  unsigned int i;

  for (i = 0; i < sizeof description->name - 1 && name[i] != 0; i++)
    description->name[i] = name[i];
  description->kind = x86_pmu.kind->number;
  description->version = x86_pmu.version;
  description->nr_counters = x86_pmu.nr_general;
  for (i = 0; i < X86_PMU_MAX_FIXED; i++)
    description->nr_fixed += x86_pmu.fixed >> i & 1;
  description->width = x86_pmu.general_width;
  description->min_period = x86_pmu.layout->min_period;
  description->flags |= PERF_INFO_NMI;
  for (i = 0; i < PERF_COUNT_HW_MAX; i++)
    if (x86_pmu.hardware[i] != 0)
      description->hw_events |= 1ULL << i;
}
