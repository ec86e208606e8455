/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records under construction.
 *
 * A record is a sequence of 64-bit words, the first of them its header;
 * perf_event_open(2) has the layouts.
 */
#ifndef _KERN_SAMPLING_RECORD_H_
#define _KERN_SAMPLING_RECORD_H_

#include <kern/sampling/event.h>

/* Whom a record is about, or who was running. */
struct perf_who
{
  uint32_t pid;
  uint32_t tid;
};

/* Two 32-bit fields, the first in memory first. */
static inline uint64_t
perf_pair (uint32_t first, uint32_t second)
{
  return first | (uint64_t) second << 32;
}

static inline uint64_t
perf_header (uint32_t type, uint32_t misc, unsigned int nr_words)
{
  return perf_pair (type, misc | nr_words * 8 << 16);
}

/* The fields of a sample but for its callchain, in order.  Inlined, so that a
   constant type costs no test. */
static inline __attribute__ ((always_inline)) uint64_t *
perf_put_sample_fields (uint64_t *at, uint64_t type, uint64_t id, uint64_t ip,
			uint64_t who, uint64_t time, uint64_t period)
{
  if (type & PERF_SAMPLE_IDENTIFIER)
    *at++ = id;
  if (type & PERF_SAMPLE_IP)
    *at++ = ip;
  if (type & PERF_SAMPLE_TID)
    *at++ = who;
  if (type & PERF_SAMPLE_TIME)
    *at++ = time;
  if (type & PERF_SAMPLE_ADDR)
    *at++ = 0;
  if (type & PERF_SAMPLE_ID)
    *at++ = id;
  if (type & PERF_SAMPLE_STREAM_ID)
    *at++ = id;
  if (type & PERF_SAMPLE_CPU)
    *at++ = perf_pair (cpu_this (), 0);
  if (type & PERF_SAMPLE_PERIOD)
    *at++ = period;
  return at;
}

/* The most words a sample_id takes. */
#define PERF_SAMPLE_ID_WORDS	6

/* Append event's sample_id, if it wants one, and answer its end.  who is a
   pair of task and thread. */
uint64_t *perf_put_sample_id (uint64_t *at, const struct perf_event *event,
			      uint64_t who, uint64_t time);

#endif /* _KERN_SAMPLING_RECORD_H_ */
