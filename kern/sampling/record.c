/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all records but samples end with; record.h. */

#include <kern/sampling/record.h>

uint64_t *
perf_put_sample_id (uint64_t *at, const struct perf_event *event,
		    uint64_t who, uint64_t time)
{
  uint64_t type = event->attr.sample_type;

  if (! (event->attr.flags & PERF_ATTR_SAMPLE_ID_ALL))
    return at;
  if (type & PERF_SAMPLE_TID)
    *at++ = who;
  if (type & PERF_SAMPLE_TIME)
    *at++ = time;
  if (type & PERF_SAMPLE_ID)
    *at++ = event->id;
  if (type & PERF_SAMPLE_STREAM_ID)
    *at++ = event->id;
  if (type & PERF_SAMPLE_CPU)
    *at++ = perf_pair (cpu_this (), 0);
  if (type & PERF_SAMPLE_IDENTIFIER)
    *at++ = event->id;
  return at;
}
